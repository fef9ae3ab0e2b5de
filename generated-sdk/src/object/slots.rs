//! How each kind of member is read, written and looked at.

use std::any::Any;
use std::fmt;

#[cfg(feature = "serde")]
use super::data::{Data, DataMut};
use super::{Info, Member, Object, Struct, scalar_value};
use crate::error::Error;
use crate::types::{DateTime, List, Unknown};
use crate::xml::decoder::Decoder;
use crate::xml::encoder::Encoder;
use crate::xml::scalar::Scalar;

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
    Value(Item),
    /// An object.
    Object(&'static Info),
    /// A list of objects.
    List(&'static Info),
    /// A list of values that are no objects.
    Values(Item),
}

/// A value that is no object.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Item {
    /// Text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// A date.
    Date,
    /// One of the texts of an enum.
    Enum {
        /// The enum's name in the API.
        name: &'static str,
        /// The texts that the model knows.
        texts: fn() -> Vec<&'static str>,
    },
}

/// The XML side of a slot.
pub trait Binding {
    /// Reads the element at which the decoder is.
    fn decode(&mut self, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), Error>;
    /// Reads the value of an XML attribute.
    fn decode_attribute(&mut self, text: &str, decoder: &mut Decoder<'_>) -> Result<(), Error>;
    /// Writes an element, when the value is present.
    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error>;
    /// Writes an XML attribute, when the value is present.
    fn encode_attribute(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error>;
    /// Notes where a list is.
    fn set_href(&mut self, href: &str);
    /// Where a list is.
    fn href(&self) -> Option<&str>;
}

/// What can stand in the `Option` of a field.
pub trait Value: fmt::Debug + Clone + Sized + 'static {
    /// What it holds.
    fn kind() -> Kind;
    /// The text of a value that is neither an object nor a list.
    fn text(&self) -> Option<String> {
        None
    }
    /// The object, when it is one.
    fn as_object(&self) -> Option<&dyn Object> {
        None
    }
    /// The object in a field that can hold one; made when absent.
    fn make_object(_field: &mut Option<Self>) -> Option<&mut dyn Object> {
        None
    }
    /// The list, when it is one.
    fn as_list(&self) -> Option<&dyn Objects> {
        None
    }
    /// The list in a field that can hold one; made when absent.
    fn make_list(_field: &mut Option<Self>) -> Option<&mut dyn Objects> {
        None
    }
    /// Reads the element at which the decoder is into a field.
    fn decode(field: &mut Option<Self>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), Error>;
    /// Writes an element.
    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error>;
    /// Reads the value of an XML attribute.
    fn decode_attribute(_field: &mut Option<Self>, _text: &str, _decoder: &mut Decoder<'_>) -> Result<(), Error> {
        Ok(())
    }
    /// Writes an XML attribute.
    fn encode_attribute(&self, _member: &'static Member, _encoder: &mut Encoder<'_>) -> Result<(), Error> {
        Ok(())
    }
    /// Notes where a list is.
    fn set_href(_field: &mut Option<Self>, _href: &str) {}
    /// Where a list is.
    fn href(&self) -> Option<&str> {
        None
    }
    /// The value, for documents of any format.
    #[cfg(feature = "serde")]
    fn data(&self) -> Data<'_>;
    /// What a field can hold, to be filled; objects and lists are made when absent.
    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<Self>) -> DataMut<'_>;
}

impl<V: Value> Slot for Option<V> {
    fn is_set(&self) -> bool {
        self.is_some()
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn kind(&self) -> Kind {
        V::kind()
    }

    fn value(&self) -> &dyn fmt::Debug {
        match self {
            Some(value) => value,
            None => &None::<()>,
        }
    }

    fn text(&self) -> Option<String> {
        self.as_ref().and_then(V::text)
    }

    fn as_object(&self) -> Option<&dyn Object> {
        self.as_ref().and_then(V::as_object)
    }

    fn make_object(&mut self) -> Option<&mut dyn Object> {
        V::make_object(self)
    }

    fn as_list(&self) -> Option<&dyn Objects> {
        self.as_ref().and_then(V::as_list)
    }

    fn make_list(&mut self) -> Option<&mut dyn Objects> {
        V::make_list(self)
    }

    fn assign(&mut self, other: &dyn Slot) -> bool {
        let other: &dyn Any = other;
        match other.downcast_ref::<Self>() {
            Some(other) => {
                self.clone_from(other);
                true
            }
            None => false,
        }
    }

    #[cfg(feature = "serde")]
    fn data(&self) -> Data<'_> {
        self.as_ref().map_or(Data::Absent, V::data)
    }

    #[cfg(feature = "serde")]
    fn data_mut(&mut self) -> DataMut<'_> {
        V::data_mut(self)
    }
}

impl<V: Value> Binding for Option<V> {
    fn decode(&mut self, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        V::decode(self, member, decoder)
    }

    fn decode_attribute(&mut self, text: &str, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        V::decode_attribute(self, text, decoder)
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        self.as_ref().map_or(Ok(()), |value| value.encode(member, encoder))
    }

    fn encode_attribute(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        self.as_ref().map_or(Ok(()), |value| value.encode_attribute(member, encoder))
    }

    fn set_href(&mut self, href: &str) {
        V::set_href(self, href);
    }

    fn href(&self) -> Option<&str> {
        self.as_ref().and_then(V::href)
    }
}

scalar_value!(String);
scalar_value!(bool);
scalar_value!(i64);
scalar_value!(f64);
scalar_value!(DateTime);

impl<S: Scalar> Value for Vec<S> {
    fn kind() -> Kind {
        Kind::Values(S::item())
    }

    fn decode(field: &mut Option<Self>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        let mut values = Self::new();
        decoder.values(member, &mut |decoder| {
            values.extend(decoder.scalar()?);
            Ok(())
        })?;
        *field = Some(values);
        Ok(())
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        encoder.values(member, self)
    }

    #[cfg(feature = "serde")]
    fn data(&self) -> Data<'_> {
        Data::Values(self)
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<Self>) -> DataMut<'_> {
        DataMut::Values(field.get_or_insert_default())
    }
}

impl<T: Struct> Value for Box<T> {
    fn kind() -> Kind {
        Kind::Object(T::INFO)
    }

    fn as_object(&self) -> Option<&dyn Object> {
        Some(&**self)
    }

    fn make_object(field: &mut Option<Self>) -> Option<&mut dyn Object> {
        Some(&mut **field.get_or_insert_default())
    }

    fn decode(field: &mut Option<Self>, _: &Member, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        let mut value = Self::default();
        decoder.object(&mut *value)?;
        *field = Some(value);
        Ok(())
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        encoder.object(member.tag, &**self)
    }

    #[cfg(feature = "serde")]
    fn data(&self) -> Data<'_> {
        Data::Object(&**self)
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<Self>) -> DataMut<'_> {
        DataMut::Object(&mut **field.get_or_insert_default())
    }
}

impl<T: Struct> Value for List<T> {
    fn kind() -> Kind {
        Kind::List(T::INFO)
    }

    fn as_list(&self) -> Option<&dyn Objects> {
        Some(self)
    }

    fn make_list(field: &mut Option<Self>) -> Option<&mut dyn Objects> {
        Some(field.get_or_insert_default())
    }

    /// The items of a list come inline; where it is may have been told by a link before.
    fn decode(field: &mut Option<Self>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        let mut list = Self::new();
        decoder.list(member.item_tag.unwrap_or(T::INFO.tag), &mut list)?;
        if list.href().is_none()
            && let Some(linked) = field
        {
            List::set_href(&mut list, linked.href());
        }
        *field = Some(list);
        Ok(())
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), Error> {
        encoder.member_list(member, self, List::href(self).is_some())
    }

    fn set_href(field: &mut Option<Self>, href: &str) {
        List::set_href(field.get_or_insert_default(), Some(href));
    }

    fn href(&self) -> Option<&str> {
        List::href(self)
    }

    #[cfg(feature = "serde")]
    fn data(&self) -> Data<'_> {
        Data::List(self)
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<Self>) -> DataMut<'_> {
        DataMut::List(field.get_or_insert_default())
    }
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

impl<T: Struct> Objects for List<T> {
    fn push_new(&mut self) -> Option<&mut dyn Object> {
        self.push(T::default());
        self.last_mut().map(|last| last as &mut dyn Object)
    }

    fn close(&mut self) {
        // Not on an empty one: it would become a vector.
        if !self.is_empty() {
            self.shrink_to_fit();
        }
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn object(&self, index: usize) -> Option<&dyn Object> {
        self.get(index).map(|item| item as &dyn Object)
    }

    fn object_mut(&mut self, index: usize) -> Option<&mut dyn Object> {
        self.get_mut(index).map(|item| item as &mut dyn Object)
    }

    fn push_object(&mut self, object: Box<dyn Object>) -> bool {
        let object: Box<dyn Any> = object;
        object.downcast::<T>().map(|object| self.push(*object)).is_ok()
    }

    fn clear(&mut self) {
        (**self).clear();
    }

    fn note_href(&mut self, href: &str) {
        self.set_href(Some(href));
    }

    fn unknown(&self) -> &Unknown {
        List::unknown(self)
    }

    fn unknown_mut(&mut self) -> &mut Unknown {
        List::unknown_mut(self)
    }
}
