//! Reading secrets without showing them in errors.

use std::fmt;

use serde::de::{Error, Expected, MapAccess, SeqAccess, Visitor};

/// A visitor of a map or a sequence with secrets, whose errors do not show the value that was found.
pub(super) struct RedactingVisitor<V>(pub(super) V);

impl<'de, V: Visitor<'de>> RedactingVisitor<V> {
    fn wrong<E: Error>(&self) -> Result<V::Value, E> {
        Err(E::custom(format_args!("expected {}", &self.0 as &dyn Expected)))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for RedactingVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(seq)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<V::Value, E> {
        self.wrong()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<V::Value, E> {
        self.wrong()
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<V::Value, E> {
        self.wrong()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<V::Value, E> {
        self.wrong()
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<V::Value, E> {
        self.wrong()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<V::Value, E> {
        self.wrong()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<V::Value, E> {
        self.wrong()
    }
}
