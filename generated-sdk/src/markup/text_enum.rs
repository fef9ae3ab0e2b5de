//! Enums of the model: texts, some of which the SDK knows.

use std::fmt;

#[cfg(feature = "serde")]
use super::scalar::Datum;
use super::scalar::{InvalidText, Scalar, ScalarKind, TextWriter, trim};

/// An enum of the model. The rest is written once, because the compiler needs time for every function of every enum.
pub trait TextEnum: Clone + fmt::Debug + PartialEq + 'static {
    /// The name in the API.
    const NAME: &'static str;
    /// The values that the SDK knows.
    const VALUES: &'static [Self];
    /// The text in the API.
    fn text(&self) -> &str;
    /// Creates a value that the SDK does not know.
    fn unknown(text: String) -> Self;
    /// Whether the SDK does not know the value.
    fn is_unknown(&self) -> bool;
}

/// Converts a text; an unknown text is kept unchanged.
pub(crate) fn from_text<E: TextEnum>(text: &str) -> E {
    known(text).unwrap_or_else(|| E::unknown(text.to_owned()))
}

fn known<E: TextEnum>(text: &str) -> Option<E> {
    E::VALUES.iter().find(|value| value.text() == text).cloned()
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
        self.is_unknown().then(|| (E::NAME, self.text()))
    }

    fn write(&self, out: &mut TextWriter<'_>) -> Result<(), InvalidText> {
        out.text(self.text())
    }

    #[cfg(feature = "serde")]
    fn datum(&self) -> Datum<'_> {
        Datum::Text(self.text().into())
    }
}
