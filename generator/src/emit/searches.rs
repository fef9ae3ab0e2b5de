//! Emits the constants of search fields, and the tables of the fake engine.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};

use super::docs;
use crate::model::{Model, Search, SearchField, SearchId, SearchValues, SearchValuesId};
use crate::names::{Names, constant_name};
use crate::syntax::{SearchKind, SearchOrder, SearchRelations};

/// How many values of an enum have a line together. The engine adds new ones at the end.
const VALUES: usize = 4;

/// `search/NAME.rs`: a constant for each field and reference.
pub(super) fn emit(model: &Model, names: &Names, id: SearchId) -> TokenStream {
    let (search, own) = (model.search(id), names.search_names(id));
    let fields = search.fields.iter().zip(&own.fields).map(|(field, constant)| {
        let (kind, values) = kind(model, names, field);
        let values = values.iter();
        let (text, docs) = (&field.text, field_docs(field));
        let unit = (field.unit != 1).then(|| Literal::i64_unsuffixed(field.unit)).into_iter();
        quote!(#constant: #kind #text #docs #(per #unit)* #(of #values)*;)
    });
    let references = search.references.iter().zip(&own.references).map(|(reference, constant)| {
        let to = marker(model, names, reference.search);
        let (text, docs) = (&reference.text, reference.docs.summary.as_deref().unwrap_or_default());
        let module = &names.search_names(reference.search).module;
        quote!(#constant: #module #to = #text #docs;)
    });
    let marker = marker(model, names, id);
    let own_marker = search.by_reference.then(|| {
        let text =
            docs::fixed("The objects. No list can be searched for them, only for objects to which they are related.");
        quote!(#text #[derive(Clone, Copy, Debug)] pub enum Entity {})
    });
    let pages = own_field(search);
    let arrow = (!search.references.is_empty()).then(|| quote!(=>));
    quote! {
        #own_marker
        crate::search::fields!(#pages #marker; #(#fields)* #arrow #(#references)*);
    }
}

/// The field by which pages are sorted.
fn own_field(search: &Search) -> TokenStream {
    let by = search.pages.as_ref();
    let at = by.and_then(|by| search.fields.iter().position(|field| field.name == by.value));
    let field = at.and_then(|at| search.fields.get(at));
    field.map(|field| &field.text).into_token_stream()
}

/// The type that stands for the searched objects.
fn marker(model: &Model, names: &Names, id: SearchId) -> TokenStream {
    let search = model.search(id);
    match search.types.first() {
        Some(ty) if !search.by_reference => {
            let ident = &names.type_names(*ty).ident;
            quote!(crate::types::#ident)
        }
        _ => {
            let module = &names.search_names(id).module;
            quote!(crate::search::#module::Entity)
        }
    }
}

/// The kind of a field in the SDK, and the table of its values.
fn kind(model: &Model, names: &Names, field: &SearchField) -> (TokenStream, Option<TokenStream>) {
    let plain = |name: &str| {
        let name = format_ident!("{name}");
        (quote!(#name), None)
    };
    let all = field.relations == SearchRelations::All;
    if let Some(values) = field.values {
        let table = values_name(model.search_values(values));
        let kind = match (model.search_values(values).ty, all) {
            (None, _) => quote!(Named),
            (Some(ty), ranked) => {
                let ident = &names.type_names(ty).ident;
                let kind = if ranked { format_ident!("Ranked") } else { format_ident!("Choice") };
                quote!(#kind<#ident>)
            }
        };
        return (kind, Some(quote!(#table)));
    }
    match field.kind {
        SearchKind::Text | SearchKind::Address | SearchKind::Tag | SearchKind::Account => plain("Text"),
        SearchKind::Exact | SearchKind::Nullable => plain("Exact"),
        SearchKind::Listed => plain("Listed"),
        SearchKind::Part => plain("Part"),
        SearchKind::Identifier => plain("Id"),
        SearchKind::Integer if field.unit != 1 => plain("Bytes"),
        SearchKind::Integer if all => plain("Integer"),
        SearchKind::Integer => plain("Code"),
        SearchKind::Size => plain("Size"),
        SearchKind::Decimal => plain("Decimal"),
        SearchKind::Flag | SearchKind::LooseFlag => plain("Flag"),
        SearchKind::Day => plain("Day"),
        SearchKind::Date => plain("Date"),
        SearchKind::Duration => plain("Span"),
        SearchKind::Choice => plain("Named"),
    }
}

fn field_docs(field: &SearchField) -> String {
    match &field.docs.summary {
        Some(summary) => summary.clone(),
        None => format!("`{}` of the object.", field.path.value.replace('/', ".")),
    }
}

fn values_name(values: &SearchValues) -> proc_macro2::Ident {
    format_ident!("{}", constant_name(values.name.as_str()))
}

/// `search/values.rs`: the values of enums.
pub(super) fn values(model: &Model) -> TokenStream {
    let tables = model.search_values.iter().map(|values| {
        let name = values_name(values);
        let rows = values.values.chunks(VALUES).map(|row| {
            let row = row.iter().map(|value| {
                let (name, api) = (&value.name, value.api.as_deref().unwrap_or_default());
                quote!(#name #api)
            });
            quote!(#(#row)*)
        });
        let of = values.name.as_str();
        quote!(#name #of = #(#rows),*;)
    });
    quote!(crate::search::values!(#(#tables)*);)
}

/// `search/mod.rs`: a module for each search, and the table of all.
pub(super) fn modules(model: &Model, names: &Names) -> TokenStream {
    let modules = model.searches().map(|(id, search)| {
        let module = &names.search_names(id).module;
        let text = docs::full(&search.docs, "");
        quote!(#text pub mod #module;)
    });
    let others = model.searches().flat_map(|(_, search)| {
        let first = search.types.first().map(|ty| &names.type_names(*ty).ident);
        let others = search.types.iter().skip(1).map(|ty| &names.type_names(*ty).ident);
        let others: Vec<_> = others.filter(|_| !search.by_reference).collect();
        others.into_iter().zip(std::iter::repeat(first)).filter_map(|(other, first)| {
            let first = first?;
            Some(quote!(impl search::SearchedAs<types::#first> for types::#other {}))
        })
    });
    let rows = model.searches().filter(|(_, search)| !search.by_reference).flat_map(|(id, search)| {
        let module = &names.search_names(id).module;
        search.types.iter().map(move |ty| {
            let name = model.ty(*ty).name.as_str();
            quote!((#name, &#module::INFO))
        })
    });
    let text = docs::fixed("The fields of all searches, by the type of the objects.");
    quote! {
        #[allow(unused_imports, reason = "a model can have no searches")]
        use crate::{search, types};

        #(#modules)*
        pub(crate) mod values;
        #(#others)*
        #text
        pub(crate) static SEARCHES: &[(&str, &search::SearchInfo)] = &[#(#rows),*];
    }
}

/// `search.rs` of the fake engine: fields with their paths.
pub(super) fn tables(model: &Model, names: &Names) -> TokenStream {
    let tables = model.searches().map(|(id, search)| table(model, names, id, search));
    let rows = model.searches().filter(|(_, search)| !search.by_reference && search.services.is_empty());
    let rows = rows.flat_map(|(id, search)| {
        let table = &names.search_names(id).table;
        search.types.iter().map(move |ty| {
            let name = model.ty(*ty).name.as_str();
            quote!((#name, &#table))
        })
    });
    let of_services = model.searches().flat_map(|(id, search)| {
        let table = &names.search_names(id).table;
        search.services.iter().map(move |service| {
            let name = model.service(*service).name.as_str();
            quote!((#name, &#table))
        })
    });
    let by_type = docs::fixed("Entities by the type of their objects.");
    let by_service = docs::fixed("Entities by the service of their collection, in place of the one of their type.");
    quote! {
        #[allow(unused_imports, reason = "a model can have no searches")]
        use crate::search::{Entity, entity};
        #[allow(unused_imports, reason = "a model can have no enums in searches")]
        use ovirt_sdk::unstable::search as values;

        #by_type
        pub(crate) static BY_TYPE: &[(&str, &Entity)] = &[#(#rows),*];
        #by_service
        pub(crate) static BY_SERVICE: &[(&str, &Entity)] = &[#(#of_services),*];
        #(#tables)*
    }
}

fn table(model: &Model, names: &Names, id: SearchId, search: &Search) -> TokenStream {
    let (table, text) = (&names.search_names(id).table, &search.text);
    let fields = search.fields.iter().map(|field| {
        let (text, path) = (&field.text, &field.path.value);
        let content = content(model, field.kind, field.values);
        let relations = format_ident!(
            "{}",
            match field.relations {
                SearchRelations::Equal => "Equal",
                SearchRelations::All => "All",
                SearchRelations::Unequal => "Beside",
                SearchRelations::Time => "Time",
            }
        );
        let unit = (field.unit != 1).then(|| Literal::i64_unsuffixed(field.unit)).into_iter();
        quote!(#text #content #relations #(per #unit)* #path;)
    });
    let references = search.references.iter().map(|reference| {
        let (text, path) = (&reference.text, &reference.path.value);
        let to = &names.search_names(reference.search).table;
        quote!(#text #to #path;)
    });
    let order = search.order.iter().map(|SearchOrder { path, kind, descending }| {
        let (path, content) = (&path.value, content(model, *kind, None));
        quote!(#path #content #descending;)
    });
    quote!(entity::entity!(#table #text; #(#fields)* => #(#references)* => #(#order)*);)
}

/// What a field contains, for the fake engine.
fn content(model: &Model, kind: SearchKind, values: Option<SearchValuesId>) -> TokenStream {
    let name = format_ident!(
        "{}",
        match kind {
            SearchKind::Text => "Text",
            SearchKind::Address => "Address",
            SearchKind::Nullable => "Nullable",
            SearchKind::Tag => "Tag",
            SearchKind::Listed => "Listed",
            SearchKind::Account => "Account",
            SearchKind::Part => "Part",
            SearchKind::Exact => "Exact",
            SearchKind::Identifier => "Identifier",
            SearchKind::Integer => "Integer",
            SearchKind::Size => "Size",
            SearchKind::Decimal => "Decimal",
            SearchKind::Flag => "Flag",
            SearchKind::LooseFlag => "LooseFlag",
            SearchKind::Day => "Day",
            SearchKind::Date => "Date",
            SearchKind::Duration => "Span",
            SearchKind::Choice => "Choice",
        }
    );
    let values = values.map(|id| {
        let table = values_name(model.search_values(id));
        quote!((values::#table))
    });
    quote!(#name #values)
}
