//! Enums of the model: texts, some of which the SDK knows.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash as _, Hasher};
use std::mem::discriminant;

#[cfg(feature = "serde")]
use super::scalar::Datum;
use super::scalar::{InvalidText, Scalar, ScalarKind, TextWriter, trim};

/// An enum of the model. The rest is written once, because the compiler needs time for every function of every enum.
pub trait TextEnum: Clone + fmt::Debug + fmt::Display + PartialEq + Send + Sync + 'static {
    /// What the rest is computed from. One function, because a check of the crate also computes constants.
    fn table() -> EnumTable<Self>;
}

/// An enum of the model.
#[derive(Debug)]
pub struct EnumTable<E: 'static> {
    /// The name in the API.
    pub(crate) name: &'static str,
    /// The values that the SDK knows.
    pub(crate) values: &'static [E],
    /// The names of their variants.
    pub(crate) variants: &'static [&'static str],
    /// The text in the API.
    pub(crate) text: fn(&E) -> &str,
    /// Creates a value that the SDK does not know.
    pub(crate) unknown: fn(String) -> E,
}

fn text<E: TextEnum>(value: &E) -> &str {
    (E::table().text)(value)
}

fn unknown<E: TextEnum>(text: String) -> E {
    (E::table().unknown)(text)
}

/// Converts a text; an unknown text is kept unchanged.
pub(crate) fn from_text<E: TextEnum>(text: &str) -> E {
    known(text).unwrap_or_else(|| unknown(text.to_owned()))
}

fn known<E: TextEnum>(text: &str) -> Option<E> {
    E::table().values.iter().find(|value| self::text(*value) == text).cloned()
}

/// Whether the SDK does not know the value.
fn is_unknown<E: TextEnum>(value: &E) -> bool {
    discriminant(value) == discriminant(&unknown::<E>(String::new()))
}

/// `PartialEq`, as a derive would compare the values.
pub(crate) fn same<E: TextEnum>(one: &E, other: &E) -> bool {
    discriminant(one) == discriminant(other) && (!is_unknown(one) || text(one) == text(other))
}

/// `Debug`, as a derive would show the values.
pub(crate) fn debug<E: TextEnum>(value: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match position(value).and_then(|index| E::table().variants.get(index)) {
        Some(variant) => f.write_str(variant),
        None => f.debug_tuple("Unknown").field(&text(value)).finish(),
    }
}

/// `Ord`, as a derive would order the values.
pub(crate) fn compare<E: TextEnum>(one: &E, other: &E) -> Ordering {
    match (position(one), position(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => text(one).cmp(text(other)),
    }
}

fn position<E: TextEnum>(value: &E) -> Option<usize> {
    E::table().values.iter().position(|known| known == value)
}

/// `Hash`: equal values have equal texts.
pub(crate) fn hash<E: TextEnum>(value: &E, state: &mut impl Hasher) {
    text(value).hash(state);
}

impl<E: TextEnum> Scalar for E {
    const EXPECTED: &'static str = "a text";

    fn kind() -> ScalarKind {
        ScalarKind::Enum { name: E::table().name, texts: || E::table().values.iter().map(text).collect() }
    }

    fn parse(text: &str) -> Option<Self> {
        // An unknown text is kept unchanged.
        Some(known(trim(text)).unwrap_or_else(|| unknown(text.to_owned())))
    }

    fn unknown(&self) -> Option<(&'static str, &str)> {
        is_unknown(self).then(|| (E::table().name, text(self)))
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        if is_unknown(self) {
            return out.text(text(self));
        }
        // The texts in a model are names.
        out.out.push_str(text(self));
        Ok(())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Text(text(self).into())
    }
}
