//! The traits of objects and of their fields, and what the model says of them.
//!
//! They refer to each other: an object has fields, which hold objects.

use std::any::Any;
use std::fmt;

#[cfg(feature = "serde")]
use super::data::{Accept, Values};
use super::member::Member;
use crate::list::ListItem;
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::markup::encoder::Encoder;
#[cfg(feature = "serde")]
use crate::markup::scalar::Datum;
use crate::markup::scalar::ScalarKind;
use crate::unknown::Unknown;

/// A struct of the API, as a trait object.
///
/// Sealed: the crate implements it for every struct of the model.
pub trait Object: Any + fmt::Debug + Send + Sync + sealed::Sealed {
    /// What the model says of the struct.
    fn info(&self) -> &'static StructInfo;
    /// The value of the member at a position of [`StructInfo::members`].
    fn slot(&self, index: usize) -> Option<&dyn Slot>;
    /// Calls something with the values that are present, and their positions among [`StructInfo::members`], in that order;
    /// until the first error.
    #[doc(hidden)]
    fn each_set(&self, visit: &mut dyn FnMut(usize, &dyn Slot) -> Result<(), DataError>) -> Result<(), DataError>;
    /// The value of the member at a position of [`StructInfo::members`], to be changed.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// What the engine sent and the model does not know.
    fn unknown(&self) -> &Unknown;
    /// What the engine sent and the model does not know, to be changed.
    fn unknown_mut(&mut self) -> &mut Unknown;
}

/// A struct of the API, as a type.
pub trait Struct: Object + Clone + Default + PartialEq {
    /// What the model says of the struct.
    const INFO: &'static StructInfo;
}

impl<T: Struct> ListItem for T {}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl<T: super::Struct> Sealed for T {}
}

/// What the model says of a struct.
#[derive(Debug)]
pub struct StructInfo {
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

impl StructInfo {
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

/// The value of a member, which can be absent.
///
/// Sealed: the crate implements it for every kind of member.
pub trait Slot: Any + Binding {
    /// Whether it is present.
    fn is_set(&self) -> bool;
    /// Makes it absent.
    fn clear(&mut self);
    /// What it holds.
    fn kind(&self) -> Kind;
    /// The value, to be shown; `None` when absent.
    fn value(&self) -> &dyn fmt::Debug;
    /// The text of the XML, of a value that is present and neither an object nor a list.
    fn text(&self) -> Option<String>;
    /// The object, when it holds one.
    fn as_object(&self) -> Option<&dyn Object>;
    /// The object, when it can hold one, to be changed; made when absent.
    fn make_object(&mut self) -> Option<&mut dyn Object>;
    /// The list, when it holds one.
    fn as_list(&self) -> Option<&dyn Objects>;
    /// The list, when it can hold one, to be changed; made when absent.
    fn make_list(&mut self) -> Option<&mut dyn Objects>;
    /// Takes a copy of what another one holds; whether it can hold that.
    fn assign(&mut self, other: &dyn Slot) -> bool;
    /// What it holds, for documents of any format.
    #[cfg(feature = "serde")]
    #[doc(hidden)]
    fn data(&self) -> Data<'_>;
    /// What it can hold, to be filled; objects and lists are made when absent.
    #[cfg(feature = "serde")]
    #[doc(hidden)]
    fn data_mut(&mut self) -> DataMut<'_>;
}

/// What a member holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// A value that is no object.
    Value(ScalarKind),
    /// An object.
    Object(&'static StructInfo),
    /// A list of objects.
    List(&'static StructInfo),
    /// A list of values that are no objects.
    Values(ScalarKind),
}

/// The XML side of a slot.
pub trait Binding {
    /// Reads the element at which the decoder is.
    fn decode(&mut self, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError>;
    /// Reads the value of an XML attribute.
    fn decode_attribute(&mut self, text: &str, decoder: &mut Decoder<'_>) -> Result<(), DataError>;
    /// Writes an element, when the value is present.
    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    /// Writes an XML attribute, when the value is present.
    fn encode_attribute(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    /// Notes where a list is.
    fn set_href(&mut self, href: &str);
    /// Where a list is.
    fn href(&self) -> Option<&str>;
}

/// A list of objects of any struct.
///
/// Sealed in effect: it is implemented for lists of the crate, and what takes one takes only those.
pub trait Objects {
    /// Adds an object whose members are all absent.
    fn push_new(&mut self) -> Option<&mut dyn Object>;
    /// Says that no more are added: room that was kept for them is given back.
    fn close(&mut self);
    /// How many objects there are.
    fn count(&self) -> usize;
    /// One of them.
    fn object(&self, index: usize) -> Option<&dyn Object>;
    /// One of them, to be changed.
    fn object_mut(&mut self, index: usize) -> Option<&mut dyn Object>;
    /// Adds an object, when it is of the struct of the list; whether it is.
    fn push_object(&mut self, object: Box<dyn Object>) -> bool;
    /// Removes all of them.
    fn clear(&mut self);
    /// Notes where the list is.
    fn note_href(&mut self, href: &str);
    /// What came with it and the model does not know.
    fn unknown(&self) -> &Unknown;
    /// What came with it and the model does not know, to be changed.
    fn unknown_mut(&mut self) -> &mut Unknown;
}

/// What a member holds.
#[cfg(feature = "serde")]
#[expect(missing_debug_implementations, reason = "lists have no names to show")]
pub enum Data<'d> {
    Absent,
    Value(Datum<'d>),
    Object(&'d dyn Object),
    List(&'d dyn Objects),
    Values(&'d dyn Values),
}

/// What a member can hold, to be filled.
#[cfg(feature = "serde")]
#[expect(missing_debug_implementations, reason = "lists have no names to show")]
pub enum DataMut<'d> {
    Value(&'d mut dyn Accept),
    Object(&'d mut dyn Object),
    List(&'d mut dyn Objects),
    Values(&'d mut dyn Accept),
}
