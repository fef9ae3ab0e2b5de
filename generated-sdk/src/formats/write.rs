//! Writing objects and lists with serde, once for all types, in the form of the SDK or of the engine.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::keys::{HREF, ITEMS, LINKS, REL};
use crate::date_time::DateTime;
use crate::list::{self, List};
use crate::markup::LINK;
use crate::markup::scalar::{Datum, ScalarKind, decimal_name};
use crate::object::{Data, Kind, Member, Object, Objects, Slot, Struct, StructInfo, Values};

/// The form of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Lists are sequences, and values have their own types.
    Sdk,
    /// The engine's JSON: lists are maps, and most values are texts.
    Engine,
}

impl Serialize for dyn Object + '_ {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_object(self, serializer)
    }
}

impl<T: Struct> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = Items { list: self, item_tag: T::INFO.tag, form: Form::Sdk };
        match self.href() {
            None => items.serialize(serializer),
            Some(href) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry(HREF, href)?;
                map.serialize_entry(ITEMS, &items)?;
                map.end()
            }
        }
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.digits().as_str())
    }
}

/// Writes an object as a map.
pub(crate) fn write_object<S: Serializer>(object: &dyn Object, serializer: S) -> Result<S::Ok, S::Error> {
    Fields { object, form: Form::Sdk }.serialize(serializer)
}

/// The groups in which the engine writes the fields of an object in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// The fields of the type.
    Own,
    /// Name, description and comment.
    Shared,
    /// XML attributes.
    Attributes,
}

impl Group {
    fn of(info: &StructInfo, index: usize, member: &Member) -> Self {
        match info.links_at {
            _ if member.is_attribute => Self::Attributes,
            Some(links_at) if index < links_at => Self::Shared,
            _ => Self::Own,
        }
    }
}

/// An object, as a map.
pub(super) struct Fields<'f> {
    pub(super) object: &'f dyn Object,
    pub(super) form: Form,
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { object, form } = *self;
        let mut fields = set_fields(object);
        let addresses: Vec<Address<'_>> = fields.iter().filter_map(Field::address).collect();
        fields.retain(|field| !is_address(field.slot));
        // Some formats need the number of entries.
        let mut map = serializer.serialize_map(Some(fields.len() + usize::from(!addresses.is_empty())))?;
        let write = |map: &mut S::SerializeMap, field: &Field<'_>| {
            let Field { member, slot, .. } = *field;
            let key = if form == Form::Sdk { member.name } else { member.tag };
            map.serialize_entry(key, &Content { member, slot, form })
        };
        let of_group = |group| fields.iter().filter(move |field| field.group == group);
        match form {
            Form::Sdk => {
                fields.iter().try_for_each(|field| write(&mut map, field))?;
                if !addresses.is_empty() {
                    map.serialize_entry(LINKS, &Addresses(&addresses))?;
                }
            }
            Form::Engine => {
                of_group(Group::Own).try_for_each(|field| write(&mut map, field))?;
                of_group(Group::Shared).try_for_each(|field| write(&mut map, field))?;
                if !addresses.is_empty() {
                    map.serialize_entry(LINK, &EngineLinks(&addresses))?;
                }
                of_group(Group::Attributes).try_for_each(|field| write(&mut map, field))?;
            }
        }
        map.end()
    }
}

/// A field that is set.
struct Field<'f> {
    group: Group,
    member: &'static Member,
    slot: &'f dyn Slot,
}

impl<'f> Field<'f> {
    fn address(&self) -> Option<Address<'f>> {
        Some(Address { member: self.member, list: self.slot.list_address()? })
    }
}

fn set_fields(object: &dyn Object) -> Vec<Field<'_>> {
    let info = object.info();
    let mut fields = Vec::new();
    let all = object.each_set(&mut |index, slot| {
        let member = info.members.get(index);
        fields.extend(member.map(|member| Field { group: Group::of(info, index, member), member, slot }));
        Ok(())
    });
    debug_assert!(all.is_ok(), "the visitor returns no error");
    fields
}

/// Whether a slot contains a list that was sent without its items, with its address only.
fn is_address(slot: &dyn Slot) -> bool {
    slot.list_address().is_some() && slot.as_list().is_some_and(|list| list.count() == 0)
}

/// Writes the value of a field.
struct Content<'c> {
    member: &'static Member,
    slot: &'c dyn Slot,
    form: Form,
}

impl Content<'_> {
    fn datum<S: Serializer>(&self, datum: &Datum<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        let is_engine = self.form == Form::Engine;
        match datum {
            Datum::Boolean(value) if is_engine => serializer.collect_str(value),
            Datum::Boolean(value) => serializer.serialize_bool(*value),
            Datum::Integer(value) if is_engine => serializer.collect_str(value),
            Datum::Integer(value) => serializer.serialize_i64(*value),
            Datum::Decimal(value) => match decimal_name(*value) {
                // Not every format has such numbers.
                Some(name) => serializer.serialize_str(name),
                None => serializer.serialize_f64(*value),
            },
            Datum::Text(text) if is_engine && self.is_date() => match text.parse::<DateTime>() {
                Ok(date) => serializer.serialize_i64(date.unix_millis()),
                Err(_) => serializer.serialize_str(text),
            },
            Datum::Text(text) => serializer.serialize_str(text),
        }
    }

    fn is_date(&self) -> bool {
        matches!(self.slot.kind(), Kind::Value(ScalarKind::Date) | Kind::Values(ScalarKind::Date))
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = self.form;
        let item_tag = self.member.item_tag.unwrap_or_default();
        match self.slot.data() {
            Data::Absent => serializer.serialize_none(),
            Data::Value(datum) => self.datum(&datum, serializer),
            Data::Object(object) => Fields { object, form }.serialize(serializer),
            Data::List(list) => Items { list, item_tag, form }.serialize(serializer),
            Data::Values(values) if form == Form::Engine => {
                write_wrapped(serializer, item_tag, values.count(), &Scalars { content: self, values })
            }
            Data::Values(values) => Scalars { content: self, values }.serialize(serializer),
        }
    }
}

/// Writes a list as the engine does: as a map with a sequence, which is left out if it is empty.
fn write_wrapped<S: Serializer>(
    serializer: S,
    item_tag: &'static str,
    count: usize,
    items: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(usize::from(count > 0)))?;
    if count > 0 {
        map.serialize_entry(item_tag, items)?;
    }
    map.end()
}

/// Writes a list of scalars.
struct Scalars<'s> {
    content: &'s Content<'s>,
    values: &'s dyn Values,
}

impl Serialize for Scalars<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.values.count()))?;
        for index in 0..self.values.count() {
            seq.serialize_element(&Item { content: self.content, values: self.values, index })?;
        }
        seq.end()
    }
}

/// Writes an item of a list of scalars.
struct Item<'i> {
    content: &'i Content<'i>,
    values: &'i dyn Values,
    index: usize,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.values.value(self.index) {
            Some(datum) => self.content.datum(&datum, serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// A list of objects.
pub(super) struct Items<'i> {
    pub(super) list: &'i dyn Objects,
    pub(super) item_tag: &'static str,
    pub(super) form: Form,
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.form {
            Form::Sdk => ItemSequence(self).serialize(serializer),
            Form::Engine => write_wrapped(serializer, self.item_tag, self.list.count(), &ItemSequence(self)),
        }
    }
}

/// Writes the items of a list.
struct ItemSequence<'i>(&'i Items<'i>);

impl Serialize for ItemSequence<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Items { list, form, .. } = *self.0;
        let mut seq = serializer.serialize_seq(Some(list.count()))?;
        for object in (0..list.count()).filter_map(|index| list.object(index)) {
            seq.serialize_element(&Fields { object, form })?;
        }
        seq.end()
    }
}

/// The address of a list.
#[derive(Clone, Copy)]
struct Address<'a> {
    member: &'static Member,
    list: list::Address<'a>,
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.list)
    }
}

/// Writes the addresses of the lists of an object, as the SDK does.
struct Addresses<'a>(&'a [Address<'a>]);

impl Serialize for Addresses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|address| (address.member.name, address)))
    }
}

/// Writes the addresses of the lists of an object, as the engine does.
struct EngineLinks<'a>(&'a [Address<'a>]);

impl Serialize for EngineLinks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().copied().map(EngineLink))
    }
}

struct EngineLink<'l>(Address<'l>);

impl Serialize for EngineLink<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let member = self.0.member;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(HREF, &self.0)?;
        map.serialize_entry(REL, member.rel.unwrap_or(member.name))?;
        map.end()
    }
}
