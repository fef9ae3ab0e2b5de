//! Expressions that several emitters need.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// An optional value.
pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

/// What all descriptions of members have in common.
pub(super) struct Row<'m> {
    /// The name in Rust.
    pub(super) label: &'m str,
    pub(super) name: &'m str,
    pub(super) tag: &'m str,
    pub(super) item_tag: Option<&'m str>,
    pub(super) xml_attribute: bool,
    pub(super) secret: bool,
}

impl Row<'_> {
    /// What differs from a plain element, for a table of members.
    pub(super) fn properties(&self) -> Vec<String> {
        let Self { label, name, tag, item_tag, xml_attribute, secret } = *self;
        let renamed = (name != label).then(|| format!("name {name}"));
        let tag = (name != tag).then(|| format!("tag {tag}"));
        let attribute = xml_attribute.then(|| "attribute".to_owned());
        let item_tag = item_tag.map(|item_tag| format!("of {item_tag}"));
        let secret = secret.then(|| "secret".to_owned());
        [renamed, tag, attribute, item_tag, secret].into_iter().flatten().collect()
    }
}
