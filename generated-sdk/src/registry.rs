//! Every struct of the API, by name and by tag.
//!
//! ```
//! use ovirt_sdk::registry;
//!
//! assert_eq!(registry::by_tag("vms").map(|found| found.info().name), Some("vm"));
//! ```

use crate::generated::registry::STRUCTS;
use crate::object::StructInfo;

/// The meaning of a root tag.
#[derive(Clone, Copy, Debug)]
pub enum Tagged {
    /// One object.
    One(&'static StructInfo),
    /// A collection of objects.
    Many(&'static StructInfo),
}

impl Tagged {
    /// The struct.
    pub fn info(self) -> &'static StructInfo {
        match self {
            Self::One(info) | Self::Many(info) => info,
        }
    }
}

/// Every struct of the API, sorted by name.
pub fn structs() -> &'static [&'static StructInfo] {
    STRUCTS
}

/// Returns the struct whose objects or collections have a tag.
pub fn by_tag(tag: &str) -> Option<Tagged> {
    STRUCTS.iter().find_map(|info| match () {
        () if info.tag == tag => Some(Tagged::One(info)),
        () if info.plural_tag == tag => Some(Tagged::Many(info)),
        () => None,
    })
}
