//! How each kind of field is read and written.

use std::any::Any;
use std::fmt;

use super::member::Member;
use super::traits::{Binding, Kind, Object, Objects, Slot, Struct};
#[cfg(feature = "serde")]
use super::traits::{Data, DataMut};
use crate::date_time::DateTime;
use crate::list::List;
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::markup::encoder::Encoder;
use crate::markup::scalar::Scalar;
use crate::unknown::Unknown;

/// What can stand in the `Option` of a field.
pub trait FieldValue: fmt::Debug + Clone + PartialEq + Sized + 'static {
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
    fn decode(field: &mut Option<Self>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError>;
    /// Writes an element.
    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    /// Reads the value of an XML attribute.
    fn decode_attribute(_field: &mut Option<Self>, _text: &str, _decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        Ok(())
    }
    /// Writes an XML attribute.
    fn encode_attribute(&self, _member: &'static Member, _encoder: &mut Encoder<'_>) -> Result<(), DataError> {
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

impl<V: FieldValue> Slot for Option<V> {
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

    fn equals(&self, other: &dyn Slot) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref::<Self>() == Some(self)
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

/// Creates an unset value of a member.
pub(crate) type NewSlot = fn() -> Box<dyn Slot + Send + Sync>;

/// Creates an unset value; the table of the members of actions refers to it.
pub(crate) fn new_slot<V: FieldValue + Send + Sync>() -> Box<dyn Slot + Send + Sync> {
    Box::new(None::<V>)
}

impl<V: FieldValue> Binding for Option<V> {
    fn decode(&mut self, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        V::decode(self, member, decoder)
    }

    fn decode_attribute(&mut self, text: &str, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        V::decode_attribute(self, text, decoder)
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        self.as_ref().map_or(Ok(()), |value| value.encode(member, encoder))
    }

    fn encode_attribute(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        self.as_ref().map_or(Ok(()), |value| value.encode_attribute(member, encoder))
    }

    fn set_href(&mut self, href: &str) {
        V::set_href(self, href);
    }

    fn href(&self) -> Option<&str> {
        self.as_ref().and_then(V::href)
    }
}

/// Makes a scalar a value of fields. A macro, since a blanket implementation would overlap with that of boxes.
macro_rules! scalar_value {
    ($type:ty) => {
        impl crate::object::FieldValue for $type {
            fn kind() -> crate::object::Kind {
                crate::object::Kind::Value(<Self as crate::markup::scalar::Scalar>::kind())
            }
            fn text(&self) -> std::option::Option<std::string::String> {
                Some(self.to_string())
            }
            fn decode(
                field: &mut std::option::Option<Self>,
                _: &crate::object::Member,
                decoder: &mut crate::markup::decoder::Decoder<'_>,
            ) -> std::result::Result<(), crate::markup::DataError> {
                *field = decoder.scalar()?;
                Ok(())
            }
            fn decode_attribute(
                field: &mut std::option::Option<Self>,
                text: &str,
                decoder: &mut crate::markup::decoder::Decoder<'_>,
            ) -> std::result::Result<(), crate::markup::DataError> {
                *field = Some(decoder.parse(text)?);
                Ok(())
            }
            fn encode(
                &self,
                member: &'static crate::object::Member,
                encoder: &mut crate::markup::encoder::Encoder<'_>,
            ) -> std::result::Result<(), crate::markup::DataError> {
                encoder.scalar(member.tag, self)
            }
            fn encode_attribute(
                &self,
                member: &'static crate::object::Member,
                encoder: &mut crate::markup::encoder::Encoder<'_>,
            ) -> std::result::Result<(), crate::markup::DataError> {
                encoder.attribute(member.tag, self)
            }
            #[cfg(feature = "serde")]
            fn data(&self) -> crate::object::Data<'_> {
                crate::object::Data::Value(crate::markup::scalar::Scalar::datum(self))
            }
            #[cfg(feature = "serde")]
            fn data_mut(field: &mut std::option::Option<Self>) -> crate::object::DataMut<'_> {
                crate::object::DataMut::Value(field)
            }
        }
    };
}
pub(crate) use scalar_value;

scalar_value!(String);
scalar_value!(bool);
scalar_value!(i64);
scalar_value!(f64);
scalar_value!(DateTime);

impl<S: Scalar> FieldValue for Vec<S> {
    fn kind() -> Kind {
        Kind::Values(S::kind())
    }

    fn decode(field: &mut Option<Self>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let mut values = Self::new();
        decoder.values(member, &mut |decoder| {
            values.push(decoder.scalar_item()?);
            Ok(())
        })?;
        *field = Some(values);
        Ok(())
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
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

impl<T: Struct> FieldValue for Box<T> {
    fn kind() -> Kind {
        Kind::Object(T::INFO)
    }

    fn as_object(&self) -> Option<&dyn Object> {
        Some(&**self)
    }

    fn make_object(field: &mut Option<Self>) -> Option<&mut dyn Object> {
        Some(&mut **field.get_or_insert_default())
    }

    fn decode(field: &mut Option<Self>, _: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let mut value = Self::default();
        decoder.object(&mut *value)?;
        *field = Some(value);
        Ok(())
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
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

impl<T: Struct> FieldValue for List<T> {
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
    fn decode(field: &mut Option<Self>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
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

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
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

    fn address(&self) -> Option<&str> {
        List::href(self)
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
