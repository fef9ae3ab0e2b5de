//! Emits the files that declare modules and tables.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::expressions::option;
use super::{docs, tags};
use crate::model::Model;
use crate::names::Names;
use crate::syntax::FaultText;

/// `types/mod.rs`: a module for each type, and re-exports of all types.
pub(super) fn types(model: &Model, names: &Names) -> TokenStream {
    let modules = model.types().map(|(id, _)| {
        let module = &names.type_names(id).module;
        quote!(mod #module;)
    });
    let uses = model.types().map(|(id, _)| {
        let rust_names = names.type_names(id);
        let (module, ident) = (&rust_names.module, &rust_names.ident);
        let enums = rust_names.one_of.iter().map(|names| &names.ident);
        quote!(pub use #module::#ident; #(pub use #module::#enums;)*)
    });
    quote! {
        #(#modules)*
        #(#uses)*
    }
}

/// `services/mod.rs`: a module for each service, and re-exports of all handles.
pub(super) fn services(model: &Model, names: &Names) -> TokenStream {
    let modules = model.services().map(|(id, _)| {
        let module = &names.service_names(id).module;
        quote!(mod #module;)
    });
    let uses = model.services().map(|(id, _)| {
        let rust_names = names.service_names(id);
        let (module, ident) = (&rust_names.module, &rust_names.ident);
        quote!(pub use #module::#ident;)
    });
    let root = model.root.map(|id| {
        let ident = &names.service_names(id).ident;
        quote!(pub(crate) type Root = #ident;)
    });
    quote! {
        #(#modules)*
        #(#uses)*
        #root
    }
}

/// `waiters/mod.rs`: a module for each service with waiters.
pub(super) fn waiters(modules: &[&Ident]) -> TokenStream {
    quote!(#(mod #modules;)*)
}

/// `mod.rs`: the generated modules of the crate.
pub(super) fn root() -> TokenStream {
    quote! {
        pub(crate) mod action;
        pub(crate) mod faults;
        pub(crate) mod registry;
        pub(crate) mod requests;
        pub(crate) mod roles;
        pub(crate) mod search;
        pub(crate) mod services;
        pub(crate) mod types;
        mod waiters;
        pub(crate) mod wire;
    }
}

/// `faults.rs`: the texts of messages about temporary conflicts.
pub(super) fn faults(model: &Model) -> TokenStream {
    let temporary = model.faults.messages.iter().filter(|message| message.temporary);
    let texts: BTreeSet<&FaultText> = temporary.flat_map(|message| &message.texts).collect();
    let texts = texts.into_iter().map(|parts| quote!(&[#(#parts),*]));
    let text = docs::fixed(
        "Messages about temporary conflicts: the literal parts between their parameters, without their usual beginning.",
    );
    quote!(#text pub(crate) const TEMPORARY: &[&[&str]] = &[#(#texts),*];)
}

/// `wire.rs`: constants of the whole API.
pub(super) fn wire(model: &Model) -> TokenStream {
    let envelope = &model.envelope;
    let list = |name: &str, text: &str, items: &[String]| {
        let name = quote::format_ident!("{name}");
        let text = docs::fixed(text);
        quote!(#text pub(crate) const #name: &[&str] = &[#(#items),*];)
    };
    let leading = list("LEADING", "Elements before the fields of a resource.", &envelope.leading);
    let trailing = list("TRAILING", "Elements after the fields that all resources have.", &envelope.trailing);
    let rels = list("RELS", "Rels of links that any resource can have and that match no field.", &envelope.rels);
    let suffixes = list("REL_SUFFIXES", "Suffixes of rels, after a slash.", &envelope.rel_suffixes);
    let collection = list("COLLECTION", "Elements of a collection other than items.", &envelope.collection);
    let mut elements = [envelope.action_leading.as_slice(), &envelope.action].concat();
    elements.sort();
    let action = list("ACTION", "Elements that any `<action>` can have.", &elements);
    let already = already_done(model);
    let roots = tags::roots(model);
    let secrets = tags::secrets(model);
    let codes: BTreeSet<u32> = model.completion_events.values().copied().collect();
    let codes = codes.into_iter().map(|code| proc_macro2::Literal::i64_unsuffixed(code.into()));
    let text = docs::fixed("Codes of the events that the engine logs when an operation has succeeded.");
    let completion = quote!(#text pub(crate) const COMPLETION_EVENTS: &[i64] = &[#(#codes),*];);
    let version = &model.version;
    let root = option(model.root_tag());
    let root_text = docs::fixed("The element of the document at the base URL.");
    let text = docs::fixed("Version of the API model that the SDK was generated from.");
    quote! {
        #text
        pub const API_VERSION: &str = #version;
        #root_text
        pub(crate) const ROOT: Option<&str> = #root;
        #leading
        #trailing
        #rels
        #suffixes
        #collection
        #action
        #already
        #roots
        #secrets
        #completion
    }
}

/// The table of the texts with which the engine rejects actions that are already done.
fn already_done(model: &Model) -> TokenStream {
    let mut texts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for method in model.services().flat_map(|(_, service)| &service.methods) {
        if let Some(segment) = method.segment.as_deref().filter(|_| !method.already.is_empty()) {
            texts.entry(segment).or_default().extend(method.already.iter().map(String::as_str));
        }
    }
    let text =
        docs::fixed("Path segments of actions, and the texts of the conflicts that report that they are already done.");
    let rows = texts.into_iter().map(|(segment, texts)| {
        let texts = texts.into_iter();
        quote!((#segment, &[#(#texts),*]))
    });
    quote!(#text pub(crate) const ALREADY_DONE: &[(&str, &[&str])] = &[#(#rows),*];)
}

/// `registry.rs`: the list of all structs, for code that works on any of them.
pub(super) fn registry(model: &Model, names: &Names) -> TokenStream {
    let concrete = model.types().filter(|(_, ty)| ty.as_struct().is_some_and(|it| !it.is_abstract));
    let infos = concrete.map(|(id, _)| {
        let ident = &names.type_names(id).ident;
        quote!(object::info::<types::#ident>())
    });
    // A function without constants: the compiler would compute their values in every check, with all tables.
    quote! {
        use crate::object;
        #[allow(unused_imports, reason = "a model can have no structs")]
        use crate::types;

        /// All structs of the model, sorted by name.
        pub(crate) fn structs() -> Box<[&'static object::StructInfo]> {
            Box::new([#(#infos),*])
        }
    }
}
