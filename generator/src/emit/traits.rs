//! An abstract struct of the model → a trait of the structs that extend it.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::paths::{Prelude, RustType, Shape};
use crate::model::{Model, Struct, Type};
use crate::names::{Names, TypeNames};

pub(super) fn emit(model: &Model, names: &Names, ty: &Type, it: &Struct, own: &TypeNames) -> TokenStream {
    let ident = &own.ident;
    let prelude = Prelude::new(ident);
    let option = prelude.option();
    let text = docs::full(&ty.docs, &format!("What every `{}` of the API has.", ty.name));
    let getters = it.members.iter().zip(&own.members).map(|(member, names_of)| {
        let rust = RustType::of(model, names, &prelude, member.ty);
        let (getter, key, stored, borrowed) = (&names_of.getter, member.name.as_str(), &rust.stored, &rust.borrowed);
        let text = docs::brief(&member.docs, &format!("The `{key}` of the API."));
        let value = quote!(object::get::<_, #stored>(self, #key));
        let value = match rust.shape {
            Shape::Text | Shape::Struct | Shape::Values => quote!(#value.map(std::ops::Deref::deref)),
            Shape::Copy => quote!(#value.copied()),
            Shape::Enum | Shape::List => value,
        };
        quote! {
            #text
            fn #getter(&self) -> #option<#borrowed> {
                #value
            }
        }
    });
    quote! {
        use crate::object;
        #[allow(unused_imports, reason = "whether it is needed depends on the types of the members")]
        use crate::types;

        #text
        pub trait #ident: object::Object {
            #(#getters)*
        }
    }
}
