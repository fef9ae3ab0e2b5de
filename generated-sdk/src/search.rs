//! Searches: conditions on the fields that the engine's search language knows, checked by the compiler.
//!
//! Each kind of objects that can be searched has a module with a constant for each field: [`search::vm`](vm),
//! [`search::host`](host) and so on. A comparison of a field is a [`Condition`]; conditions combine with
//! [`and`](Condition::and), [`or`](Condition::or) and `!`. The `search` method of list requests takes conditions and
//! searches, and also plain text in the language of the engine.
//!
//! ```
//! use ovirt_sdk::search::{self, vm};
//! use ovirt_sdk::types::{HostStatus, VmStatus};
//!
//! let search = vm::NAME
//!     .eq("web*")
//!     .and(vm::STATUS.eq(VmStatus::PoweringUp).or(vm::MEMORY.gt(4 << 30)))
//!     .and(vm::HOST.with(search::host::STATUS.eq(HostStatus::Up)))
//!     .sort_by(vm::NAME);
//! assert_eq!(
//!     search.to_text()?,
//!     "name=web* and host.status=Up status=PoweringUp or memory>4096 sortby name asc",
//! );
//! # Ok::<(), ovirt_sdk::Error>(())
//! ```
//!
//! The compiler rejects fields of other objects, values of other types, and relations that a field doesn't support. What
//! depends on the values is an error of the request, for example a text with a quotation mark, which the language can't
//! express.
//!
//! See the [guide](crate::guide::searching) for more.

mod condition;
mod field;
mod kind;
mod literal;
mod normal_form;
mod query;
mod raw;
mod tree;

pub use crate::generated::search::*;
pub use condition::Condition;
pub use field::{Field, Reference};
pub(crate) use kind::Values;
pub use kind::{
    Bytes, Choice, Code, Date, Day, Decimal, Exact, Flag, Id, Integer, Listed, Named, Part, Ranked, Size, Span, Text,
};
pub(crate) use query::SearchText;
pub use query::{Query, Search, SearchedAs};
pub(crate) use raw::{page_of, unknown_fields};

/// Returns the words for related objects. A function, because objects refer to each other.
type SearchOf = fn() -> &'static SearchInfo;

/// The words of the search language for a type of objects.
#[derive(Debug)]
pub(crate) struct SearchInfo {
    /// The names of the fields.
    pub(crate) fields: &'static [&'static str],
    /// The names of related objects, and their fields.
    pub(crate) references: &'static [(&'static str, SearchOf)],
    /// The field whose values all differ, by which pages are sorted.
    pub(crate) pages: Option<&'static str>,
}

/// The field by which pages are sorted, if there is one.
#[allow(dead_code, reason = "whether lists can be searched depends on the model")]
pub(crate) const fn page_order(fields: &[&'static str]) -> Option<&'static str> {
    match fields {
        [field, ..] => Some(field),
        [] => None,
    }
}

/// The constants of the fields of a type: the field by which pages are sorted, if there is one, and the type. Each row: the
/// constant, its kind, its name, its documentation, its unit and its values; then the same for related objects.
#[allow(unused_macros, reason = "whether lists can be searched depends on the model")]
macro_rules! fields {
    (
        $($pages:literal)? $object:ty;
        $($field:ident: $kind:ident $(<$enum:ident>)? $name:literal $docs:literal $(per $unit:literal)? $(of $values:ident)?;)*
        $(=> $($reference:ident: $to:ident $related:ty = $text:literal $about:literal;)*)?
    ) => {
        $(
            #[doc = $docs]
            pub const $field: crate::search::Field<$object, crate::search::$kind $(<crate::types::$enum>)?> =
                crate::search::Field::new($name) $(.per($unit))? $(.of(crate::generated::search::values::$values))?;
        )*
        $($(
            #[doc = $about]
            pub const $reference: crate::search::Reference<$object, $related> = crate::search::Reference::new($text);
        )*)?
        pub(crate) static INFO: crate::search::SearchInfo = crate::search::SearchInfo {
            fields: &[$($name),*],
            references: &[$($(($text, || &crate::search::$to::INFO)),*)?],
            pages: crate::search::page_order(&[$($pages)?]),
        };
    };
}
#[allow(unused_imports, reason = "whether lists can be searched depends on the model")]
pub(crate) use fields;

/// The values of enums. Each row: the table, the name of the enum, and pairs of the name in searches and the text in the API,
/// which is empty if it has none.
#[allow(unused_macros, reason = "whether lists can be searched depends on the model")]
macro_rules! values {
    ($($table:ident $of:literal = $($($name:literal $api:literal)*),*;)*) => {
        $(
            #[doc = concat!("The values of `", $of, "`.")]
            pub const $table: crate::search::Values = &[$($(($name, $api),)*)*];
        )*
    };
}
#[allow(unused_imports, reason = "whether lists can be searched depends on the model")]
pub(crate) use values;
