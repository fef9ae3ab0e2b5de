//! How each kind of field is read and written.

use std::any::Any;
use std::fmt;

use super::access::copy_to;
use super::erased;
use super::member::Member;
use super::traits::{Binding, Kind, Object, Objects, Slot, Struct};
#[cfg(feature = "serde")]
use super::traits::{Data, DataMut};
use crate::date_time::DateTime;
use crate::list::{Address, List, SharedAddress};
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::markup::encoder::Encoder;
use crate::markup::scalar::Scalar;
use crate::unknown::Unknown;

/// A type that can stand in the `Option` of a field.
pub trait FieldValue: fmt::Debug + Clone + PartialEq + Send + Sync + Sized + 'static {
    /// How such fields are read and written. The types of scalars share one implementation, because a hundred enums with
    /// ten functions each take long to compile.
    type Access: FieldAccess<Self>;
}

/// How fields of a type are read and written.
pub trait FieldAccess<V> {
    /// What it holds.
    fn kind() -> Kind;
    /// Copies a value.
    fn assign(field: &mut Option<V>, value: &V);
    /// The text of a value that is neither an object nor a list.
    fn text(_value: &V) -> Option<String> {
        None
    }
    /// The texts of the values, when it is a list of scalars.
    fn texts(_value: &V) -> Option<Vec<String>> {
        None
    }
    /// The object, when it is one.
    fn as_object(_value: &V) -> Option<&dyn Object> {
        None
    }
    /// The object in a field that can hold one; made when absent.
    fn make_object(_field: &mut Option<V>) -> Option<&mut dyn Object> {
        None
    }
    /// The list, when it is one.
    fn as_list(_value: &V) -> Option<&dyn Objects> {
        None
    }
    /// The list in a field that can hold one; made when absent.
    fn make_list(_field: &mut Option<V>) -> Option<&mut dyn Objects> {
        None
    }
    /// Reads the element at which the decoder is into a field.
    fn decode(field: &mut Option<V>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError>;
    /// Writes an element.
    fn encode(value: &V, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError>;
    /// Reads the value of an XML attribute.
    fn decode_attribute(_field: &mut Option<V>, _text: &str, _decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        Ok(())
    }
    /// Writes an XML attribute.
    fn encode_attribute(_value: &V, _member: &'static Member, _encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        Ok(())
    }
    /// Notes where a list is.
    fn set_list_address(_field: &mut Option<V>, _address: SharedAddress) {}
    /// Where a list is.
    fn list_address(_value: &V) -> Option<Address<'_>> {
        None
    }
    /// The value, for documents of any format.
    #[cfg(feature = "serde")]
    fn data(value: &V) -> Data<'_>;
    /// What a field can hold, to be filled; objects and lists are made when absent.
    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<V>) -> DataMut<'_>;
}

impl<V: FieldValue> Slot for Option<V> {
    fn is_set(&self) -> bool {
        self.is_some()
    }

    fn clear(&mut self) {
        erased::clear(self);
    }

    fn kind(&self) -> Kind {
        V::Access::kind()
    }

    fn value(&self) -> &dyn fmt::Debug {
        match self {
            Some(value) => value,
            None => &None::<()>,
        }
    }

    fn text(&self) -> Option<String> {
        self.as_ref().and_then(V::Access::text)
    }

    fn texts(&self) -> Option<Vec<String>> {
        self.as_ref().and_then(V::Access::texts)
    }

    fn as_object(&self) -> Option<&dyn Object> {
        self.as_ref().and_then(V::Access::as_object)
    }

    fn make_object(&mut self) -> Option<&mut dyn Object> {
        V::Access::make_object(self)
    }

    fn as_list(&self) -> Option<&dyn Objects> {
        self.as_ref().and_then(V::Access::as_list)
    }

    fn make_list(&mut self) -> Option<&mut dyn Objects> {
        V::Access::make_list(self)
    }

    fn equals(&self, other: &dyn Slot) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref::<Self>() == Some(self)
    }

    fn assign(&mut self, other: &dyn Slot) -> bool {
        let other: &dyn Any = other;
        match other.downcast_ref::<Self>() {
            Some(Some(value)) => {
                V::Access::assign(self, value);
                true
            }
            Some(None) => {
                erased::clear(self);
                true
            }
            None => false,
        }
    }

    #[cfg(feature = "serde")]
    fn data(&self) -> Data<'_> {
        self.as_ref().map_or(Data::Absent, V::Access::data)
    }

    #[cfg(feature = "serde")]
    fn data_mut(&mut self) -> DataMut<'_> {
        V::Access::data_mut(self)
    }
}

impl<V: FieldValue> Binding for Option<V> {
    fn decode(&mut self, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        V::Access::decode(self, member, decoder)
    }

    fn decode_attribute(&mut self, text: &str, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        V::Access::decode_attribute(self, text, decoder)
    }

    fn encode(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        self.as_ref().map_or(Ok(()), |value| V::Access::encode(value, member, encoder))
    }

    fn encode_attribute(&self, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        self.as_ref().map_or(Ok(()), |value| V::Access::encode_attribute(value, member, encoder))
    }

    fn set_list_address(&mut self, address: SharedAddress) {
        V::Access::set_list_address(self, address);
    }

    fn list_address(&self) -> Option<Address<'_>> {
        self.as_ref().and_then(V::Access::list_address)
    }
}

/// Creates an unset value of a member.
pub(crate) type NewSlot = fn() -> Box<dyn Slot + Send + Sync>;

/// Creates an unset value; the table of the members of actions refers to it. Never inlined, like the functions in `erased`.
#[inline(never)]
pub(crate) fn new_slot<V: FieldValue>() -> Box<dyn Slot + Send + Sync> {
    Box::new(None::<V>)
}

/// How fields with scalars are read and written.
#[derive(Debug)]
pub enum ScalarAccess {}

impl<S: Scalar> FieldAccess<S> for ScalarAccess {
    fn kind() -> Kind {
        Kind::Value(S::kind())
    }

    fn assign(field: &mut Option<S>, value: &S) {
        *field = Some(value.clone());
    }

    fn text(value: &S) -> Option<String> {
        Some(value.to_string())
    }

    fn decode(field: &mut Option<S>, _: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        *field = decoder.scalar()?;
        Ok(())
    }

    fn decode_attribute(field: &mut Option<S>, text: &str, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        *field = Some(decoder.parse(text)?);
        Ok(())
    }

    fn encode(value: &S, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.scalar(member.tag, value)
    }

    fn encode_attribute(value: &S, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.attribute(member.tag, value)
    }

    #[cfg(feature = "serde")]
    fn data(value: &S) -> Data<'_> {
        Data::Value(value.datum())
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<S>) -> DataMut<'_> {
        DataMut::Value(field)
    }
}

impl FieldValue for String {
    type Access = ScalarAccess;
}

impl FieldValue for bool {
    type Access = ScalarAccess;
}

impl FieldValue for i64 {
    type Access = ScalarAccess;
}

impl FieldValue for f64 {
    type Access = ScalarAccess;
}

impl FieldValue for DateTime {
    type Access = ScalarAccess;
}

impl<S: Scalar> FieldValue for Vec<S> {
    type Access = ScalarsAccess;
}

/// How fields with lists of scalars are read and written.
#[derive(Debug)]
pub enum ScalarsAccess {}

impl<S: Scalar> FieldAccess<Vec<S>> for ScalarsAccess {
    fn kind() -> Kind {
        Kind::Values(S::kind())
    }

    fn assign(field: &mut Option<Vec<S>>, value: &Vec<S>) {
        *field = Some(value.clone());
    }

    fn texts(value: &Vec<S>) -> Option<Vec<String>> {
        Some(value.iter().map(S::to_string).collect())
    }

    fn decode(field: &mut Option<Vec<S>>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let mut values = Vec::<S>::new();
        decoder.values(member, &mut |decoder| {
            values.push(decoder.scalar_item()?);
            Ok(())
        })?;
        *field = Some(values);
        Ok(())
    }

    fn encode(value: &Vec<S>, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.values(member, value)
    }

    #[cfg(feature = "serde")]
    fn data(value: &Vec<S>) -> Data<'_> {
        Data::Values(value)
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<Vec<S>>) -> DataMut<'_> {
        DataMut::Values(field.get_or_insert_default())
    }
}

impl<T: Struct> FieldValue for Box<T> {
    type Access = ObjectAccess;
}

/// How fields with objects are read and written.
#[derive(Debug)]
pub enum ObjectAccess {}

impl<T: Struct> FieldAccess<Box<T>> for ObjectAccess {
    fn kind() -> Kind {
        Kind::Object(T::INFO)
    }

    fn assign(field: &mut Option<Box<T>>, value: &Box<T>) {
        copy_to(erased::renew(field), erased::object(&**value));
    }

    fn as_object(value: &Box<T>) -> Option<&dyn Object> {
        Some(erased::object(&**value))
    }

    fn make_object(field: &mut Option<Box<T>>) -> Option<&mut dyn Object> {
        Some(match field {
            Some(value) => erased::object_mut(&mut **value),
            None => erased::renew(field),
        })
    }

    fn decode(field: &mut Option<Box<T>>, _: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        decoder.object(erased::renew(field))
    }

    fn encode(value: &Box<T>, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.object(member.tag, erased::object(&**value))
    }

    #[cfg(feature = "serde")]
    fn data(value: &Box<T>) -> Data<'_> {
        Data::Object(erased::object(&**value))
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<Box<T>>) -> DataMut<'_> {
        match field {
            Some(value) => DataMut::Object(erased::object_mut(&mut **value)),
            None => DataMut::Object(erased::renew(field)),
        }
    }
}

impl<T: Struct> FieldValue for List<T> {
    type Access = ListAccess;
}

/// How fields with lists of objects are read and written.
#[derive(Debug)]
pub enum ListAccess {}

impl<T: Struct> FieldAccess<List<T>> for ListAccess {
    fn kind() -> Kind {
        Kind::List(T::INFO)
    }

    fn assign(field: &mut Option<List<T>>, value: &List<T>) {
        *field = Some(value.clone());
    }

    fn as_list(value: &List<T>) -> Option<&dyn Objects> {
        Some(value)
    }

    fn make_list(field: &mut Option<List<T>>) -> Option<&mut dyn Objects> {
        Some(field.get_or_insert_default())
    }

    /// The items of a list come inline; where it is may have been told by a link before.
    fn decode(field: &mut Option<List<T>>, member: &Member, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let mut list = List::<T>::new();
        decoder.list(member.item_tag.unwrap_or(T::INFO.tag), &mut list)?;
        if List::address(&list).is_none()
            && let Some(linked) = field
        {
            list.set_address(List::address(linked).map(Address::share));
        }
        list.note_read();
        *field = Some(list);
        Ok(())
    }

    fn encode(value: &List<T>, member: &'static Member, encoder: &mut Encoder<'_>) -> Result<(), DataError> {
        encoder.member_list(member, value, List::address(value).is_some())
    }

    fn set_list_address(field: &mut Option<List<T>>, address: SharedAddress) {
        match field {
            // The items may come before the link.
            Some(list) if !list.is_link() => {
                list.set_address(Some(address));
                list.note_read();
            }
            _ => field.get_or_insert_default().set_address(Some(address)),
        }
    }

    fn list_address(value: &List<T>) -> Option<Address<'_>> {
        List::address(value)
    }

    #[cfg(feature = "serde")]
    fn data(value: &List<T>) -> Data<'_> {
        Data::List(value)
    }

    #[cfg(feature = "serde")]
    fn data_mut(field: &mut Option<List<T>>) -> DataMut<'_> {
        DataMut::List(field.get_or_insert_default())
    }
}

impl<T: Struct> Objects for List<T> {
    fn push_new(&mut self) -> Option<&mut dyn Object> {
        self.push_sparingly(T::default());
        self.last_mut().map(|last| last as &mut dyn Object)
    }

    fn close(&mut self) {
        self.release_unused();
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
        object.downcast::<T>().map(|object| self.push_sparingly(*object)).is_ok()
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
