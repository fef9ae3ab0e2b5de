//! Emits an abstract struct as a trait of the structs that extend it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs;
use super::rust_types::{Prelude, RustType, Shape};
use crate::model::{Field, Model, Struct, Type, TypeId};
use crate::names::{Names, TypeNames};

/// The abstract structs that a struct extends, nearest first.
pub(super) fn bases(model: &Model, it: &Struct) -> Vec<TypeId> {
    let parent = |id: &TypeId| model.ty(*id).as_struct().and_then(|it| it.base);
    let is_abstract = |id: &TypeId| model.ty(*id).as_struct().is_some_and(|it| it.is_abstract);
    std::iter::successors(it.base, parent).filter(is_abstract).collect()
}

/// The trait of the structs that extend an abstract one.
pub(super) fn extends(base: &Ident) -> TokenStream {
    quote!(crate::object::Extends<dyn types::#base>)
}

pub(super) fn emit(model: &Model, names: &Names, ty: &Type, it: &Struct, rust_names: &TypeNames) -> TokenStream {
    let ident = &rust_names.ident;
    let prelude = Prelude::new([ident]);
    let option = prelude.option();
    let text = docs::full(&ty.docs, &format!("The fields that all `{}` structs have.", ty.name));
    let bases = bases(model, it);
    let inherited = bases.first().and_then(|id| model.ty(*id).as_struct());
    let supertrait = bases.first().map(|id| {
        let base = &names.type_names(*id).ident;
        quote!(+ types::#base)
    });
    let is_new = |field: &Field| !inherited.is_some_and(|it| it.fields.iter().any(|it| it.name == field.name));
    let fields = it.fields.iter().zip(&rust_names.fields).filter(|(field, _)| is_new(field));
    let getters = fields.map(|(field, names_of)| {
        let rust = RustType::new(model, names, &prelude, field.ty);
        let (getter, key, stored, borrowed) = (&names_of.getter, field.name.as_str(), &rust.stored, &rust.borrowed);
        let text = docs::brief(&field.docs, &format!("The `{key}` field."));
        let value = quote!(object::get::<_, #stored>(self, #key));
        let value = match rust.shape {
            Shape::Text | Shape::Struct | Shape::Values => quote!(#value.map(std::ops::Deref::deref)),
            Shape::Plain | Shape::Date => quote!(#value.copied()),
            Shape::Enum | Shape::List => value,
        };
        quote! {
            #text
            fn #getter(&self) -> #option<#borrowed> {
                #value
            }
        }
    });
    let implied = std::iter::once(ident).chain(bases.iter().map(|id| &names.type_names(*id).ident)).map(extends);
    quote! {
        use crate::object;
        #[allow(unused_imports, reason = "not all traits use it")]
        use crate::types;

        #text
        pub trait #ident: object::Object #supertrait {
            #(#getters)*
        }

        impl<T: object::Struct #(+ #implied)*> #ident for T {}
    }
}
