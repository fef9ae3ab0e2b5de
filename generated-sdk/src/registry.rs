//! Every struct of the API, by name and by tag.
//!
//! ```
//! use ovirt_sdk::registry;
//!
//! assert_eq!(registry::by_tag("vms").map(|found| found.info().name), Some("vm"));
//! ```

use std::sync::LazyLock;

use crate::action::Action;
use crate::generated::registry::structs as all;
use crate::object::{Struct, StructInfo};

/// The meaning of a root tag.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
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
    static STRUCTS: LazyLock<Box<[&StructInfo]>> = LazyLock::new(all);
    &STRUCTS
}

/// The description of `<action>` documents. Its members are the parameters and results of all actions. It is not one of
/// [`structs`].
///
/// ```
/// use ovirt_sdk::xml::{Document, EncodeOptions};
/// use ovirt_sdk::{object, registry};
///
/// let mut action = registry::action().new_object();
/// if let Some(slot) = object::member_mut(&mut *action, "async") {
///     slot.assign(&Some(true));
/// }
/// let written = Document::from(action).write(&EncodeOptions::new().indent(false))?;
/// assert_eq!(written, "<action><async>true</async></action>");
/// # Ok::<(), ovirt_sdk::DataError>(())
/// ```
pub fn action() -> &'static StructInfo {
    Action::INFO
}

/// Returns the struct whose objects or collections have a tag.
pub fn by_tag(tag: &str) -> Option<Tagged> {
    structs().iter().find_map(|info| match () {
        () if info.tag == tag => Some(Tagged::One(info)),
        () if info.plural_tag == tag => Some(Tagged::Many(info)),
        () => None,
    })
}
