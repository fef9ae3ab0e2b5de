//! The engine's own JSON: what it responds to `Accept: application/json`, and what it reads.
//!
//! [`EngineJson`] writes an object or a list in this form, and reads documents of the engine. Programs that speak JSON to
//! the engine without this SDK's client, such as playbooks or scripts with curl, use this form.
//!
//! ```
//! use ovirt_sdk::formats::engine_json::EngineJson;
//! use ovirt_sdk::types::{Bios, BootMenu, List, Vm};
//!
//! let vm = Vm::new().name("web1").memory(1 << 30).bios(Bios::new().boot_menu(BootMenu::new().enabled(true)));
//! let json = serde_json::to_string(&EngineJson(&vm))?;
//! assert_eq!(
//!     json,
//!     r#"{"bios":{"boot_menu":{"enabled":"true"}},"memory":"1073741824","name":"web1"}"#
//! );
//!
//! let response = r#"{"vm": [{
//!     "memory": "1073741824",
//!     "creation_time": 1775379625000,
//!     "name": "web1",
//!     "link": [{"href": "/ovirt-engine/api/vms/7/nics", "rel": "nics"}],
//!     "id": "7"
//! }]}"#;
//! let EngineJson(vms): EngineJson<List<Vm>> = serde_json::from_str(response)?;
//! assert_eq!(vms[0].memory, Some(1 << 30));
//! assert_eq!(vms[0].creation_time.unwrap().to_string(), "2026-04-05T09:00:25.000Z");
//! assert_eq!(vms[0].nics.as_ref().unwrap().href(), Some("/ovirt-engine/api/vms/7/nics"));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # The form
//!
//! - Integers and booleans are texts. Decimals are numbers, written with a fraction. Dates are numbers: milliseconds since
//!   1970, so the offset is lost, and a date that is read is in UTC.
//! - A list is a map with a sequence, whose key is the tag of the items: `{"nic": [...]}`. An empty list is `{}`.
//! - The addresses of lists are in the sequence `link`, as maps with `href` and `rel`. A list without items that has an
//!   address is only there. A [`List`] at the top level is written without its address.
//! - Keys are the tags of XML, which differ from the names of the API for a few fields, such as `host_numa_nodes`.
//! - The fields of a type come before those that all types share; `href` and `id` come last.
//!
//! # Reading
//!
//! The types themselves [read](super#what-is-read) this form too, without being told, because no document has a meaning in
//! both forms. They reject unknown members, so that mistakes in hand-written documents are found. `EngineJson` ignores
//! unknown members instead: newer engines may send more. Everything else is the same.
//!
//! Links that belong to no field, and the names of actions, are in [`unknown`](crate::object::Object::unknown), as when XML
//! is read.
//!
//! For fields of your own structs, the module itself is what serde's attribute `with` needs:
//! `#[serde(with = "ovirt_sdk::formats::engine_json")]`.

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::field_path::Leniency;
use super::read::{Readable, read_new};
use super::write::{Fields, Form, Items};
use crate::list::List;
use crate::object::{Object, Struct, StructInfo};

/// An object, a list or a reference to one of them, in the engine's JSON.
///
/// With a [`StructInfo`], it is the `DeserializeSeed` of an object of its struct; with a `&dyn Object`, it writes an object
/// of any struct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineJson<T>(pub T);

/// What is written in the engine's JSON: every struct of [`types`](crate::types), [`List`], `dyn Object`, and references to
/// them. This trait is sealed.
pub trait ToEngineJson: sealed::Sealed {
    #[doc(hidden)]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for dyn crate::object::Object + '_ {}
    impl<T: crate::object::Struct> Sealed for crate::list::List<T> {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

impl ToEngineJson for dyn Object + '_ {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_engine_object(self, serializer)
    }
}

impl<T: Struct> ToEngineJson for List<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Items { list: self, item_tag: T::INFO.tag, form: Form::Engine }.serialize(serializer)
    }
}

impl<T: ToEngineJson + ?Sized> ToEngineJson for &T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).write(serializer)
    }
}

/// Writes an object as the engine does.
pub(crate) fn write_engine_object<S: Serializer>(object: &dyn Object, serializer: S) -> Result<S::Ok, S::Error> {
    Fields { object, form: Form::Engine }.serialize(serializer)
}

impl<T: ToEngineJson> Serialize for EngineJson<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, T: Readable> Deserialize<'de> for EngineJson<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(Leniency::Members, deserializer).map(Self)
    }
}

impl<'de> DeserializeSeed<'de> for EngineJson<&'static StructInfo> {
    type Value = Box<dyn Object>;

    /// Reads an object of the struct.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        read_new(self.0, Leniency::Members, deserializer)
    }
}

/// Writes an object or a list, for serde's attribute `with`.
///
/// # Errors
///
/// Fails if the format fails.
pub fn serialize<T: ToEngineJson, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

/// Reads an object or a list, for serde's attribute `with`.
///
/// # Errors
///
/// Fails if a value doesn't fit its field, or if the format fails.
pub fn deserialize<'de, T: Readable, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(Leniency::Members, deserializer)
}
