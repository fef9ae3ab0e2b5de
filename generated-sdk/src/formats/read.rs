//! Reading objects and lists with serde, once for all types.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::field_path::FieldPath;
use super::keys::{HREF, ITEMS, LINKS};
use super::redacting_visitor::RedactingVisitor;
use super::suggestion::suggestion;
use crate::date_time::DateTime;
use crate::generated::wire;
use crate::list::List;
use crate::markup::LINK;
use crate::markup::scalar::{Datum, Scalar, ScalarKind};
use crate::markup::text::excerpt;
use crate::object::{Accept, DataMut, Kind, Object, Objects, Slot, Struct, StructInfo};

impl<'de> DeserializeSeed<'de> for &'static StructInfo {
    type Value = Box<dyn Object>;

    /// Reads an object of the struct.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let mut object = self.new_object();
        let path = FieldPath::root(self.name);
        Members { object: &mut *object, path: &path }.deserialize(deserializer)?;
        Ok(object)
    }
}

impl<'de, T: Struct> serde::Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::new();
        let path = FieldPath::root(T::INFO.plural_tag);
        Items { list: &mut list, path: &path }.deserialize(deserializer)?;
        Ok(list)
    }
}

impl<'de> serde::Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text("date", deserializer)
    }
}

/// Reads an object.
pub(crate) fn read_object<'de, T: Struct, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut object = T::default();
    let path = FieldPath::root(T::INFO.name);
    Members { object: &mut object, path: &path }.deserialize(deserializer)?;
    Ok(object)
}

/// Reads a text.
pub(crate) fn read_text<'de, V: Scalar, D: Deserializer<'de>>(
    name: &'static str,
    deserializer: D,
) -> Result<V, D::Error> {
    let mut value: Option<V> = None;
    let path = FieldPath::root(name);
    deserializer.deserialize_str(Scalars { to: &mut value, path: &path })?;
    value.ok_or_else(|| D::Error::missing_field(name))
}

/// Reads the fields of an object.
struct Members<'m> {
    object: &'m mut dyn Object,
    path: &'m FieldPath<'m>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.path.check()?;
        if self.path.is_secret() {
            return deserializer.deserialize_any(RedactingVisitor(self));
        }
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a map with the members of `{}`", self.path, self.object.info().name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (object, path) = (self.object, self.path);
        let info = object.info();
        // One more entry for the links.
        let mut seen = vec![false; info.members.len() + 1];
        while let Some(index) = map.next_key_seed(Key { info, path })? {
            let path = info.members.get(index).map_or_else(|| path.key(LINKS), |member| path.member(member));
            if let Some(seen) = seen.get_mut(index)
                && std::mem::replace(seen, true)
            {
                return Err(A::Error::custom(format_args!("`{path}` appears twice")));
            }
            match object.slot_mut(index) {
                Some(slot) => map.next_value_seed(Content { slot, path: &path })?,
                None => map.next_value_seed(Links { object, path: &path })?,
            }
        }
        Ok(())
    }
}

/// Reads the name of a field as its position. The position after the last one means the links.
struct Key<'k> {
    info: &'static StructInfo,
    path: &'k FieldPath<'k>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a member of `{}`", self.path)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        let Self { info, path } = self;
        if let Some(index) = info.position(name) {
            return Ok(index);
        }
        if name == LINKS {
            return Ok(info.members.len());
        }
        let hint = match suggestion(name, info.members, LINKS) {
            _ if wire::LEADING.contains(&name) || name == LINK => {
                "; this looks like the JSON of the engine, which has another shape: read its XML".to_owned()
            }
            Some(similar) => format!(", did you mean `{similar}`?"),
            None => String::new(),
        };
        Err(E::custom(format_args!("unknown member `{}` of `{path}`{hint}", excerpt(name))))
    }
}

/// Reads the value of a field.
struct Content<'c> {
    slot: &'c mut dyn Slot,
    path: &'c FieldPath<'c>,
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of `{}`", self.path)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { slot, path } = self;
        match slot.data_mut() {
            DataMut::Value(to) => Scalars { to, path }.deserialize(deserializer),
            DataMut::Object(object) => Members { object, path }.deserialize(deserializer),
            DataMut::List(list) => Items { list, path }.deserialize(deserializer),
            DataMut::Values(to) => Values { to, path }.deserialize(deserializer),
        }
    }
}

/// Reads a scalar.
struct Scalars<'s> {
    to: &'s mut dyn Accept,
    path: &'s FieldPath<'s>,
}

impl Scalars<'_> {
    fn take<E: Error>(self, datum: Datum<'_>, found: Unexpected<'_>) -> Result<(), E> {
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
            ScalarKind::Boolean | ScalarKind::Integer | ScalarKind::Decimal => deserializer.deserialize_any(self),
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
        if self.to.accept(Datum::Text(text.into())) {
            return Ok(());
        }
        Err(self.wrong(Unexpected::Str(&excerpt(text))))
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
struct Values<'v> {
    to: &'v mut dyn Accept,
    path: &'v FieldPath<'v>,
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_secret() {
            return deserializer.deserialize_any(RedactingVisitor(self));
        }
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a sequence", self.path)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { to, path } = self;
        for index in 0.. {
            let path = path.item(index);
            if seq.next_element_seed(Scalars { to, path: &path })?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Reads a list of objects.
struct Items<'i> {
    list: &'i mut dyn Objects,
    path: &'i FieldPath<'i>,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.path.check()?;
        if self.path.is_secret() {
            return deserializer.deserialize_any(RedactingVisitor(self));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a sequence", self.path)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { list, path } = self;
        for index in 0.. {
            let path = path.item(index);
            if seq.next_element_seed(NewItem { list, path: &path })?.is_none() {
                break;
            }
        }
        list.close();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { list, path } = self;
        let (mut href, mut items): (Option<String>, Option<()>) = (None, None);
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                HREF if href.is_none() => {
                    let path = path.key(HREF);
                    map.next_value_seed(Scalars { to: &mut href, path: &path })?;
                }
                ITEMS if items.is_none() => {
                    let path = path.key(ITEMS);
                    items = Some(map.next_value_seed(Items { list, path: &path })?);
                }
                HREF | ITEMS => return Err(A::Error::custom(format_args!("`{path}.{key}` appears twice"))),
                other => {
                    return Err(A::Error::custom(format_args!(
                        "unknown key `{}` of the list `{path}`, which is a sequence, or a map with `{HREF}` and `{ITEMS}`",
                        excerpt(other)
                    )));
                }
            }
        }
        if let Some(href) = href {
            list.note_href(&href);
        }
        Ok(())
    }
}

/// Reads an item and adds it, if there is one.
struct NewItem<'n> {
    list: &'n mut dyn Objects,
    path: &'n FieldPath<'n>,
}

impl<'de> DeserializeSeed<'de> for NewItem<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.list.push_new() {
            Some(object) => Members { object, path: self.path }.deserialize(deserializer),
            None => Err(D::Error::custom(format_args!("`{}` has no path", self.path))),
        }
    }
}

/// Reads the addresses of the lists of an object.
struct Links<'l> {
    object: &'l mut dyn Object,
    path: &'l FieldPath<'l>,
}

impl<'de> DeserializeSeed<'de> for Links<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Links<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a map of names of lists to where they are", self.path)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { object, path } = self;
        let info = object.info();
        while let Some(index) = map.next_key_seed(Key { info, path })? {
            let path = info.members.get(index).map_or_else(|| path.key(LINKS), |member| path.member(member));
            match object.slot_mut(index) {
                Some(slot) if matches!(slot.kind(), Kind::List(_)) => {
                    if slot.href().is_some() {
                        return Err(A::Error::custom(format_args!("`{path}` appears twice")));
                    }
                    let mut href: Option<String> = None;
                    map.next_value_seed(Scalars { to: &mut href, path: &path })?;
                    slot.set_href(&href.unwrap_or_default());
                }
                _ => return Err(A::Error::custom(format_args!("`{path}`: only lists of objects have an address"))),
            }
        }
        Ok(())
    }
}
