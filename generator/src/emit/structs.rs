//! Emits a struct: fields, setters, accessors and the tables that bind it to XML.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::expressions::{Row, option, that_hold};
use super::rust_types::{Prelude, RustType, Shape};
use super::traits;
use crate::model::{Field, Following, Model, OneOf, Struct, Type};
use crate::names::{FieldNames, Names, OneOfNames, TypeNames};
use crate::syntax::Comparison;

/// A field with its Rust names and types.
struct EmittedField<'m> {
    declared: &'m Field,
    names: &'m FieldNames,
    rust: RustType,
}

impl EmittedField<'_> {
    fn fallback(&self) -> String {
        format!("The `{}` field.", self.declared.name)
    }
}

pub(super) fn emit(model: &Model, names: &Names, ty: &Type, it: &Struct, rust_names: &TypeNames) -> TokenStream {
    let prelude = Prelude::new([&rust_names.ident]);
    let fields = it.fields.iter().zip(&rust_names.fields);
    let fields: Vec<EmittedField<'_>> = fields
        .map(|(field, rust_names)| EmittedField {
            declared: field,
            names: rust_names,
            rust: RustType::new(model, names, &prelude, field.ty),
        })
        .collect();
    let definition = definition(ty, rust_names, &prelude, &fields);
    let methods = methods(it, rust_names, &prelude, &fields);
    let implementations = trait_impls(model, names, it, rust_names);
    let table = table(ty, it, rust_names, &prelude, &fields);
    let one_of =
        it.one_of.iter().zip(&rust_names.one_of).map(|(group, names)| one_of(rust_names, &fields, group, names));
    let has_values = fields.iter().any(|field| matches!(field.rust.shape, Shape::Values));
    let import = has_values.then(|| {
        quote!(
            use crate::object;
        )
    });
    quote! {
        #import
        use crate::types;

        #definition
        #methods
        #(#one_of)*
        #implementations
        #table
    }
}

fn definition(ty: &Type, rust_names: &TypeNames, prelude: &Prelude<'_>, fields: &[EmittedField<'_>]) -> TokenStream {
    let ident = &rust_names.ident;
    let option = prelude.option();
    let text = docs::full(&ty.docs, &format!("The `{}` struct.", ty.name));
    let fields = fields.iter().map(|field| {
        let (name, stored) = (&field.names.field, &field.rust.stored);
        let text = docs::full(&field.declared.docs, &field.fallback());
        quote!(#text pub #name: #option<#stored>,)
    });
    quote! {
        #text
        #[non_exhaustive]
        pub struct #ident {
            #(#fields)*
            unknown: types::Unknown,
        }
    }
}

fn methods(it: &Struct, rust_names: &TypeNames, prelude: &Prelude<'_>, fields: &[EmittedField<'_>]) -> TokenStream {
    let ident = &rust_names.ident;
    let default = prelude.call_default();
    let references = it.references.iter().filter_map(|name| {
        let field = fields.iter().find(|field| field.declared.name == *name)?;
        Some(reference(prelude, field))
    });
    let setters = fields.iter().map(|field| setter(prelude, field));
    quote! {
        impl #ident {
            /// Creates an empty value; all fields are unset.
            pub fn new() -> Self {
                #default
            }

            #(#references)*
            #(#setters)*
        }
    }
}

/// `with_name("Default")`: creates a reference to an object.
fn reference(prelude: &Prelude<'_>, field: &EmittedField<'_>) -> TokenStream {
    let setter = &field.names.setter;
    let (argument, _) = field.rust.argument(prelude);
    let name = format_ident!("with_{}", field.declared.name.as_str());
    let text = docs::fixed(&format!("Creates a reference to an object by its `{}`.", field.declared.name));
    quote! {
        #text
        pub fn #name(value: #argument) -> Self {
            Self::new().#setter(value)
        }
    }
}

fn setter(prelude: &Prelude<'_>, field: &EmittedField<'_>) -> TokenStream {
    let boxed = prelude.boxed();
    let (name, setter) = (&field.names.field, &field.names.setter);
    let text = docs::brief(&field.declared.docs, &field.fallback());
    let (argument, value) = field.rust.argument(prelude);
    let set = match field.rust.shape {
        Shape::Struct => quote!(#boxed::new(#value)),
        Shape::Values => quote!(object::values(#value)),
        _ => value,
    };
    quote! {
        #text
        pub fn #setter(mut self, value: #argument) -> Self {
            self.#name = Some(#set);
            self
        }
    }
}

/// The entry of a field in `object!`: its label and properties in the table, how it is borrowed, its names and its type, and
/// the constant of the link.
fn entry(prelude: &Prelude<'_>, field: &EmittedField<'_>) -> TokenStream {
    let (name, accessor, borrowed) = (&field.names.field, &field.names.accessor, &field.rust.borrowed);
    let how = match field.rust.shape {
        Shape::Text => quote!(string),
        Shape::Struct => quote!(boxed),
        Shape::Values => quote!(slice),
        Shape::Plain | Shape::Date => quote!(copied),
        Shape::Enum | Shape::List => quote!(borrowed),
    };
    let label = name.to_string();
    let label = label.strip_suffix('_').unwrap_or(&label);
    let (properties, link) = (properties(field.declared, label), link(prelude, field));
    let erased = (field.rust.shape == Shape::Struct).then(|| quote!(as boxed));
    quote!(#label #(#properties)* #how #accessor #name: #borrowed #erased #link;)
}

/// The constant of a link that can be followed: its name, the name in the API, what it leads to, and why some objects lack
/// it.
fn link(prelude: &Prelude<'_>, field: &EmittedField<'_>) -> Option<TokenStream> {
    let (ident, name, value) = (&field.names.link, field.declared.name.as_str(), &field.rust.value);
    let target = if field.declared.ty.list { quote!(types::List<#value>) } else { value.clone() };
    match &field.declared.following {
        Following::Never => None,
        Following::Always => Some(quote!(=> #ident #name #target)),
        Following::Sometimes(reason) => {
            let option = prelude.option();
            Some(quote!(=> #ident #name #option<#target> = #reason))
        }
    }
}

/// The enum of fields of which at most one is set, and the method that returns it.
fn one_of(rust_names: &TypeNames, fields: &[EmittedField<'_>], group: &OneOf, names: &OneOfNames) -> TokenStream {
    let (ident, method) = (&names.ident, &names.method);
    let owner = &rust_names.ident;
    let fields = group.fields.iter().filter_map(|index| fields.get(*index));
    let rows = fields.zip(&names.variants).map(|(field, variant)| {
        let (name, item) = (&field.names.field, &field.rust.value);
        quote!(#variant #name: #item;)
    });
    quote!(types::one_of!(#owner; #ident #method; #(#rows)*);)
}

/// Which abstract structs a struct extends; their traits follow from it.
fn trait_impls(model: &Model, names: &Names, it: &Struct, rust_names: &TypeNames) -> TokenStream {
    let ident = &rust_names.ident;
    let implementations = traits::bases(model, it).into_iter().map(|id| {
        let extends = traits::extends(&names.type_names(id).ident);
        quote!(impl #extends for #ident {})
    });
    implementations.collect()
}

/// `object!`: the accessors of the fields, the table that binds them to XML, and the traits that follow from it.
fn table(
    ty: &Type,
    it: &Struct,
    rust_names: &TypeNames,
    prelude: &Prelude<'_>,
    fields: &[EmittedField<'_>],
) -> TokenStream {
    let ident = &rust_names.ident;
    let (name, tag, plural_tag) = (ty.name.as_str(), &it.tag, &it.plural_tag);
    let links_at = option(it.links_at.map(proc_macro2::Literal::usize_unsuffixed));
    let rels = &it.other_rels;
    // A list of its own, so that a new field does not change the lines of the fields after it.
    let positions = (0..fields.len()).map(proc_macro2::Literal::usize_unsuffixed);
    let count = proc_macro2::Literal::usize_unsuffixed(fields.len());
    let entries = fields.iter().map(|field| entry(prelude, field));
    quote! {
        types::object!(
            #ident #name #count;
            { tag: #tag, plural_tag: #plural_tag, links_at: #links_at, other_rels: &[#(#rels),*] };
            #(#positions)*;
            #(#entries)*
        );
    }
}

/// What differs from a plain element, for the table of a struct; words.
fn properties<'m>(field: &'m Field, label: &'m str) -> Vec<&'m str> {
    let row = Row {
        label,
        name: field.name.as_str(),
        tag: &field.tag,
        item_tag: field.item_tag.as_deref(),
        xml_attribute: field.xml_attribute,
        secret: field.secret,
    };
    let mut properties = row.properties();
    match &field.rel {
        Some(rel) => properties.extend(["rel", rel]),
        None => properties.extend(field.link.then_some("link")),
    }
    let comparison = field.compare.as_ref().map(|compare| &compare.value);
    let words = [
        (field.following == Following::Always, "followed"),
        (matches!(field.following, Following::Sometimes(_)), "sometimes-followed"),
        (field.access.read_only, "read-only"),
        (field.access.create_only, "create-only"),
        (field.access.write_only, "write-only"),
        (comparison == Some(&Comparison::InOrder), "in-order"),
        (comparison == Some(&Comparison::Contains), "contains"),
        (comparison == Some(&Comparison::WholeMebibytes), "whole-mebibytes"),
    ];
    properties.extend(that_hold(words));
    properties
}
