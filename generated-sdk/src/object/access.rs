//! Functions for objects of any struct.

use std::any::Any;
use std::fmt;

use super::erased;
use super::member::Member;
use super::traits::{Object, Slot, Struct, StructInfo};
use crate::markup::DataError;
use crate::secret::MASK;

/// The members of an object and their values.
pub fn members(object: &dyn Object) -> impl Iterator<Item = (&'static Member, &dyn Slot)> {
    let members = object.info().members.iter().enumerate();
    members.filter_map(|(index, member)| Some((member, object.slot(index)?)))
}

/// Whether two objects are of the same struct and equal.
pub fn equal(one: &dyn Object, other: &dyn Object) -> bool {
    let (any, other_any): (&dyn Any, &dyn Any) = (one, other);
    any.type_id() == other_any.type_id() && same(one, other)
}

/// A copy of an object.
pub fn copy(object: &dyn Object) -> Box<dyn Object> {
    let mut copy = object.info().new_object();
    copy_to(&mut *copy, object);
    copy
}

/// Copies what is set to an empty object of the same struct.
pub(super) fn copy_to(copy: &mut dyn Object, object: &dyn Object) {
    // The visitor does not fail.
    let _ = object.each_set(&mut |index, original| {
        if let Some(slot) = copy.slot_mut(index) {
            slot.assign(original);
        }
        Ok(())
    });
    *copy.unknown_mut() = object.unknown().clone();
}

/// `Clone` for all structs, because derives take long to compile.
pub(crate) fn clone<T: Struct>(object: &T) -> T {
    let mut copy = T::default();
    copy_to(erased::object_mut(&mut copy), erased::object(object));
    copy
}

/// `PartialEq` for all structs, because derives take long to compile.
pub(crate) fn same_struct<T: Struct>(one: &T, other: &T) -> bool {
    same(erased::object(one), erased::object(other))
}

/// Whether two objects of the same struct are equal.
pub(crate) fn same(one: &dyn Object, other: &dyn Object) -> bool {
    let (mut same, mut set, mut other_set) = (true, 0_usize, 0_usize);
    // The visitors do not fail.
    let _ = one.each_set(&mut |index, slot| {
        same = same && other.slot(index).is_some_and(|other| slot.equals(other));
        set += 1;
        Ok(())
    });
    let _ = other.each_set(&mut |_, _| {
        other_set += 1;
        Ok(())
    });
    same && set == other_set && one.unknown() == other.unknown()
}

/// The value of a member, by the name of the member.
pub fn member<'o>(object: &'o dyn Object, name: &str) -> Option<&'o dyn Slot> {
    object.slot(object.info().position(name)?)
}

/// The value of a member, by the name of the member, for changes.
pub fn member_mut<'o>(object: &'o mut dyn Object, name: &str) -> Option<&'o mut dyn Slot> {
    object.slot_mut(object.info().position(name)?)
}

/// The text of a member, by a path of names such as `address` or `mac.address`.
pub fn text(object: &dyn Object, path: &str) -> Option<String> {
    match path.split_once('.') {
        None => member(object, path)?.text(),
        Some((first, rest)) => text(member(object, first)?.as_object()?, rest),
    }
}

/// The text that names an object for people, if it has one.
pub(crate) fn label(object: &dyn Object) -> Option<String> {
    ["name", "description"].into_iter().filter_map(|name| text(object, name)).find(|name| !name.trim().is_empty())
}

/// The object in a field, or the items of its list.
pub fn inner_objects(slot: &dyn Slot) -> impl Iterator<Item = &dyn Object> {
    let list = slot.as_list();
    let items = (0..list.map_or(0, |list| list.count())).filter_map(move |index| list?.object(index));
    slot.as_object().into_iter().chain(items)
}

/// The texts at the end of a path of names that leads through objects and the items of lists.
pub(crate) fn texts(object: &dyn Object, path: &str) -> Vec<String> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(slot) = member(object, first) else { return Vec::new() };
    match rest {
        None => slot.text().into_iter().collect(),
        Some(rest) => inner_objects(slot).flat_map(|object| texts(object, rest)).collect(),
    }
}

/// The number of bytes of a word, and of bits of a byte.
const EIGHT: usize = 8;

/// Visits the fields of an object that are set. One list for all fields takes the compiler less than a condition for each.
pub(crate) fn visit_set<'o, T: Struct>(
    object: &'o T,
    set: &[bool],
    visit: &mut dyn FnMut(usize, &'o dyn Slot) -> Result<(), DataError>,
) -> Result<(), DataError> {
    visit_slots(erased::object(object), set, visit)
}

fn visit_slots<'o>(
    object: &'o dyn Object,
    set: &[bool],
    visit: &mut dyn FnMut(usize, &'o dyn Slot) -> Result<(), DataError>,
) -> Result<(), DataError> {
    // Most fields of large structs are unset, so eight are checked at once.
    let (chunks, rest) = set.as_chunks::<EIGHT>();
    let mut last = [false; EIGHT];
    for (to, is_set) in last.iter_mut().zip(rest) {
        *to = *is_set;
    }
    for (number, bools) in chunks.iter().chain([&last]).enumerate() {
        let mut word = u64::from_le_bytes(bools.map(u8::from));
        while word != 0 {
            let index = EIGHT * number + word.trailing_zeros() as usize / EIGHT;
            if let Some(slot) = object.slot(index) {
                visit(index, slot)?;
            }
            word &= word - 1;
        }
    }
    Ok(())
}

/// The description of a struct. In a function that is not generic, the compiler computes each constant that it contains.
pub(crate) fn info<T: Struct>() -> &'static StructInfo {
    T::INFO
}

/// Returns the value of a field, or the error that it is unset. A function for each kind of field needs no bounds, which
/// the compiler would check for every accessor; names instead of tables, because it would compute the table.
pub(crate) fn borrowed<'o, V>(
    object: &'static str,
    member: &'static str,
    field: &'o Option<V>,
) -> Result<&'o V, DataError> {
    field.as_ref().ok_or_else(|| DataError::absent(object, member))
}

/// The same for numbers, dates and the like.
pub(crate) fn copied<V: Copy>(object: &'static str, member: &'static str, field: &Option<V>) -> Result<V, DataError> {
    field.ok_or_else(|| DataError::absent(object, member))
}

/// The same for texts.
pub(crate) fn string<'o>(
    object: &'static str,
    member: &'static str,
    field: &'o Option<String>,
) -> Result<&'o str, DataError> {
    field.as_deref().ok_or_else(|| DataError::absent(object, member))
}

/// The same for structs.
pub(crate) fn boxed<'o, V>(
    object: &'static str,
    member: &'static str,
    field: &'o Option<Box<V>>,
) -> Result<&'o V, DataError> {
    field.as_deref().ok_or_else(|| DataError::absent(object, member))
}

/// The same for lists of values.
pub(crate) fn slice<'o, V>(
    object: &'static str,
    member: &'static str,
    field: &'o Option<Vec<V>>,
) -> Result<&'o [V], DataError> {
    field.as_deref().ok_or_else(|| DataError::absent(object, member))
}

/// Returns the value of a member by name, if the field contains a `V`.
pub(crate) fn get<'o, O: Object + ?Sized, V: 'static>(object: &'o O, name: &str) -> Option<&'o V> {
    let index = object.info().position(name)?;
    let slot: &dyn Any = object.slot(index)?;
    slot.downcast_ref::<Option<V>>()?.as_ref()
}

/// The values of a list.
pub(crate) fn values<V>(values: impl IntoIterator<Item = impl Into<V>>) -> Vec<V> {
    values.into_iter().map(Into::into).collect()
}

/// The name of a type without its path.
pub(crate) fn short_type_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.rsplit_once("::").map_or(name, |(_, name)| name)
}

/// Shows the members that are set, with secrets masked.
pub(crate) fn debug<T: Struct>(object: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    show(erased::object(object), short_type_name::<T>(), f)
}

fn show(object: &dyn Object, type_name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(type_name);
    for (member, slot) in members(object).filter(|(_, slot)| slot.is_set()) {
        let value: &dyn fmt::Debug = if member.is_secret { &format_args!("{MASK}") } else { slot.value() };
        shown.field(member.name, value);
    }
    if !object.unknown().is_empty() {
        shown.field("unknown", object.unknown());
    }
    shown.finish()
}
