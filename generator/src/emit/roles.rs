//! Emits the types with a role in the SDK. A role that the model does not declare gets an empty type, so that the SDK
//! compiles without it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::expressions::option;
use super::{docs, structs};
use crate::diagnostics::Position;
use crate::model::{Model, Role, Struct, Type, TypeKind};
use crate::name::Name;
use crate::names::{Names, TypeNames, role_ident};
use crate::syntax::{Docs, RoleKind};

/// `roles.rs`: each role's type under the name of the role, and a table of its fields.
pub(super) fn emit(model: &Model, names: &Names) -> TokenStream {
    let roles = RoleKind::ALL.into_iter().map(|kind| {
        let role = model.role(kind);
        let ty = match role {
            Some(role) => declared(kind, role, names),
            None => stand_in(model, names, kind),
        };
        let table = table(model, kind, role);
        quote!(#ty #table)
    });
    quote! {
        use crate::roles;

        #(#roles)*
    }
}

fn declared(kind: RoleKind, role: &Role, names: &Names) -> TokenStream {
    let (alias, ident) = (role_ident(kind), &names.type_names(role.ty).ident);
    match *ident == alias {
        true => quote!(pub(crate) use crate::types::#ident;),
        false => quote!(pub(crate) use crate::types::#ident as #alias;),
    }
}

/// A type without fields.
fn stand_in(model: &Model, names: &Names, kind: RoleKind) -> TokenStream {
    let ident = role_ident(kind);
    let module = format_ident!("{}", kind.as_str());
    let it = Struct {
        base: None,
        is_abstract: false,
        references: Vec::new(),
        tag: String::new(),
        plural_tag: String::new(),
        one_of: Vec::new(),
        fields: Vec::new(),
        links_at: None,
        other_rels: Vec::new(),
    };
    let summary = format!("Has no values: this API has no type with the role `{}`.", kind.as_str());
    let ty = Type {
        name: Name::new(kind.as_str()).unwrap_or_default(),
        position: Position::default(),
        builtin: true,
        docs: Docs { summary: Some(summary), ..Docs::default() },
        // Not read: the struct is passed by itself.
        kind: TypeKind::Enum(Vec::new()),
    };
    let rust_names = TypeNames {
        ident: ident.clone(),
        module: module.clone(),
        fields: Vec::new(),
        variants: Vec::new(),
        one_of: Vec::new(),
    };
    let code = structs::emit(model, names, &ty, &it, &rust_names);
    quote! {
        mod #module {
            #code
        }
        pub(crate) use #module::#ident;
    }
}

fn table(model: &Model, kind: RoleKind, role: Option<&Role>) -> TokenStream {
    let constant = format_ident!("{}", kind.as_str().to_uppercase());
    let (table, is_collected) = match kind {
        RoleKind::Fault => (quote!(roles::FaultRole), false),
        RoleKind::Job | RoleKind::Step => (quote!(roles::WorkRole), true),
        RoleKind::Event => (quote!(roles::EventRole), true),
    };
    let fields = kind.fields().iter().map(|field| {
        let (key, name) = (format_ident!("{}", field.key), role.and_then(|role| role.declared.field(field.key)));
        let name = name.map_or("", |name| name.value.as_str());
        quote!(#key: #name,)
    });
    let states = kind.states().iter().map(|key| {
        let states = role.into_iter().flat_map(|role| &role.declared.states);
        let states = states.filter(|(known, _)| known.key == key.key).flat_map(|(_, states)| states);
        let (key, states) = (format_ident!("{}", key.key), states.map(|state| state.value.as_str()));
        quote!(#key: &[#(#states),*],)
    });
    let collection = model.role_collection(kind);
    let path = is_collected.then(|| {
        let segment = option(collection.map(|collection| collection.segment));
        let parameter = collection.and_then(|collection| collection.search);
        let field = role.and_then(|role| Some(role.declared.search.as_ref()?.value.as_str()));
        let search = option(parameter.zip(field).map(|(parameter, field)| quote!((#parameter, #field))));
        quote!(collection: #segment, search: #search,)
    });
    let text = docs::fixed(&format!("The fields of the role `{}`.", kind.as_str()));
    quote! {
        #text
        pub(crate) const #constant: #table = #table { #(#fields)* #(#states)* #path };
    }
}
