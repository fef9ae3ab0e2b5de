//! Values whose types are erased.
//!
//! A table of functions of an object or a slot refers to the code that drops the value, and that code to that of all types
//! that the value can contain. The compiler repeats such code in each part of the crate that it compiles on its own and that
//! has such a table. So the tables of structs are made here, in functions that are never inlined.

use super::traits::{Object, Slot, Struct};

/// Fields with boxed structs as slots, for generated code. Other fields are converted where they are used: the code that
/// drops them is short.
pub(crate) mod boxed {
    use super::{Slot, Struct};

    #[inline(never)]
    pub(crate) fn slot<T: Struct>(field: &Option<Box<T>>) -> &dyn Slot {
        field
    }

    #[inline(never)]
    pub(crate) fn slot_mut<T: Struct>(field: &mut Option<Box<T>>) -> &mut dyn Slot {
        field
    }
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
