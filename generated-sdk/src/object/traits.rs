//! The traits of objects and of their fields, and the descriptions of structs.
//!
//! They are in one module because they refer to each other: an object has fields, which contain objects.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "serde")]
use super::data::{Accept, Values};
use super::member::{Member, table};
use crate::list::{Address, ListItem, ListNames, SharedAddress};
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::markup::encoder::Encoder;
#[cfg(feature = "serde")]
use crate::markup::scalar::Datum;
use crate::markup::scalar::ScalarKind;
use crate::unknown::Unknown;

/// A struct of the API, as a trait object.
///
/// This trait is sealed and implemented for every struct of the model.
pub trait Object: Any + fmt::Debug + Send + Sync + sealed::Sealed {
    /// The description of the struct.
    fn info(&self) -> &'static StructInfo;
    /// The value of the member at a position of [`StructInfo::members`].
    fn slot(&self, index: usize) -> Option<&dyn Slot>;
    /// Calls a function with the values that are set and their positions in [`StructInfo::members`], in that order, until
    /// the first error.
    #[doc(hidden)]
    fn each_set<'o>(
        &'o self,
        visit: &mut dyn FnMut(usize, &'o dyn Slot) -> Result<(), DataError>,
    ) -> Result<(), DataError>;
    /// The value of the member at a position of [`StructInfo::members`], for changes.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// The unknown content.
    fn unknown(&self) -> &Unknown;
    /// The unknown content, for changes.
    fn unknown_mut(&mut self) -> &mut Unknown;
}

/// A struct of the API, as a type.
///
/// This trait is sealed and implemented for every struct of the model. It has the functions behind [`Object`], which is
/// implemented once for all structs: the compiler follows the fields of a struct in each implementation of a trait whose
/// types can move to other threads.
pub trait Struct: Object + Clone + Default + PartialEq {
    /// The description of the struct.
    const INFO: &'static StructInfo = &StructInfo {
        name: Self::TEXTS.name,
        tag: Self::TEXTS.tag,
        plural_tag: Self::TEXTS.plural_tag,
        members: Self::Table::MEMBERS,
        links_at: Self::TEXTS.links_at,
        other_rels: Self::TEXTS.other_rels,
        new: new::<Self>,
    };
    /// What the description is computed from.
    #[doc(hidden)]
    const TEXTS: StructTexts;
    /// A [`TableOf`] the struct with the number of its members.
    #[doc(hidden)]
    type Table: Table;
    /// [`Object::slot`].
    #[doc(hidden)]
    fn field(&self, index: usize) -> Option<&dyn Slot>;
    /// [`Object::each_set`].
    #[doc(hidden)]
    fn each_set_field<'o>(
        &'o self,
        visit: &mut dyn FnMut(usize, &'o dyn Slot) -> Result<(), DataError>,
    ) -> Result<(), DataError>;
    /// [`Object::slot_mut`].
    #[doc(hidden)]
    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// [`Object::unknown`].
    #[doc(hidden)]
    fn unknown_content(&self) -> &Unknown;
    /// [`Object::unknown_mut`].
    #[doc(hidden)]
    fn unknown_content_mut(&mut self) -> &mut Unknown;
}

/// A struct that extends an abstract one. The trait of the abstract struct is implemented once for all of them, for the
/// same reason as [`Object`].
///
/// `Base` is the trait object of an abstract struct of the model. Of types that are no structs of the model, the trait says
/// nothing.
pub trait Extends<Base: ?Sized> {}

/// Creates an object of a struct; the tables refer to it. Never inlined, like the functions in `erased`.
#[inline(never)]
fn new<T: Struct>() -> Box<dyn Object> {
    Box::new(T::default())
}

/// What the description of a struct is computed from. A check of the crate does not compute the constant of a trait, only
/// those of an implementation. So an implementation has only texts.
#[doc(hidden)]
#[derive(Debug)]
pub struct StructTexts {
    pub(crate) name: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) plural_tag: &'static str,
    pub(crate) links_at: Option<usize>,
    pub(crate) other_rels: &'static [&'static str],
    /// The members; see [`table`].
    pub(crate) members: &'static [&'static str],
}

/// The members of a struct.
#[doc(hidden)]
pub trait Table {
    const MEMBERS: &'static [Member];
}

/// The table of a struct with a number of members.
#[doc(hidden)]
#[derive(Debug)]
pub struct TableOf<T, const N: usize>(PhantomData<T>);

impl<T: Struct, const N: usize> Table for TableOf<T, N> {
    const MEMBERS: &'static [Member] = &table::<N>(T::TEXTS.members);
}

impl<T: Struct> Object for T {
    fn info(&self) -> &'static StructInfo {
        T::INFO
    }

    fn slot(&self, index: usize) -> Option<&dyn Slot> {
        self.field(index)
    }

    fn each_set<'o>(
        &'o self,
        visit: &mut dyn FnMut(usize, &'o dyn Slot) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        self.each_set_field(visit)
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot> {
        self.field_mut(index)
    }

    fn unknown(&self) -> &Unknown {
        self.unknown_content()
    }

    fn unknown_mut(&mut self) -> &mut Unknown {
        self.unknown_content_mut()
    }
}

impl<T: Struct> ListItem for T {}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl<T: super::Struct> Sealed for T {}
}

/// The description of a struct.
#[derive(Debug)]
#[non_exhaustive]
pub struct StructInfo {
    /// The name in the API: `cpu_topology`.
    pub name: &'static str,
    /// The tag of an object.
    pub tag: &'static str,
    /// The tag of a collection.
    pub plural_tag: &'static str,
    /// The members in the order in which the engine writes them. XML attributes come first.
    pub members: &'static [Member],
    /// The position among the members at which the engine writes links, if it writes any.
    pub(crate) links_at: Option<usize>,
    /// Relations of links that belong to no member.
    pub(crate) other_rels: &'static [&'static str],
    pub(crate) new: fn() -> Box<dyn Object>,
}

impl StructInfo {
    /// Creates an object whose fields are all unset.
    pub fn new_object(&self) -> Box<dyn Object> {
        (self.new)()
    }

    /// Returns the position of a member in [`members`](Self::members).
    pub fn position(&self, member: &str) -> Option<usize> {
        self.members.iter().position(|it| it.name == member)
    }

    /// Whether the engine sends links with objects of the struct.
    pub fn is_resource(&self) -> bool {
        self.links_at.is_some()
    }

    /// Relations of the links that objects of the struct can have and that belong to no member.
    pub fn other_rels(&self) -> &'static [&'static str] {
        self.other_rels
    }
}

impl ListNames for StructInfo {
    /// The name is the relation of the link.
    fn list_name(&self, place: u16) -> Option<&'static str> {
        self.members.get(usize::from(place))?.rel
    }
}

/// The value of a member, which may be unset.
///
/// This trait is sealed and implemented for every kind of member.
pub trait Slot: Any + Binding {
    /// Whether the value is set.
    fn is_set(&self) -> bool;
    /// Unsets the value.
    fn clear(&mut self);
    /// The kind of the value.
    fn kind(&self) -> Kind;
    /// The value for `Debug`; `None` if unset.
    fn value(&self) -> &dyn fmt::Debug;
    /// The XML text of a value that is set and neither an object nor a list.
    fn text(&self) -> Option<String>;
    /// The texts of the values, if the value is a list of scalars.
    fn texts(&self) -> Option<Vec<String>>;
    /// The object, if the value is one.
    fn as_object(&self) -> Option<&dyn Object>;
    /// The object for changes, if the value can be one. Created if unset.
    fn make_object(&mut self) -> Option<&mut dyn Object>;
    /// The list, if the value is one.
    fn as_list(&self) -> Option<&dyn Objects>;
    /// The list for changes, if the value can be one. Created if unset.
    fn make_list(&mut self) -> Option<&mut dyn Objects>;
    /// Whether another slot has the same type and value.
    fn equals(&self, other: &dyn Slot) -> bool;
    /// Copies the value of another slot. Returns whether it has the same type.
    fn assign(&mut self, other: &dyn Slot) -> bool;
    /// The value, independent of the format.
    #[cfg(feature = "serde")]
    #[doc(hidden)]
    fn data(&self) -> Data<'_>;
    /// The value to fill. Objects and lists are created if unset.
    #[cfg(feature = "serde")]
    #[doc(hidden)]
    fn data_mut(&mut self) -> DataMut<'_>;
}

/// The kind of a value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// A scalar.
    Value(ScalarKind),
    /// An object.
    Object(&'static StructInfo),
    /// A list of objects.
    List(&'static StructInfo),
    /// A list of scalars.
    Values(ScalarKind),
}

/// The XML side of a slot.
pub trait Binding {
    /// Reads the current element of the decoder.
    fn decode(&mut self, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError>;
    /// Reads the value of an XML attribute.
    fn decode_attribute(&mut self, text: &str, decoder: &mut Decoder<'_>) -> Result<(), DataError>;
    /// Writes an element if the value is set.
    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    /// Writes an XML attribute if the value is set.
    fn encode_attribute(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    /// Sets the address of a list.
    fn set_list_address(&mut self, address: SharedAddress);
    /// The address of a list.
    fn list_address(&self) -> Option<Address<'_>>;
}

/// A list of objects of any struct.
///
/// Implemented for the lists of the crate only.
pub trait Objects {
    /// Adds an object whose fields are all unset.
    fn push_new(&mut self) -> Option<&mut dyn Object>;
    /// Releases unused memory after the last object was added.
    fn close(&mut self);
    /// The number of objects.
    fn count(&self) -> usize;
    /// An object by its position.
    fn object(&self, index: usize) -> Option<&dyn Object>;
    /// An object by its position, for changes.
    fn object_mut(&mut self, index: usize) -> Option<&mut dyn Object>;
    /// Adds an object if it has the struct of the list. Returns whether it was added.
    fn push_object(&mut self, object: Box<dyn Object>) -> bool;
    /// Removes all objects.
    fn clear(&mut self);
    /// The address of the list.
    fn address(&self) -> Option<&str>;
    /// Sets the address of the list.
    fn note_href(&mut self, href: &str);
    /// The unknown content of the list.
    fn unknown(&self) -> &Unknown;
    /// The unknown content of the list, for changes.
    fn unknown_mut(&mut self) -> &mut Unknown;
}

/// The kind of a value.
#[cfg(feature = "serde")]
#[expect(missing_debug_implementations, reason = "lists have no names to show")]
pub enum Data<'d> {
    Absent,
    Value(Datum<'d>),
    Object(&'d dyn Object),
    List(&'d dyn Objects),
    Values(&'d dyn Values),
}

/// A value to fill.
#[cfg(feature = "serde")]
#[expect(missing_debug_implementations, reason = "lists have no names to show")]
pub enum DataMut<'d> {
    Value(&'d mut dyn Accept),
    Object(&'d mut dyn Object),
    List(&'d mut dyn Objects),
    Values(&'d mut dyn Accept),
}
