//! Expressions that several emitters need.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// An optional value.
pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

/// What all descriptions of members have in common.
pub(super) struct Row<'m> {
    pub(super) name: &'m str,
    pub(super) tag: &'m str,
    pub(super) item_tag: Option<&'m str>,
    pub(super) xml_attribute: bool,
    pub(super) secret: bool,
}

impl Row<'_> {
    /// The entry in a table of members, with calls that mark it as a link.
    pub(super) fn emit(&self, link: Option<TokenStream>) -> TokenStream {
        let Self { name, tag, item_tag, xml_attribute, secret } = *self;
        let mut row = match (item_tag, xml_attribute) {
            (_, true) => quote!(object::attribute(#tag)),
            (Some(item), false) => quote!(object::list(#tag, #item)),
            (None, false) => quote!(object::element(#tag)),
        };
        if name != tag {
            row.extend(quote!(.named(#name)));
        }
        row.extend(link);
        if secret {
            row.extend(quote!(.secret()));
        }
        row
    }
}
