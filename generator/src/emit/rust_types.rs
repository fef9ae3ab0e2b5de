//! The Rust types of fields and parameters, and paths to the standard library in files that may shadow its names.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::model::{BaseType, Model, Primitive, TypeRef};
use crate::names::Names;

/// Names of the standard prelude, as seen by a generated file.
pub(super) struct Prelude<'n> {
    /// The types that the file defines, which may shadow prelude names.
    own: Vec<&'n Ident>,
}

impl<'n> Prelude<'n> {
    pub(super) fn new(own: impl IntoIterator<Item = &'n Ident>) -> Self {
        Self { own: own.into_iter().collect() }
    }

    fn hides(&self, name: &str) -> bool {
        self.own.iter().any(|own| **own == *name)
    }

    /// A name of the standard prelude, or its full path if a type of the file shadows it.
    fn name(&self, module: &str, name: &str) -> TokenStream {
        let hidden = self.hides(name);
        let (module, name) = (format_ident!("{module}"), format_ident!("{name}"));
        if hidden { quote!(std::#module::#name) } else { quote!(#name) }
    }

    pub(super) fn option(&self) -> TokenStream {
        self.name("option", "Option")
    }

    pub(super) fn boxed(&self) -> TokenStream {
        self.name("boxed", "Box")
    }

    pub(super) fn vec(&self) -> TokenStream {
        self.name("vec", "Vec")
    }

    pub(super) fn string(&self) -> TokenStream {
        self.name("string", "String")
    }

    pub(super) fn conversion(&self) -> TokenStream {
        self.name("convert", "Into")
    }

    pub(super) fn iterable(&self) -> TokenStream {
        self.name("iter", "IntoIterator")
    }

    pub(super) fn reference(&self) -> TokenStream {
        self.name("convert", "AsRef")
    }

    /// `value.into()`, even if the file shadows the trait.
    pub(super) fn call_into(&self, value: TokenStream) -> TokenStream {
        if self.hides("Into") { quote!(std::convert::Into::into(#value)) } else { quote!(#value.into()) }
    }

    /// `Self::default()`, even if the file shadows the trait.
    pub(super) fn call_default(&self) -> TokenStream {
        if self.hides("Default") { quote!(std::default::Default::default()) } else { quote!(Self::default()) }
    }
}

/// How Rust represents a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text.
    Text,
    /// A boolean or a number.
    Plain,
    /// A date.
    Date,
    /// An enum value.
    Enum,
    /// A boxed struct.
    Struct,
    /// A list of structs.
    List,
    /// A list of other values.
    Values,
}

/// The Rust types of a field or parameter.
pub(super) struct RustType {
    pub(super) shape: Shape,
    /// Whether the value, or the item of a list, is a boolean or a number.
    plain: bool,
    /// Type of the value, or of the items of a list: `String`, `i64`, `types::Cpu`.
    pub(super) value: TokenStream,
    /// Type inside the `Option` of the field: `Box<types::Cpu>`, `types::List<types::Nic>`.
    pub(super) stored: TokenStream,
    /// Return type of an accessor: `&str`, `i64`, `&types::Cpu`.
    pub(super) borrowed: TokenStream,
}

impl RustType {
    pub(super) fn new(model: &Model, names: &Names, prelude: &Prelude<'_>, ty: TypeRef) -> Self {
        let (mut shape, value) = match ty.base {
            BaseType::Primitive(Primitive::String) => (Shape::Text, prelude.string()),
            BaseType::Primitive(Primitive::Boolean) => (Shape::Plain, quote!(bool)),
            BaseType::Primitive(Primitive::Integer) => (Shape::Plain, quote!(i64)),
            BaseType::Primitive(Primitive::Decimal) => (Shape::Plain, quote!(f64)),
            BaseType::Primitive(Primitive::Date) => (Shape::Date, quote!(types::DateTime)),
            BaseType::Struct(id) => {
                let ident = &names.type_names(id).ident;
                debug_assert!(model.ty(id).as_struct().is_some());
                (Shape::Struct, quote!(types::#ident))
            }
            BaseType::Enum(id) => {
                let ident = &names.type_names(id).ident;
                (Shape::Enum, quote!(types::#ident))
            }
        };
        let plain = shape == Shape::Plain;
        if ty.list {
            shape = if shape == Shape::Struct { Shape::List } else { Shape::Values };
        }
        let (boxed, vec) = (prelude.boxed(), prelude.vec());
        let (stored, borrowed) = match shape {
            Shape::Text => (value.clone(), quote!(&str)),
            Shape::Plain | Shape::Date => (value.clone(), value.clone()),
            Shape::Enum => (value.clone(), quote!(&#value)),
            Shape::Struct => (quote!(#boxed<#value>), quote!(&#value)),
            Shape::List => (quote!(types::List<#value>), quote!(&types::List<#value>)),
            Shape::Values => (quote!(#vec<#value>), quote!(&[#value])),
        };
        Self { shape, plain, value, stored, borrowed }
    }
    /// The type of a setter's argument, and the conversion of `value` to the type of the field.
    ///
    /// Plain values are not converted: with `impl Into<i64>`, the literals in `4 << 30` are `i32`, and the result is 0.
    pub(super) fn argument(&self, prelude: &Prelude<'_>) -> (TokenStream, TokenStream) {
        let (value, stored, into) = (&self.value, &self.stored, prelude.conversion());
        let converted = prelude.call_into(quote!(value));
        let of_value = if self.plain { value.clone() } else { quote!(impl #into<#value>) };
        match self.shape {
            Shape::Plain => (of_value, quote!(value)),
            Shape::List => (quote!(impl #into<#stored>), converted),
            Shape::Values => {
                let iterable = prelude.iterable();
                (quote!(impl #iterable<Item = #of_value>), quote!(value))
            }
            Shape::Text | Shape::Date | Shape::Enum | Shape::Struct => (of_value, converted),
        }
    }
}
