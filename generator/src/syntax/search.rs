//! The search language as written in `searches/` and `search_values.yaml`.

use super::{Docs, Positioned};
use crate::diagnostics::Position;
use crate::name::Name;

/// A file of `searches/`: objects that can be searched, with their fields.
#[derive(Debug)]
pub struct Search {
    /// Name.
    pub name: Positioned<Name>,
    /// The name of one object in the search language, if it differs.
    pub text: Option<String>,
    /// Documentation.
    pub docs: Docs,
    /// Types of the objects. The paths of the fields start from the first one.
    pub types: Vec<Positioned<Name>>,
    /// Services whose collections are searched with it, in place of the one of their type.
    pub services: Vec<Positioned<Name>>,
    /// Whether only searches for other objects can use it.
    pub by_reference: bool,
    /// The default order.
    pub order: Vec<SearchOrder>,
    /// The field whose values all differ, by which pages are sorted.
    pub pages: Option<Positioned<Name>>,
    /// Fields.
    pub fields: Vec<SearchField>,
    /// Related objects.
    pub references: Vec<SearchReference>,
}

/// A field of the search language.
#[derive(Clone, Debug)]
pub struct SearchField {
    /// Name.
    pub name: Positioned<Name>,
    /// The name in the search language.
    pub text: String,
    /// Documentation.
    pub docs: Docs,
    /// The path to its values.
    pub path: Positioned<String>,
    /// What it contains.
    pub kind: SearchKind,
    /// The relations that it supports.
    pub relations: SearchRelations,
    /// The unit of searches, in units of the API.
    pub unit: i64,
    /// The values of an enum.
    pub values: Option<Positioned<Name>>,
}

/// Objects that are related to the searched ones.
#[derive(Clone, Debug)]
pub struct SearchReference {
    /// Name.
    pub name: Positioned<Name>,
    /// The name in the search language.
    pub text: String,
    /// Documentation.
    pub docs: Docs,
    /// The path to the objects; empty for the searched object itself.
    pub path: Option<Positioned<String>>,
    /// How the objects are searched.
    pub search: Positioned<Name>,
}

/// A key of the default order.
#[derive(Clone, Debug)]
pub struct SearchOrder {
    /// The path to the value.
    pub path: Positioned<String>,
    /// What the values are.
    pub kind: SearchKind,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// The values of an enum in searches.
#[derive(Clone, Debug)]
pub struct SearchValues {
    /// Name; that of the API's enum, if there is one.
    pub name: Positioned<Name>,
    /// The values.
    pub values: Vec<SearchValue>,
}

/// A value of an enum in searches.
#[derive(Clone, Debug)]
pub struct SearchValue {
    /// The engine's name.
    pub name: String,
    /// Where it is declared.
    pub position: Position,
    /// The text of the API, if it has one.
    pub api: Option<String>,
}

/// Defines an enum whose values have texts in the model.
macro_rules! texts {
    ($(#[$docs:meta])* $name:ident { $($(#[$value_docs:meta])* $value:ident = $text:literal,)* }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$value_docs])* $value,)*
        }

        impl $name {
            /// All values.
            pub const ALL: &[Self] = &[$(Self::$value),*];

            /// The text in the model.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)*
                }
            }
        }
    };
}

texts! {
    /// What a search field contains.
    SearchKind {
        /// A text; `*` is a wildcard.
        Text = "text",
        /// A text that is sorted as an IP address.
        Address = "address",
        /// A text without wildcards; `null` finds objects without a value.
        Nullable = "nullable",
        /// Names of tags; a search for a tag also finds its children.
        Tag = "tag",
        /// A list of texts, without wildcards.
        Listed = "listed",
        /// The name of a user; with `@`, it includes the directory.
        Account = "account",
        /// A long text; searches contain a part of it.
        Part = "part",
        /// A text without wildcards.
        Exact = "exact",
        /// An identifier.
        Identifier = "identifier",
        /// An integer.
        Integer = "integer",
        /// A number that only the engine's database checks.
        Size = "size",
        /// A decimal number.
        Decimal = "decimal",
        /// A boolean.
        Flag = "flag",
        /// A boolean that only the engine's database checks.
        LooseFlag = "loose_flag",
        /// A date without the time of the day.
        Day = "day",
        /// A date.
        Date = "date",
        /// Seconds; searches contain a duration.
        Duration = "duration",
        /// A value of an enum.
        Choice = "choice",
    }
}

texts! {
    /// The relations that a search field supports.
    SearchRelations {
        /// `=` and `!=`.
        Equal = "equal",
        /// All of them.
        All = "all",
        /// `<` and `>`.
        Unequal = "unequal",
        /// `<`, `>` and `=`.
        Time = "time",
    }
}

impl SearchKind {
    /// The relations of fields of this kind, unless the model says otherwise.
    pub fn relations(self) -> SearchRelations {
        match self {
            Self::Integer | Self::Decimal => SearchRelations::All,
            Self::Size | Self::Date | Self::Duration => SearchRelations::Unequal,
            Self::Day => SearchRelations::Time,
            _ => SearchRelations::Equal,
        }
    }
}
