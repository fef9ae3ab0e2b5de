//! The structs of the API by name: their members, tags and values, for code that works on any of them.
//!
//! Generated code fills the tables; everything that walks them is here and in [`xml`](crate::xml), once for all types.
//!
//! ```
//! use ovirt_sdk::object::{self, Object};
//! use ovirt_sdk::types::Usb;
//!
//! let usb = Usb::new().enabled(true);
//! let set: Vec<&str> = object::members(&usb).filter(|(_, slot)| slot.is_set()).map(|(member, _)| member.name).collect();
//! assert_eq!(set, ["enabled"]);
//! assert_eq!(object::by_tag("vms").map(|found| found.info().name), Some("vm"));
//! ```

#[cfg(feature = "serde")]
pub(crate) mod data;
mod macros;
pub(crate) mod slots;

use std::any::Any;
use std::fmt;

use crate::error::Error;
use crate::generated::registry::STRUCTS;
use crate::types::Unknown;
use crate::xml::redact::BLANK;
pub(crate) use macros::{accessors, enum_in_formats, object_in_formats, scalar_value, slots, text_enum};
pub(crate) use slots::Value;
pub use slots::{Item, Kind, Objects, Slot};

/// A struct of the API, as a trait object.
///
/// Sealed: the crate implements it for every struct of the model.
pub trait Object: Any + fmt::Debug + Send + Sync + sealed::Sealed {
    /// What the model says of the struct.
    fn info(&self) -> &'static Info;
    /// The value of the member at a position of [`Info::members`].
    fn slot(&self, index: usize) -> Option<&dyn Slot>;
    /// Calls something with the values that are present, and their positions among [`Info::members`], in that order;
    /// until the first error.
    #[doc(hidden)]
    fn each_set(&self, visit: &mut dyn FnMut(usize, &dyn Slot) -> Result<(), Error>) -> Result<(), Error>;
    /// The value of the member at a position of [`Info::members`], to be changed.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// What the engine sent and the model does not know.
    fn unknown(&self) -> &Unknown;
    /// What the engine sent and the model does not know, to be changed.
    fn unknown_mut(&mut self) -> &mut Unknown;
}

/// A struct of the API, as a type.
pub trait Struct: Object + Clone + Default + PartialEq {
    /// What the model says of the struct.
    const INFO: &'static Info;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl<T: super::Struct> Sealed for T {}
}

/// What the model says of a struct.
#[derive(Debug)]
pub struct Info {
    /// Its name in the API: `cpu_topology`.
    pub name: &'static str,
    /// The tag of one.
    pub tag: &'static str,
    /// The tag of a collection of them.
    pub plural_tag: &'static str,
    /// Its members in the order in which the engine writes them; XML attributes are first.
    pub members: &'static [Member],
    /// The position among the members at which the engine writes links, when it writes any.
    pub(crate) links_at: Option<usize>,
    /// Rels that the engine links to and no member has.
    pub(crate) other_rels: &'static [&'static str],
    pub(crate) new: fn() -> Box<dyn Object>,
    pub(crate) equals: fn(&dyn Object, &dyn Object) -> bool,
}

impl Info {
    /// A value whose members are all absent.
    pub fn new_object(&self) -> Box<dyn Object> {
        (self.new)()
    }

    /// The position of a member among [`members`](Self::members).
    pub fn position(&self, member: &str) -> Option<usize> {
        self.members.iter().position(|it| it.name == member)
    }

    /// Whether the engine sends links with objects of the struct.
    pub fn is_resource(&self) -> bool {
        self.links_at.is_some()
    }

    /// Rels of the links that objects of the struct can have, and that belong to no member.
    pub fn other_rels(&self) -> &'static [&'static str] {
        self.other_rels
    }
}

/// What the model says of a member.
#[derive(Debug)]
pub struct Member {
    /// Its name in the API.
    pub name: &'static str,
    /// The tag of its element, or the name of its XML attribute.
    pub tag: &'static str,
    /// The tag of the items, when it is a list.
    pub item_tag: Option<&'static str>,
    /// The rel of the link that tells where the list is, when the engine links to it.
    pub rel: Option<&'static str>,
    /// Whether it is an XML attribute.
    pub is_attribute: bool,
    /// Whether it is another resource, or a list of them, and not a part of the object.
    pub is_link: bool,
    /// Whether its value must not be shown: a password or the like.
    pub is_secret: bool,
}

impl Member {
    const fn new(tag: &'static str) -> Self {
        Self { name: tag, tag, item_tag: None, rel: None, is_attribute: false, is_link: false, is_secret: false }
    }

    pub(crate) const fn element(tag: &'static str) -> Self {
        Self::new(tag)
    }

    pub(crate) const fn attribute(tag: &'static str) -> Self {
        Self { is_attribute: true, ..Self::new(tag) }
    }

    pub(crate) const fn list(tag: &'static str, item_tag: &'static str) -> Self {
        Self { item_tag: Some(item_tag), ..Self::new(tag) }
    }

    pub(crate) const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub(crate) const fn linked(self, rel: &'static str) -> Self {
        Self { rel: Some(rel), is_link: true, ..self }
    }

    pub(crate) const fn reference(self) -> Self {
        Self { is_link: true, ..self }
    }

    pub(crate) const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }
}

/// What a tag at the root of a document stands for.
#[derive(Clone, Copy, Debug)]
pub enum Tagged {
    /// One object.
    One(&'static Info),
    /// A collection of objects.
    Many(&'static Info),
}

impl Tagged {
    /// The struct.
    pub fn info(self) -> &'static Info {
        match self {
            Self::One(info) | Self::Many(info) => info,
        }
    }
}

/// Every struct of the API, sorted by name.
pub fn structs() -> &'static [&'static Info] {
    STRUCTS
}

/// The struct whose object, or whose collection, has a tag.
pub fn by_tag(tag: &str) -> Option<Tagged> {
    STRUCTS.iter().find_map(|info| match () {
        () if info.tag == tag => Some(Tagged::One(info)),
        () if info.plural_tag == tag => Some(Tagged::Many(info)),
        () => None,
    })
}

/// The members of an object and their values.
pub fn members(object: &dyn Object) -> impl Iterator<Item = (&'static Member, &dyn Slot)> {
    let members = object.info().members.iter().enumerate();
    members.filter_map(|(index, member)| Some((member, object.slot(index)?)))
}

/// Whether two objects are of the same struct and equal.
pub fn equal(one: &dyn Object, other: &dyn Object) -> bool {
    (one.info().equals)(one, other)
}

/// A copy of an object.
pub fn copy(object: &dyn Object) -> Box<dyn Object> {
    let mut copy = object.info().new_object();
    for index in 0..object.info().members.len() {
        if let (Some(slot), Some(original)) = (copy.slot_mut(index), object.slot(index)) {
            slot.assign(original);
        }
    }
    *copy.unknown_mut() = object.unknown().clone();
    copy
}

/// The value of a member, by the name of the member.
pub fn member<'o>(object: &'o dyn Object, name: &str) -> Option<&'o dyn Slot> {
    object.slot(object.info().position(name)?)
}

/// The value of a member, by the name of the member, to be changed.
pub fn member_mut<'o>(object: &'o mut dyn Object, name: &str) -> Option<&'o mut dyn Slot> {
    object.slot_mut(object.info().position(name)?)
}

/// Makes an object of a struct; the tables point here.
pub(crate) fn new<T: Struct>() -> Box<dyn Object> {
    Box::new(T::default())
}

/// Compares two objects of a struct; the tables point here.
pub(crate) fn equals<T: Struct>(one: &dyn Object, other: &dyn Object) -> bool {
    let (one, other): (&dyn Any, &dyn Any) = (one, other);
    matches!((one.downcast_ref::<T>(), other.downcast_ref::<T>()), (Some(one), Some(other)) if one == other)
}

/// The value of a member, or the error that it is absent; the member is told by its accessor.
pub(crate) fn present<T: Struct, V>(_: &T, accessor: &'static str, value: Option<V>) -> Result<V, Error> {
    value.ok_or_else(|| {
        let member = accessor.strip_prefix("try_").unwrap_or(accessor);
        Error::absent(T::INFO.name, member.strip_suffix('_').unwrap_or(member))
    })
}

/// The value of a member by name; `V` has to be what the field holds.
pub(crate) fn get<'o, O: Object + ?Sized, V: 'static>(object: &'o O, name: &str) -> Option<&'o V> {
    let index = object.info().position(name)?;
    let slot: &dyn Any = object.slot(index)?;
    slot.downcast_ref::<Option<V>>()?.as_ref()
}

/// The values of a list.
pub(crate) fn values<V>(values: impl IntoIterator<Item = impl Into<V>>) -> Vec<V> {
    values.into_iter().map(Into::into).collect()
}

/// Shows the members that are set; secrets are hidden.
pub(crate) fn debug<T: Struct>(object: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(std::any::type_name::<T>().rsplit("::").next().unwrap_or(T::INFO.name));
    for (member, slot) in members(object).filter(|(_, slot)| slot.is_set()) {
        let value: &dyn fmt::Debug = if member.is_secret { &format_args!("{BLANK}") } else { slot.value() };
        shown.field(member.name, value);
    }
    if !object.unknown().is_empty() {
        shown.field("unknown", object.unknown());
    }
    shown.finish()
}
