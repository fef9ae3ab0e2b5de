//! Generic access to the structs of the API: their members, tags and values.
//!
//! Generated code contains tables; the code that walks them is written once for all types, here and in
//! [`xml`](crate::xml). [`registry`](crate::registry) finds a struct by its name or tag.
//!
//! ```
//! use ovirt_sdk::object::{self, Object};
//! use ovirt_sdk::types::Usb;
//!
//! let usb = Usb::new().enabled(true);
//! let set: Vec<&str> = object::members(&usb).filter(|(_, slot)| slot.is_set()).map(|(member, _)| member.name).collect();
//! assert_eq!(set, ["enabled"]);
//! ```

mod access;
mod actions;
#[cfg(feature = "serde")]
mod data;
mod decode;
mod difference;
pub(crate) mod encode;
mod erased;
pub(crate) mod fields;
mod links;
mod member;
mod references;
mod traits;
mod writable;

pub use crate::markup::scalar::ScalarKind;
pub(crate) use access::{
    borrowed, boxed, clone, copied, debug, get, info, label, same, same_struct, short_type_name, slice, string, texts,
    values, visit_set,
};
pub use access::{copy, equal, inner_objects, member, member_mut, members, text};
#[cfg(feature = "serde")]
pub(crate) use actions::is_action_of;
#[cfg(feature = "serde")]
pub(crate) use data::{Accept, Values};
pub(crate) use decode::Found;
pub use difference::Difference;
pub(crate) use difference::{Compared, FoundDifference, compare};
pub(crate) use encode::Record;
pub(crate) use erased::boxed;
pub(crate) use fields::{FieldAccess, FieldValue, NewSlot, ScalarAccess, new_slot};
#[cfg(feature = "serde")]
pub(crate) use links::LinkPlaces;
#[cfg(test)]
pub(crate) use member::table;
pub use member::{Access, Comparison, Following, Member};
pub(crate) use member::{element, list, words};
pub(crate) use references::{fill, references, references_on_path, unresolved};
#[cfg(feature = "serde")]
pub(crate) use traits::{Data, DataMut};
pub use traits::{Extends, Kind, Object, Objects, Slot, Struct, StructInfo};
#[doc(hidden)]
pub use traits::{StructTexts, Table, TableOf};
pub use writable::writable;
