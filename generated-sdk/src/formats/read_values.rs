//! Reading scalars and lists of scalars with serde.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use super::field_path::FieldPath;
use super::redacting_visitor::RedactingVisitor;
use super::suggestion::similar;
use crate::markup::scalar::{Datum, ScalarKind};
use crate::markup::text::excerpt;
use crate::object::Accept;

/// Reads a scalar.
pub(super) struct Scalars<'s> {
    pub(super) to: &'s mut dyn Accept,
    pub(super) path: &'s FieldPath<'s>,
}

impl Scalars<'_> {
    fn take<E: Error>(self, datum: Datum<'_>, found: Unexpected<'_>) -> Result<(), E> {
        if let (ScalarKind::Enum { name, texts }, Datum::Text(text)) = (self.to.kind(), &datum)
            && !self.path.allows_any_value()
            && self.to.is_unknown(text)
        {
            if self.path.is_secret() {
                return Err(E::custom(format_args!("`{}`: unknown {name}", self.path)));
            }
            let hint = similar(text, texts().into_iter()).map(|similar| format!(", did you mean `{similar}`?"));
            let (hint, text) = (hint.unwrap_or_default(), excerpt(text));
            return Err(E::custom(format_args!("`{}`: unknown {name} `{text}`{hint}", self.path)));
        }
        if self.to.accept(datum) { Ok(()) } else { Err(self.wrong(found)) }
    }

    fn wrong<E: Error>(&self, found: Unexpected<'_>) -> E {
        match found {
            _ if self.path.is_secret() => E::custom(format_args!("expected {}", self as &dyn serde::de::Expected)),
            Unexpected::Str(_) => E::invalid_value(found, self),
            _ => E::invalid_type(found, self),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Scalars<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // In YAML, `1.10` is a text if a text is requested. The error of a format may show the value, which must not
        // happen for secrets.
        match self.to.kind() {
            ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal | ScalarKind::Date => {
                deserializer.deserialize_any(self)
            }
            _ if self.path.is_secret() => deserializer.deserialize_any(self),
            _ => deserializer.deserialize_string(self),
        }
    }
}

impl Visitor<'_> for Scalars<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be {}", self.path, self.to.expected())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.take(Datum::Boolean(value), Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.take(Datum::Integer(value), Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        let datum = i64::try_from(value).map_or(Datum::Decimal(value as f64), Datum::Integer);
        self.take(datum, Unexpected::Unsigned(value))
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        Err(self.wrong(Unexpected::Other("an integer of more than 64 bits")))
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        Err(self.wrong(Unexpected::Other("an integer of more than 64 bits")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.take(Datum::Decimal(value), Unexpected::Float(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.take(Datum::Text(text.into()), Unexpected::Str(&excerpt(text)))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<(), E> {
        match self.to.kind() {
            // Any text is valid.
            ScalarKind::Text => self.take(Datum::Text(text.into()), Unexpected::Str("")),
            _ => self.visit_str(&text),
        }
    }
}

/// Reads a list of scalars.
pub(super) struct Values<'v> {
    pub(super) to: &'v mut dyn Accept,
    pub(super) item_tag: &'static str,
    pub(super) path: &'v FieldPath<'v>,
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_secret() {
            return deserializer.deserialize_any(RedactingVisitor(self));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a sequence", self.path)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { to, path, .. } = self;
        for index in 0.. {
            let path = path.item(index);
            if seq.next_element_seed(Scalars { to, path: &path })?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// The engine's form: the sequence in a map.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { to, item_tag, path } = self;
        let mut is_read = false;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                key if key == item_tag && !is_read => {
                    map.next_value_seed(Values { to, item_tag, path: &path.key(item_tag) })?;
                    is_read = true;
                }
                key if key == item_tag => return Err(A::Error::custom(format_args!("`{path}.{key}` appears twice"))),
                _ if path.ignores_unknown() => drop(map.next_value::<IgnoredAny>()?),
                other => {
                    return Err(A::Error::custom(format_args!(
                        "unknown key `{}` of the list `{path}`, which is a sequence, or a map with `{item_tag}`",
                        excerpt(other)
                    )));
                }
            }
        }
        Ok(())
    }
}
