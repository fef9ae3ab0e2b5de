//! Emits an enum.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::rust_types::Prelude;
use crate::model::{Type, Value};
use crate::names::TypeNames;

pub(super) fn emit(ty: &Type, values: &[Value], rust_names: &TypeNames) -> TokenStream {
    let ident = &rust_names.ident;
    let name = ty.name.as_str();
    let string = Prelude::new([ident]).string();
    let text = docs::full(&ty.docs, &format!("The `{name}` enum."));
    let idents = &rust_names.variants;
    let texts = values.iter().map(|value| value.name.as_str());
    let variants = values.iter().zip(idents).map(|(value, ident)| {
        let text = docs::full(&value.docs, &format!("The `{}` value.", value.name));
        quote!(#text #ident,)
    });
    quote! {
        #text
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum #ident {
            #(#variants)*
            /// A value that this version of the SDK does not know, as sent by the engine.
            Unknown(#string),
        }

        crate::types::text_enum!(#ident, #name; #(#idents #texts;)*);
    }
}
