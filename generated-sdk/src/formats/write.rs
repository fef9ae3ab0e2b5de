//! Writing objects and lists with serde, once for all types.

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::keys::{HREF, ITEMS, LINKS};
use crate::date_time::DateTime;
use crate::list::List;
use crate::markup::scalar::Datum;
use crate::object::{Data, Member, Object, Objects, Slot, Struct, StructInfo, Values};

impl Serialize for dyn Object + '_ {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_object(self, serializer)
    }
}

impl<T: Struct> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = Items(self);
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
    // Some formats need the number of entries.
    let (mut members, mut links) = (0, 0);
    each(object, |_, slot| {
        members += usize::from(!is_address(slot));
        links += usize::from(slot.href().is_some());
        Ok::<(), S::Error>(())
    })?;
    let mut map = serializer.serialize_map(Some(members + usize::from(links > 0)))?;
    each(object, |member, slot| match is_address(slot) {
        true => Ok(()),
        false => map.serialize_entry(member.name, &Content { info: object.info(), member, slot }),
    })?;
    if links > 0 {
        map.serialize_entry(LINKS, &Links { object, count: links })?;
    }
    map.end()
}

/// Calls a function with the fields that are set, until the first error.
fn each<E>(object: &dyn Object, mut visit: impl FnMut(&'static Member, &dyn Slot) -> Result<(), E>) -> Result<(), E> {
    let members = object.info().members;
    let mut outcome = Ok(());
    let all = object.each_set(&mut |index, slot| {
        if let (Some(member), Ok(())) = (members.get(index), &outcome) {
            outcome = visit(member, slot);
        }
        Ok(())
    });
    debug_assert!(all.is_ok(), "the visitor returns no error");
    outcome
}

/// Whether a slot contains a list that was sent without its items, with its address only.
fn is_address(slot: &dyn Slot) -> bool {
    slot.href().is_some() && slot.as_list().is_some_and(|list| list.count() == 0)
}

/// Writes the value of a field.
struct Content<'c> {
    info: &'static StructInfo,
    member: &'static Member,
    slot: &'c dyn Slot,
}

impl Content<'_> {
    fn datum<S: Serializer>(&self, datum: &Datum<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        match datum {
            Datum::Boolean(value) => serializer.serialize_bool(*value),
            Datum::Integer(value) => serializer.serialize_i64(*value),
            Datum::Decimal(value) if value.is_finite() => serializer.serialize_f64(*value),
            Datum::Decimal(value) => {
                let (info, member) = (self.info.name, self.member.name);
                Err(S::Error::custom(format_args!("`{info}.{member}`: the engine can't read the number {value}")))
            }
            Datum::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.slot.data() {
            Data::Absent => serializer.serialize_none(),
            Data::Value(datum) => self.datum(&datum, serializer),
            Data::Object(object) => write_object(object, serializer),
            Data::List(list) => Items(list).serialize(serializer),
            Data::Values(values) => {
                let mut seq = serializer.serialize_seq(Some(values.count()))?;
                for index in 0..values.count() {
                    seq.serialize_element(&Item { content: self, values, index })?;
                }
                seq.end()
            }
        }
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

/// Writes the items of a list.
struct Items<'i>(&'i dyn Objects);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.count()))?;
        for object in (0..self.0.count()).filter_map(|index| self.0.object(index)) {
            seq.serialize_element(object)?;
        }
        seq.end()
    }
}

/// Writes the addresses of the lists of an object.
struct Links<'l> {
    object: &'l dyn Object,
    count: usize,
}

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.count))?;
        each(self.object, |member, slot| match slot.href() {
            Some(href) => map.serialize_entry(member.name, href),
            None => Ok(()),
        })?;
        map.end()
    }
}
