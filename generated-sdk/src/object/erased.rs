//! Values whose types are erased.
//!
//! A table of functions of an object or a slot refers to the code that drops the value, and that code to that of all types
//! that the value can contain. The compiler repeats such code in each part of the crate that it compiles on its own and that
//! has such a table. So all of them are made here, in functions that are never inlined.

use super::traits::{Object, Slot, Struct};

/// A field as a slot, for generated code.
#[inline(never)]
pub(crate) fn slot<V>(field: &Option<V>) -> &dyn Slot
where
    Option<V>: Slot,
{
    field
}

/// The same for changes.
#[inline(never)]
pub(crate) fn slot_mut<V>(field: &mut Option<V>) -> &mut dyn Slot
where
    Option<V>: Slot,
{
    field
}

/// Creates an unset value of a member.
pub(crate) type NewSlot = fn() -> Box<dyn Slot + Send + Sync>;

/// Creates an unset value; the table of the members of actions refers to it.
#[inline(never)]
pub(crate) fn new_slot<V: Send + Sync>() -> Box<dyn Slot + Send + Sync>
where
    Option<V>: Slot,
{
    Box::new(None::<V>)
}

/// A struct as an object.
#[inline(never)]
pub(crate) fn object<T: Struct>(object: &T) -> &dyn Object {
    object
}

/// The same for changes.
#[inline(never)]
pub(crate) fn object_mut<T: Struct>(object: &mut T) -> &mut dyn Object {
    object
}

/// Puts a new object into a field.
#[inline(never)]
pub(crate) fn renew<T: Struct>(field: &mut Option<Box<T>>) -> &mut dyn Object {
    &mut **field.insert(Box::default())
}

/// Unsets a field.
#[inline(never)]
pub(crate) fn clear<V>(field: &mut Option<V>) {
    *field = None;
}
