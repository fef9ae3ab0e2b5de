//! Enums of the model: texts, some of which the SDK knows.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash as _, Hasher};
use std::mem::discriminant;

#[cfg(feature = "serde")]
use super::scalar::Datum;
use super::scalar::{InvalidText, Scalar, ScalarKind, TextWriter, trim};

/// An enum of the model. The rest is written once, because the compiler needs time for every function of every enum.
pub trait TextEnum: Clone + fmt::Debug + fmt::Display + PartialEq + 'static {
    /// The name in the API.
    const NAME: &'static str;
    /// The values that the SDK knows.
    const VALUES: &'static [Self];
    /// The names of their variants.
    const VARIANTS: &'static [&'static str];
    /// The text in the API.
    fn text(&self) -> &str;
    /// Creates a value that the SDK does not know.
    fn unknown(text: String) -> Self;
}

/// Converts a text; an unknown text is kept unchanged.
pub(crate) fn from_text<E: TextEnum>(text: &str) -> E {
    known(text).unwrap_or_else(|| E::unknown(text.to_owned()))
}

fn known<E: TextEnum>(text: &str) -> Option<E> {
    E::VALUES.iter().find(|value| value.text() == text).cloned()
}

/// Whether the SDK does not know the value.
fn is_unknown<E: TextEnum>(value: &E) -> bool {
    discriminant(value) == discriminant(&E::unknown(String::new()))
}

/// `PartialEq`, as a derive would compare the values.
pub(crate) fn same<E: TextEnum>(one: &E, other: &E) -> bool {
    discriminant(one) == discriminant(other) && (!is_unknown(one) || one.text() == other.text())
}

/// `Debug`, as a derive would show the values.
pub(crate) fn debug<E: TextEnum>(value: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match position(value).and_then(|index| E::VARIANTS.get(index)) {
        Some(variant) => f.write_str(variant),
        None => f.debug_tuple("Unknown").field(&value.text()).finish(),
    }
}

/// `Ord`, as a derive would order the values.
pub(crate) fn compare<E: TextEnum>(one: &E, other: &E) -> Ordering {
    match (position(one), position(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.text().cmp(other.text()),
    }
}

fn position<E: TextEnum>(value: &E) -> Option<usize> {
    E::VALUES.iter().position(|known| known == value)
}

/// `Hash`: equal values have equal texts.
pub(crate) fn hash<E: TextEnum>(value: &E, state: &mut impl Hasher) {
    value.text().hash(state);
}

impl<E: TextEnum> Scalar for E {
    const EXPECTED: &'static str = "a text";

    fn kind() -> ScalarKind {
        ScalarKind::Enum { name: E::NAME, texts: || E::VALUES.iter().map(E::text).collect() }
    }

    fn parse(text: &str) -> Option<Self> {
        // An unknown text is kept unchanged.
        Some(known(trim(text)).unwrap_or_else(|| E::unknown(text.to_owned())))
    }

    fn unknown(&self) -> Option<(&'static str, &str)> {
        is_unknown(self).then(|| (E::NAME, self.text()))
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        if is_unknown(self) {
            return out.text(self.text());
        }
        // The texts in a model are names.
        out.out.push_str(self.text());
        Ok(())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Text(self.text().into())
    }
}
