//! The files that tie the others together.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::model::Model;
use crate::names::Names;

/// `types/mod.rs`: a module for each type, and all types under one roof.
pub(super) fn types(model: &Model, names: &Names) -> TokenStream {
    let modules = model.types().map(|(id, _)| {
        let module = &names.of(id).module;
        quote!(mod #module;)
    });
    let uses = model.types().map(|(id, _)| {
        let (module, ident) = (&names.of(id).module, &names.of(id).ident);
        quote!(pub use #module::#ident;)
    });
    quote! {
        #(#modules)*
        #(#uses)*
    }
}

/// `services/mod.rs`: a module for each service, and all handles and requests under one roof.
pub(super) fn services(model: &Model, names: &Names) -> TokenStream {
    let modules = model.services().map(|(id, _)| {
        let module = &names.of_service(id).module;
        quote!(mod #module;)
    });
    let uses = model.services().map(|(id, _)| {
        let of = names.of_service(id);
        let module = &of.module;
        let idents = std::iter::once(&of.ident).chain(of.methods.iter().map(|method| &method.request));
        quote!(pub use #module::{#(#idents),*};)
    });
    let root = model.root.map(|id| {
        let ident = &names.of_service(id).ident;
        quote!(pub(crate) type Root = #ident;)
    });
    quote! {
        #(#modules)*
        #(#uses)*
        #root
    }
}

/// `mod.rs`: the generated part of the crate.
pub(super) fn root() -> TokenStream {
    quote! {
        pub(crate) mod registry;
        pub(crate) mod services;
        pub(crate) mod types;
        pub(crate) mod wire;
    }
}

/// `wire.rs`: what holds for the whole API.
pub(super) fn wire(model: &Model) -> TokenStream {
    let envelope = &model.envelope;
    let list = |name: &str, text: &str, items: &[String]| {
        let name = quote::format_ident!("{name}");
        let text = docs::own(text);
        quote!(#text pub(crate) const #name: &[&str] = &[#(#items),*];)
    };
    let leading =
        list("LEADING", "Elements that the engine writes before the members of a resource.", &envelope.leading);
    let trailing = list(
        "TRAILING",
        "Elements that the engine writes after the members that every resource has.",
        &envelope.trailing,
    );
    let rels = list("RELS", "Rels of links that any resource can have and no member matches.", &envelope.rels);
    let suffixes = list("REL_SUFFIXES", "What can follow a rel after a slash.", &envelope.rel_suffixes);
    let collection = list("COLLECTION", "Elements of a collection that are no items.", &envelope.collection);
    let action = list("ACTION", "Elements that an `<action>` can have whatever it is about.", &envelope.action);
    let version = &model.version;
    let text = docs::own("The release of the API that the model describes.");
    quote! {
        #text
        pub const API_VERSION: &str = #version;
        #leading
        #trailing
        #rels
        #suffixes
        #collection
        #action
    }
}

/// `registry.rs`: every struct of the model, for code that works on all of them.
pub(super) fn registry(model: &Model, names: &Names) -> TokenStream {
    let concrete = model.types().filter(|(_, ty)| ty.as_struct().is_some_and(|it| !it.is_abstract));
    let infos = concrete.map(|(id, _)| {
        let ident = &names.of(id).ident;
        quote!(<types::#ident as object::Struct>::INFO)
    });
    quote! {
        use crate::object;
        #[allow(unused_imports, reason = "a model can have no struct")]
        use crate::types;

        /// Every struct of the model, sorted by name.
        pub(crate) static STRUCTS: &[&object::StructInfo] = &[#(#infos),*];
    }
}
