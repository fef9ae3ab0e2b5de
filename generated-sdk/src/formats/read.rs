//! Reading objects and lists with serde, once for all types. Both forms are read: that of the SDK and that of the engine.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::envelope::{Envelope, EnvelopePart, Part};
use super::field_path::{FieldPath, Leniency};
use super::keys::{HREF, ITEMS, LINKS};
use super::read_values::{Scalars, Values};
use super::redacting_visitor::RedactingVisitor;
use super::suggestion::suggestion;
use crate::date_time::DateTime;
use crate::generated::wire;
use crate::list::List;
use crate::markup::scalar::Scalar;
use crate::markup::text::excerpt;
use crate::object::{DataMut, Kind, LinkPlaces, Member, Object, Objects, Slot, Struct, StructInfo};

/// What [`Lenient`](super::Lenient) and [`EngineJson`](super::engine_json::EngineJson) read: every struct of
/// [`types`](crate::types), and [`List`].
///
/// This trait is sealed.
pub trait Readable: sealed::Readable {}

impl<T: sealed::Readable> Readable for T {}

mod sealed {
    use super::{Deserializer, Leniency};

    pub trait Readable: Sized {
        fn read<'de, D: Deserializer<'de>>(leniency: Leniency, deserializer: D) -> Result<Self, D::Error>;
    }
}

impl<T: Struct> sealed::Readable for T {
    fn read<'de, D: Deserializer<'de>>(leniency: Leniency, deserializer: D) -> Result<Self, D::Error> {
        let mut object = T::default();
        let path = FieldPath::root(T::INFO.name, leniency);
        Members { object: &mut object, path: &path }.deserialize(deserializer)?;
        Ok(object)
    }
}

impl<T: Struct> sealed::Readable for List<T> {
    fn read<'de, D: Deserializer<'de>>(leniency: Leniency, deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::new();
        let path = FieldPath::root(T::INFO.plural_tag, leniency);
        Items { list: &mut list, item_tag: T::INFO.tag, path: &path }.deserialize(deserializer)?;
        Ok(list)
    }
}

impl<'de> DeserializeSeed<'de> for &'static StructInfo {
    type Value = Box<dyn Object>;

    /// Reads an object of the struct.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        read_new(self, Leniency::Nothing, deserializer)
    }
}

impl<'de, T: Struct> serde::Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        sealed::Readable::read(Leniency::Nothing, deserializer)
    }
}

impl<'de> serde::Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text("date", deserializer)
    }
}

/// Reads an object.
pub(crate) fn read_object<'de, T: Struct, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    sealed::Readable::read(Leniency::Nothing, deserializer)
}

/// Reads an object of any struct.
pub(super) fn read_new<'de, D: Deserializer<'de>>(
    info: &'static StructInfo,
    leniency: Leniency,
    deserializer: D,
) -> Result<Box<dyn Object>, D::Error> {
    let mut object = info.new_object();
    Members { object: &mut *object, path: &FieldPath::root(info.name, leniency) }.deserialize(deserializer)?;
    Ok(object)
}

/// Reads a text.
pub(crate) fn read_text<'de, V: Scalar, D: Deserializer<'de>>(
    name: &'static str,
    deserializer: D,
) -> Result<V, D::Error> {
    let mut value: Option<V> = None;
    let path = FieldPath::root(name, Leniency::Nothing);
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
        let mut seen = HashSet::new();
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key_seed(Key { info, path })? {
            let value_path = key.path(info, path);
            if !matches!(key, Found::Unknown) && !seen.insert(key) {
                return Err(A::Error::custom(format_args!("`{value_path}` appears twice")));
            }
            match key {
                Found::Member(index) => {
                    let member = info.members.get(index);
                    match (object.slot_mut(index), member) {
                        (Some(slot), Some(member)) => {
                            map.next_value_seed(Content { slot, member, path: &value_path })?;
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Found::Addresses => map.next_value_seed(Links { object, path: &value_path })?,
                Found::Envelope(part) => {
                    map.next_value_seed(EnvelopePart { envelope: &mut envelope, part, path: &value_path })?;
                }
                Found::Unknown => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        envelope.close(object);
        Ok(())
    }
}

/// What a key of an object is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Found {
    /// The member at a position.
    Member(usize),
    /// The addresses of the lists, as the SDK writes them.
    Addresses,
    /// A key of the engine's JSON that is no member.
    Envelope(Part),
    /// Something that is ignored.
    Unknown,
}

impl Found {
    /// The path of the value.
    fn path<'p>(self, info: &StructInfo, path: &'p FieldPath<'p>) -> FieldPath<'p> {
        match self {
            Self::Member(index) => info.members.get(index).map_or(*path, |member| path.member(member)),
            Self::Addresses => path.key(LINKS),
            Self::Envelope(part) => path.key(part.key()),
            Self::Unknown => *path,
        }
    }
}

/// Reads the name of a field.
struct Key<'k> {
    info: &'static StructInfo,
    path: &'k FieldPath<'k>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a member of `{}`", self.path)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Found, E> {
        let Self { info, path } = self;
        // The engine's JSON has tags.
        let index = info.position(name).or_else(|| info.members.iter().position(|member| member.tag == name));
        if let Some(index) = index {
            return Ok(Found::Member(index));
        }
        if name == LINKS {
            return Ok(Found::Addresses);
        }
        if let Some(part) = Part::named(name).filter(|_| info.is_resource()) {
            return Ok(Found::Envelope(part));
        }
        if path.ignores_unknown() {
            return Ok(Found::Unknown);
        }
        let hint = suggestion(name, info.members, LINKS);
        let hint = hint.map_or_else(String::new, |similar| format!(", did you mean `{similar}`?"));
        Err(E::custom(format_args!("unknown member `{}` of `{path}`{hint}", excerpt(name))))
    }
}

/// Reads the value of a field.
struct Content<'c> {
    slot: &'c mut dyn Slot,
    member: &'static Member,
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
        let Self { slot, member, path } = self;
        let item_tag = member.item_tag.unwrap_or_default();
        match slot.data_mut() {
            DataMut::Value(to) => Scalars { to, path }.deserialize(deserializer),
            DataMut::Object(object) => Members { object, path }.deserialize(deserializer),
            DataMut::List(list) => Items { list, item_tag, path }.deserialize(deserializer),
            DataMut::Values(to) => Values { to, item_tag, path }.deserialize(deserializer),
        }
    }
}

/// Reads a list of objects.
struct Items<'i> {
    list: &'i mut dyn Objects,
    item_tag: &'static str,
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
        let Self { list, path, .. } = self;
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
        let Self { list, item_tag, path } = self;
        let (mut href, mut has_items) = (None::<String>, false);
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                HREF if href.is_none() => {
                    let path = path.key(HREF);
                    map.next_value_seed(Scalars { to: &mut href, path: &path })?;
                }
                // The engine has the tag of the items.
                key if !has_items && (key == ITEMS || key == item_tag) => {
                    let path = path.key(if key == ITEMS { ITEMS } else { item_tag });
                    map.next_value_seed(Items { list, item_tag, path: &path })?;
                    has_items = true;
                }
                key if [HREF, ITEMS, item_tag].contains(&key) => {
                    return Err(A::Error::custom(format_args!("`{path}.{key}` appears twice")));
                }
                key if path.ignores_unknown() || wire::COLLECTION.contains(&key) => {
                    map.next_value::<IgnoredAny>()?;
                }
                other => {
                    return Err(A::Error::custom(format_args!(
                        "unknown key `{}` of the list `{path}`, which is a sequence, or a map with `{item_tag}`, or with \
                         `{HREF}` and `{ITEMS}`",
                        excerpt(other)
                    )));
                }
            }
        }
        list.close();
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
            None => Err(D::Error::custom(format_args!("`{}` can't be added to its list", self.path))),
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
        let mut places = LinkPlaces::default();
        while let Some(key) = map.next_key_seed(Key { info, path })? {
            let path = key.path(info, path);
            let index = match key {
                Found::Member(index) => Some(index),
                _ => None,
            };
            match index.and_then(|index| Some((index, object.slot(index)?))) {
                Some((index, slot)) if matches!(slot.kind(), Kind::List(_)) => {
                    if slot.list_address().is_some() {
                        return Err(A::Error::custom(format_args!("`{path}` appears twice")));
                    }
                    let mut href: Option<String> = None;
                    map.next_value_seed(Scalars { to: &mut href, path: &path })?;
                    places.set(object, index, &href.unwrap_or_default());
                }
                _ => return Err(A::Error::custom(format_args!("`{path}`: only lists of objects have an address"))),
            }
        }
        Ok(())
    }
}
