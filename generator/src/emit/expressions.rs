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

impl<'m> Row<'m> {
    /// What differs from a plain element, for a table of members; words.
    pub(super) fn properties(&self) -> Vec<&'m str> {
        let Self { label, name, tag, item_tag, xml_attribute, secret } = *self;
        let named =
            [("name", (name != label).then_some(name)), ("tag", (name != tag).then_some(tag)), ("of", item_tag)];
        let named = named.into_iter().filter_map(|(property, value)| Some([property, value?])).flatten();
        let flags = [(xml_attribute, "attribute"), (secret, "secret")];
        named.chain(that_hold(flags)).collect()
    }
}

/// The words of the properties that hold.
pub(super) fn that_hold<const N: usize>(flags: [(bool, &str); N]) -> impl Iterator<Item = &str> {
    flags.into_iter().filter_map(|(holds, word)| holds.then_some(word))
}
