//! Values of members for documents that are not XML: what serde writes and reads.

use crate::markup::scalar::{Datum, Scalar, ScalarKind};

/// A list of values that are no objects.
pub trait Values {
    fn count(&self) -> usize;
    fn value(&self, index: usize) -> Option<Datum<'_>>;
}

impl<S: Scalar> Values for Vec<S> {
    fn count(&self) -> usize {
        self.len()
    }

    fn value(&self, index: usize) -> Option<Datum<'_>> {
        self.get(index).map(Scalar::datum)
    }
}

/// What takes a value that is no object.
pub trait Accept {
    /// What it takes.
    fn kind(&self) -> ScalarKind;
    /// What it takes, in words.
    fn expected(&self) -> &'static str;
    /// Whether a text is of an enum that does not know it.
    fn is_unknown(&self, text: &str) -> bool;
    /// Takes a value, or adds it; whether it is one that it takes.
    fn accept(&mut self, datum: Datum<'_>) -> bool;
}

impl<S: Scalar> Accept for Option<S> {
    fn kind(&self) -> ScalarKind {
        S::kind()
    }

    fn expected(&self) -> &'static str {
        S::EXPECTED
    }

    fn is_unknown(&self, text: &str) -> bool {
        is_unknown::<S>(text)
    }

    fn accept(&mut self, datum: Datum<'_>) -> bool {
        let value = S::from_datum(datum);
        let accepted = value.is_some();
        if accepted {
            *self = value;
        }
        accepted
    }
}

impl<S: Scalar> Accept for Vec<S> {
    fn kind(&self) -> ScalarKind {
        S::kind()
    }

    fn expected(&self) -> &'static str {
        S::EXPECTED
    }

    fn is_unknown(&self, text: &str) -> bool {
        is_unknown::<S>(text)
    }

    fn accept(&mut self, datum: Datum<'_>) -> bool {
        let value = S::from_datum(datum);
        let accepted = value.is_some();
        self.extend(value);
        accepted
    }
}

fn is_unknown<S: Scalar>(text: &str) -> bool {
    S::parse(text).is_some_and(|value| value.unknown().is_some())
}
