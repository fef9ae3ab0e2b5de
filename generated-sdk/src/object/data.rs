//! Values of members for documents that are not XML: what serde writes and reads.

use std::borrow::Cow;

use super::{Item, Object, Objects};
use crate::xml::scalar::Scalar;

/// A value that is no object.
#[derive(Clone, Debug)]
pub enum Datum<'d> {
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// Also dates and values of enums.
    Text(Cow<'d, str>),
}

/// What a member holds.
#[expect(missing_debug_implementations, reason = "lists have no names to show")]
pub enum Data<'d> {
    Absent,
    Value(Datum<'d>),
    Object(&'d dyn Object),
    List(&'d dyn Objects),
    Values(&'d dyn Values),
}

/// What a member can hold, to be filled.
#[expect(missing_debug_implementations, reason = "lists have no names to show")]
pub enum DataMut<'d> {
    Value(&'d mut dyn Accept),
    Object(&'d mut dyn Object),
    List(&'d mut dyn Objects),
    Values(&'d mut dyn Accept),
}

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
    fn item(&self) -> Item;
    /// What it takes, in words.
    fn expected(&self) -> &'static str;
    /// Takes a value, or adds it; whether it is one that it takes.
    fn accept(&mut self, datum: Datum<'_>) -> bool;
}

impl<S: Scalar> Accept for Option<S> {
    fn item(&self) -> Item {
        S::item()
    }

    fn expected(&self) -> &'static str {
        S::EXPECTED
    }

    fn accept(&mut self, datum: Datum<'_>) -> bool {
        let value = S::of(datum);
        let accepted = value.is_some();
        if accepted {
            *self = value;
        }
        accepted
    }
}

impl<S: Scalar> Accept for Vec<S> {
    fn item(&self) -> Item {
        S::item()
    }

    fn expected(&self) -> &'static str {
        S::EXPECTED
    }

    fn accept(&mut self, datum: Datum<'_>) -> bool {
        let value = S::of(datum);
        let accepted = value.is_some();
        self.extend(value);
        accepted
    }
}
