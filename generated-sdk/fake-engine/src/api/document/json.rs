//! JSON documents. The engine has one data model for both formats, so JSON is converted from and to XML.

mod from_xml;
mod shape;
mod to_xml;

pub(super) use from_xml::{EmptyArrays, from_xml};
pub(super) use shape::Shape;
pub(super) use to_xml::to_xml;
