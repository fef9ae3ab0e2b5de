//! Reading values of enums that the model does not know.

use serde::de::{DeserializeSeed, Deserializer};

use super::field_path::Leniency;
use super::read::{Readable, read_new};
use crate::object::{Object, StructInfo};

/// Reads a value with texts of enums that the model does not know, such as those of a newer version. They become
/// `Unknown`. By default they are errors.
///
/// ```
/// use ovirt_sdk::formats::Lenient;
/// use ovirt_sdk::types::{Vm, VmStatus};
///
/// let json = r#"{"status": "levitating"}"#;
/// assert!(serde_json::from_str::<Vm>(json).is_err());
/// let Lenient(vm) = serde_json::from_str::<Lenient<Vm>>(json)?;
/// assert_eq!(vm.status, Some(VmStatus::Unknown("levitating".to_owned())));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `Lenient(info)` is the `DeserializeSeed` of an object of a [`StructInfo`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lenient<T>(pub T);

impl<'de, T: Readable> serde::Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(Leniency::Values, deserializer).map(Self)
    }
}

impl<'de> DeserializeSeed<'de> for Lenient<&'static StructInfo> {
    type Value = Box<dyn Object>;

    /// Reads an object of the struct.
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        read_new(self.0, Leniency::Values, deserializer)
    }
}
