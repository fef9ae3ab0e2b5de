//! Emits the tags of objects and of secret values. They are lists of texts, not of types: most programs need few types,
//! and code that looks up a tag must not link all of them.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::model::{BaseType, Model, Struct, TypeId};

/// The tag of the document with the parameters and results of an action.
const ACTION: &str = "action";

/// The tags of all structs and of their collections.
pub(super) fn roots(model: &Model) -> TokenStream {
    let tags: BTreeMap<&String, &String> = structs(model).map(|(_, it)| (&it.tag, &it.plural_tag)).collect();
    let tags = tags.iter().map(|(tag, plural)| quote!((#tag, #plural)));
    let text = docs::fixed("Tags of documents: of the objects of all structs, and of their collections. Sorted.");
    quote!(#text pub(crate) const ROOTS: &[(&str, &str)] = &[#(#tags),*];)
}

/// The tags of secret values: of fields, and of parameters and results of actions.
pub(super) fn secrets(model: &Model) -> TokenStream {
    let mut open: BTreeSet<&str> = BTreeSet::new();
    // The elements that contain the fields of a struct.
    let mut owners: BTreeMap<TypeId, BTreeSet<&str>> = BTreeMap::new();
    for (id, it) in structs(model) {
        owners.entry(id).or_default().insert(&it.tag);
        for field in &it.fields {
            if !field.secret {
                open.insert(&field.tag);
            }
            if let BaseType::Struct(inner) = field.ty.base {
                let tag = if field.ty.list { field.item_tag.as_ref() } else { Some(&field.tag) };
                owners.entry(inner).or_default().extend(tag.map(String::as_str));
            }
        }
    }
    let of_actions = BTreeSet::from([ACTION]);
    let mut secrets: Vec<(&str, &BTreeSet<&str>)> = secret_parameters(model).map(|tag| (tag, &of_actions)).collect();
    for (id, it) in structs(model) {
        let fields = it.fields.iter().filter(|field| field.secret);
        secrets.extend(fields.filter_map(|field| Some((field.tag.as_str(), owners.get(&id)?))));
    }
    let (mut anywhere, mut within) = (BTreeSet::new(), BTreeSet::new());
    for (tag, owners) in secrets {
        if open.contains(tag) {
            within.extend(owners.iter().map(|owner| (*owner, tag)));
        } else {
            anywhere.insert(tag);
        }
    }
    let anywhere = anywhere.into_iter();
    let within = within.into_iter().map(|(owner, tag)| quote!((#owner, #tag)));
    let everywhere = docs::fixed("Tags of elements whose values are secret in every document. Sorted.");
    let inside =
        docs::fixed("Tags of elements whose values are secret within certain elements: these, and the tags. Sorted.");
    quote! {
        #everywhere
        pub(crate) const SECRETS: &[&str] = &[#(#anywhere),*];
        #inside
        pub(crate) const SECRETS_WITHIN: &[(&str, &str)] = &[#(#within),*];
    }
}

/// The tags of the parameters and results with secret values: elements of an `<action>`, or keys of a query.
fn secret_parameters(model: &Model) -> impl Iterator<Item = &str> {
    let methods = model.services().flat_map(|(_, service)| &service.methods);
    let all = methods.flat_map(|method| std::iter::once(method).chain(&method.signatures));
    let secret = all.flat_map(|method| &method.parameters).filter(|parameter| parameter.secret);
    secret.map(|parameter| parameter.tag.as_str())
}

/// The structs that are emitted as types.
fn structs(model: &Model) -> impl Iterator<Item = (TypeId, &Struct)> {
    let structs = model.types().filter_map(|(id, ty)| Some((id, ty.as_struct()?)));
    structs.filter(|(_, it)| !it.is_abstract)
}
