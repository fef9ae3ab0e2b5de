//! Fields and their comparisons.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::condition::Condition;
use super::kind::{
    Bytes, Choice, Code, Date, Day, Decimal, Exact, Flag, Id, Integer, Listed, Named, Part, Ranked, Size, Span, Text,
    Values,
};
use super::literal::{self, Matching, Rounding};
use super::tree::Relation;
use crate::types::DateTime;

/// A field by which objects of a type can be searched and sorted. The kind tells which values and relations it supports.
pub struct Field<T, K> {
    pub(super) name: &'static str,
    unit: i64,
    values: Values,
    of: PhantomData<fn() -> (T, K)>,
}

impl<T, K> Clone for Field<T, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, K> Copy for Field<T, K> {}

impl<T, K> fmt::Debug for Field<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Field").field(&self.name).finish()
    }
}

impl<T, K> Field<T, K> {
    #[allow(dead_code, reason = "whether lists can be searched depends on the model")]
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, unit: 1, values: &[], of: PhantomData }
    }

    /// Sets the unit of searches, in units of the API.
    #[allow(dead_code, reason = "whether lists can be searched depends on the model")]
    pub(crate) const fn per(self, unit: i64) -> Self {
        Self { unit, ..self }
    }

    /// Sets the names of the values of an enum.
    #[allow(dead_code, reason = "whether lists can be searched depends on the model")]
    pub(crate) const fn of(self, values: Values) -> Self {
        Self { values, ..self }
    }

    /// The name in the search language.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    fn compare(self, relation: Relation, value: Result<String, String>) -> Condition<T> {
        Condition::comparison(self.name, relation, value.map_err(|problem| format!("{}: {problem}", self.name)))
    }

    /// The names of the value of an enum with a text of the API. There can be several.
    fn names(&self, value: &str) -> Result<Vec<&'static str>, String> {
        let names = self.values.iter().filter(|(_, api)| *api == value && !api.is_empty());
        let names: Vec<&str> = names.map(|(name, _)| *name).collect();
        if names.is_empty() {
            Err(format!("{}: searches don't know `{}`", self.name, value.escape_debug()))
        } else {
            Ok(names)
        }
    }
}

/// Comparisons with a value that has a fixed text.
macro_rules! comparisons {
    ($kind:ident, $value:ty, $field:ident, $argument:ident => $text:expr) => {
        impl<T> Field<T, $kind> {
            /// Objects whose field equals the value.
            pub fn eq(self, $argument: $value) -> Condition<T> {
                let $field = &self;
                let text = $text;
                self.compare(Relation::Equal, text)
            }

            comparisons!(@not_equal $kind, $value, $field, $argument => $text);
        }
    };
    (@not_equal Day, $value:ty, $field:ident, $argument:ident => $text:expr) => {};
    (@not_equal $kind:ident, $value:ty, $field:ident, $argument:ident => $text:expr) => {
        /// Objects whose field differs from the value, or that have no value. If an object has several values, one that
        /// differs is enough.
        pub fn ne(self, $argument: $value) -> Condition<T> {
            let $field = &self;
            let text = $text;
            self.compare(Relation::NotEqual, text)
        }
    };
}

comparisons!(Text, impl AsRef<str>, _field, value => literal::text(value.as_ref(), Matching::Pattern));
comparisons!(Exact, impl AsRef<str>, _field, value => literal::text(value.as_ref(), Matching::Exact));
comparisons!(Listed, impl AsRef<str>, _field, value => literal::text(value.as_ref(), Matching::Listed));
comparisons!(Id, impl AsRef<str>, _field, value => literal::identifier(value.as_ref()));
comparisons!(Flag, bool, _field, value => Ok(value.to_string()));
comparisons!(Integer, i64, _field, value => literal::integer(value));
comparisons!(Code, i64, _field, value => literal::integer(value));
comparisons!(Decimal, f64, _field, value => literal::decimal(value));
comparisons!(Bytes, i64, field, value => literal::bytes(value, field.unit, Rounding::None));
comparisons!(Day, DateTime, _field, value => literal::day(value));
comparisons!(Named, &str, field, value => field.known_name(value));

/// `<`, `>` and, if the kind has them, `<=` and `>=`.
macro_rules! orders {
    ($kind:ident, $value:ty, |$field:ident, $argument:ident, $rounding:pat_param| $text:expr; $($all:ident)?) => {
        impl<T> Field<T, $kind> {
            fn limit($field: &Self, $argument: $value, $rounding: Rounding) -> Result<String, String> {
                $text
            }

            /// Objects whose field is less than the value.
            pub fn lt(self, value: $value) -> Condition<T> {
                self.compare(Relation::Less, Self::limit(&self, value, Rounding::Up))
            }

            /// Objects whose field is greater than the value.
            pub fn gt(self, value: $value) -> Condition<T> {
                self.compare(Relation::More, Self::limit(&self, value, Rounding::Down))
            }

            $(orders!(@$all $kind, $value);)?
        }
    };
    (@all $kind:ident, $value:ty) => {
        /// Objects whose field is less than the value or equal to it.
        pub fn le(self, value: $value) -> Condition<T> {
            self.compare(Relation::LessOrEqual, Self::limit(&self, value, Rounding::Down))
        }

        /// Objects whose field is greater than the value or equal to it.
        pub fn ge(self, value: $value) -> Condition<T> {
            self.compare(Relation::MoreOrEqual, Self::limit(&self, value, Rounding::Up))
        }
    };
}

orders!(Integer, i64, |_field, value, _| literal::integer(value); all);
orders!(Decimal, f64, |_field, value, _| literal::decimal(value); all);
orders!(Bytes, i64, |field, value, rounding| literal::bytes(value, field.unit, rounding); all);
orders!(Size, i64, |_field, value, _| Ok(value.to_string()););
orders!(Day, DateTime, |_field, value, _| literal::day(value););
orders!(Date, DateTime, |_field, value, _| literal::instant(value););
orders!(Span, Duration, |_field, value, _| Ok(literal::duration(value)););

impl<T> Field<T, Text> {
    /// Objects whose field is exactly this text, for texts that come from elsewhere. Upper and lower case are the same
    /// unless the request is case-sensitive.
    ///
    /// A `*` is a wildcard, which the language can't escape. So the request fails if the text contains one.
    pub fn literal(self, value: impl AsRef<str>) -> Condition<T> {
        self.compare(Relation::Equal, literal::text(value.as_ref(), Matching::Literal))
    }

    /// Objects whose field is one of these texts, which can contain wildcards.
    pub fn one_of<S: AsRef<str>>(self, values: impl IntoIterator<Item = S>) -> Condition<T> {
        Condition::any(values.into_iter().map(|value| self.eq(value)))
    }
}

impl<T> Field<T, Exact> {
    /// Objects without a value.
    pub fn is_unset(self) -> Condition<T> {
        self.compare(Relation::Equal, Ok("null".to_owned()))
    }

    /// Objects with a value.
    pub fn is_set(self) -> Condition<T> {
        self.compare(Relation::NotEqual, Ok("null".to_owned()))
    }
}

impl<T> Field<T, Part> {
    /// Objects whose field contains this text.
    pub fn contains(self, part: impl AsRef<str>) -> Condition<T> {
        self.compare(Relation::Equal, literal::text(part.as_ref(), Matching::Pattern))
    }
}

impl<T> Field<T, Id> {
    /// Objects with one of these identifiers.
    pub fn one_of<S: AsRef<str>>(self, ids: impl IntoIterator<Item = S>) -> Condition<T> {
        Condition::any(ids.into_iter().map(|id| self.eq(id)))
    }
}

impl<T> Field<T, Named> {
    fn known_name(&self, name: &str) -> Result<String, String> {
        let known = self.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let all = || self.values.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("`, `");
        known
            .map(|(name, _)| (*name).to_owned())
            .ok_or_else(|| format!("`{}` is not one of `{}`", name.escape_debug(), all()))
    }
}

/// Comparisons of fields with the values of an enum.
macro_rules! choices {
    ($kind:ident) => {
        impl<T, E: fmt::Display> Field<T, $kind<E>> {
            /// Objects whose field has the value.
            pub fn eq(self, value: E) -> Condition<T> {
                match self.names(&value.to_string()) {
                    Ok(names) => Condition::any(names.into_iter().map(|it| self.is(Relation::Equal, it))),
                    Err(problem) => Condition::invalid(problem),
                }
            }

            /// Objects whose field has another value, or none.
            pub fn ne(self, value: E) -> Condition<T> {
                match self.names(&value.to_string()) {
                    Ok(names) => Condition::all(names.into_iter().map(|it| self.is(Relation::NotEqual, it))),
                    Err(problem) => Condition::invalid(problem),
                }
            }

            /// Objects whose field has one of the values.
            pub fn one_of(self, values: impl IntoIterator<Item = E>) -> Condition<T> {
                Condition::any(values.into_iter().map(|value| self.eq(value)))
            }

            fn is(self, relation: Relation, name: &str) -> Condition<T> {
                self.compare(relation, Ok(name.to_owned()))
            }
        }
    };
}

choices!(Choice);
choices!(Ranked);

impl<T, E: fmt::Display> Field<T, Ranked<E>> {
    fn ranked(self, relation: Relation, value: &E) -> Condition<T> {
        match self.names(&value.to_string()).map(|names| names.first().copied()) {
            Ok(Some(name)) => self.is(relation, name),
            Ok(None) => Condition::any(Vec::new()),
            Err(problem) => Condition::invalid(problem),
        }
    }

    /// Objects with a lower value.
    pub fn lt(self, value: E) -> Condition<T> {
        self.ranked(Relation::Less, &value)
    }

    /// Objects with a higher value.
    pub fn gt(self, value: E) -> Condition<T> {
        self.ranked(Relation::More, &value)
    }

    /// Objects with this value or a lower one.
    pub fn le(self, value: E) -> Condition<T> {
        self.ranked(Relation::LessOrEqual, &value)
    }

    /// Objects with this value or a higher one.
    pub fn ge(self, value: E) -> Condition<T> {
        self.ranked(Relation::MoreOrEqual, &value)
    }
}

/// Objects that are related to the searched ones.
pub struct Reference<T, R> {
    name: &'static str,
    of: PhantomData<fn() -> (T, R)>,
}

impl<T, R> Clone for Reference<T, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, R> Copy for Reference<T, R> {}

impl<T, R> fmt::Debug for Reference<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.name).finish()
    }
}

impl<T, R> Reference<T, R> {
    #[allow(dead_code, reason = "whether lists can be searched depends on the model")]
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    /// Objects with a related object that fulfills the condition.
    ///
    /// A condition with `ne` also finds objects without a related object. Related objects of related objects can't be
    /// searched: the request fails.
    pub fn with(self, condition: Condition<R>) -> Condition<T> {
        condition.of_related(self.name)
    }
}
