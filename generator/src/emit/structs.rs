//! A struct of the model → its Rust struct, setters, accessors and XML binding.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::paths::{Prelude, RustType, Shape};
use super::traits;
use crate::model::{Member, Model, Struct, Type};
use crate::names::{MemberNames, Names, TypeNames};

/// A member with all that is known of it.
struct Field<'m> {
    member: &'m Member,
    names: &'m MemberNames,
    rust: RustType,
}

impl Field<'_> {
    fn fallback(&self) -> String {
        format!("The `{}` of the API.", self.member.name)
    }
}

pub(super) fn emit(model: &Model, names: &Names, ty: &Type, it: &Struct, own: &TypeNames) -> TokenStream {
    let prelude = Prelude::new(&own.ident);
    let members = it.members.iter().zip(&own.members);
    let fields: Vec<Field<'_>> = members
        .map(|(member, of)| Field { member, names: of, rust: RustType::of(model, names, &prelude, member.ty) })
        .collect();
    let definition = definition(ty, own, &prelude, &fields);
    let methods = methods(it, own, &prelude, &fields);
    let implementations = trait_impls(model, names, it, own);
    let binding = binding(ty, it, own, &fields);
    quote! {
        use crate::{object, types};

        #definition
        #methods
        #implementations
        #binding
    }
}

fn definition(ty: &Type, own: &TypeNames, prelude: &Prelude<'_>, fields: &[Field<'_>]) -> TokenStream {
    let ident = &own.ident;
    let option = prelude.option();
    let text = docs::full(&ty.docs, &format!("The `{}` of the API.", ty.name));
    let fields = fields.iter().map(|field| {
        let (name, stored) = (&field.names.field, &field.rust.stored);
        let text = docs::full(&field.member.docs, &field.fallback());
        quote!(#text pub #name: #option<#stored>,)
    });
    quote! {
        #text
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct #ident {
            #(#fields)*
            unknown: types::Unknown,
        }
    }
}

fn methods(it: &Struct, own: &TypeNames, prelude: &Prelude<'_>, fields: &[Field<'_>]) -> TokenStream {
    let ident = &own.ident;
    let default = prelude.call_default();
    let references = it.references.iter().filter_map(|name| {
        let field = fields.iter().find(|field| field.member.name == *name)?;
        Some(reference(prelude, field))
    });
    let setters = fields.iter().map(|field| setter(prelude, field));
    let accessors = fields.iter().map(accessor);
    quote! {
        impl #ident {
            /// A value whose members are all absent.
            pub fn new() -> Self {
                #default
            }

            #(#references)*
            #(#setters)*
        }

        types::accessors!(#ident; #(#accessors)*);
    }
}

/// `with_name("Default")`: a value that only refers to an object.
fn reference(prelude: &Prelude<'_>, field: &Field<'_>) -> TokenStream {
    let (value, setter, into) = (&field.rust.value, &field.names.setter, prelude.conversion());
    let name = format_ident!("with_{}", field.member.name.as_str());
    let text = docs::own(&format!("A reference to an object by its `{}`.", field.member.name));
    quote! {
        #text
        pub fn #name(value: impl #into<#value>) -> Self {
            Self::new().#setter(value)
        }
    }
}

fn setter(prelude: &Prelude<'_>, field: &Field<'_>) -> TokenStream {
    let RustType { shape, value, stored, .. } = &field.rust;
    let (into, boxed) = (prelude.conversion(), prelude.boxed());
    let (name, setter) = (&field.names.field, &field.names.setter);
    let text = docs::brief(&field.member.docs, &field.fallback());
    let plain = prelude.call_into(quote!(value));
    let (argument, set) = match shape {
        Shape::Text | Shape::Copy | Shape::Enum => (quote!(impl #into<#value>), plain),
        Shape::Struct => (quote!(impl #into<#value>), quote!(#boxed::new(#plain))),
        Shape::List => (quote!(impl #into<#stored>), plain),
        Shape::Values => {
            let into_iterator = prelude.iterable();
            (quote!(impl #into_iterator<Item = impl #into<#value>>), quote!(object::values(value)))
        }
    };
    quote! {
        #text
        pub fn #setter(mut self, value: #argument) -> Self {
            self.#name = Some(#set);
            self
        }
    }
}

/// The row of a member among the accessors: how it is borrowed, its names and its type.
fn accessor(field: &Field<'_>) -> TokenStream {
    let (name, accessor, borrowed) = (&field.names.field, &field.names.accessor, &field.rust.borrowed);
    let how = match field.rust.shape {
        Shape::Text | Shape::Struct | Shape::Values => quote!(deref),
        Shape::Copy => quote!(copy),
        Shape::Enum | Shape::List => quote!(borrow),
    };
    quote!(#how #accessor #name: #borrowed;)
}

/// The traits of the abstract structs that it extends.
fn trait_impls(model: &Model, names: &Names, it: &Struct, own: &TypeNames) -> TokenStream {
    let ident = &own.ident;
    let implementations = traits::bases(model, it).into_iter().map(|id| {
        let name = &names.of(id).ident;
        quote!(impl types::#name for #ident {})
    });
    implementations.collect()
}

fn binding(ty: &Type, it: &Struct, own: &TypeNames, fields: &[Field<'_>]) -> TokenStream {
    let ident = &own.ident;
    let (name, tag, plural_tag) = (ty.name.as_str(), &it.tag, &it.plural_tag);
    let links_at = match it.links_at {
        Some(at) => {
            let at = proc_macro2::Literal::usize_unsuffixed(at);
            quote!(Some(#at))
        }
        None => quote!(None),
    };
    let rels = &it.other_rels;
    let members = fields.iter().map(|field| member_row(field.member));
    let slots = fields.iter().enumerate().map(|(index, field)| {
        let (index, name) = (proc_macro2::Literal::usize_unsuffixed(index), &field.names.field);
        quote!(#index #name,)
    });
    quote! {
        impl object::Struct for #ident {
            const INFO: &'static object::StructInfo = &object::StructInfo {
                name: #name,
                tag: #tag,
                plural_tag: #plural_tag,
                links_at: #links_at,
                other_rels: &[#(#rels),*],
                members: &[#(#members),*],
                new: object::new::<Self>,
                equals: object::equals::<Self>,
            };
        }

        types::slots!(#ident; #(#slots)*);
    }
}

/// The row of a member in the table of its struct.
fn member_row(member: &Member) -> TokenStream {
    let (name, tag) = (member.name.as_str(), member.tag.as_str());
    let mut row = match (&member.item_tag, member.xml_attribute) {
        (_, true) => quote!(object::Member::attribute(#tag)),
        (Some(item), false) => quote!(object::Member::list(#tag, #item)),
        (None, false) => quote!(object::Member::element(#tag)),
    };
    if name != tag {
        row.extend(quote!(.named(#name)));
    }
    if let Some(rel) = &member.rel {
        row.extend(quote!(.linked(#rel)));
    } else if member.link {
        row.extend(quote!(.reference()));
    }
    if member.secret {
        row.extend(quote!(.secret()));
    }
    row
}
