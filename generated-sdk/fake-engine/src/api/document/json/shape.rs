//! The shapes of fields in documents, from the generated tables.

use ovirt_sdk::object::{Kind, Member, Object, ScalarKind, Struct, StructInfo};
use ovirt_sdk::registry::{self, Tagged};
use ovirt_sdk::types::{Fault, Job};

use crate::routes::Method;
use crate::services::action_parameter;

/// The tag of actions.
const ACTION: &str = "action";

/// The type of an element.
#[derive(Clone, Copy)]
pub(in crate::api::document) enum Shape {
    Value(ScalarKind),
    Object(&'static StructInfo),
    /// A list of objects; the tag of the items.
    Objects(&'static str, &'static StructInfo),
    /// A list of values; the tag of the items.
    Values(&'static str, ScalarKind),
    /// An action, of a method or of any.
    Action(Option<&'static Method>),
}

/// A field of an element.
pub(super) struct Field {
    pub(super) shape: Shape,
    /// The description of a field of an object.
    pub(super) member: Option<&'static Member>,
}

impl Field {
    pub(super) fn is_attribute(&self) -> bool {
        self.member.is_some_and(|member| member.is_attribute)
    }
}

/// The fields of an element with a shape.
pub(super) struct Fields {
    shape: Shape,
    /// An object without values, for the kinds of its fields.
    object: Option<Box<dyn Object>>,
}

impl Shape {
    /// The shape of a document with a tag.
    pub(super) fn for_document(tag: &str) -> Option<Self> {
        match registry::by_tag(tag) {
            _ if tag == ACTION => Some(Self::Action(None)),
            Some(Tagged::One(info)) => Some(Self::Object(info)),
            Some(Tagged::Many(info)) => Some(Self::list(info)),
            _ => None,
        }
    }

    /// A list of objects of a type.
    pub(in crate::api::document) fn list(info: &'static StructInfo) -> Self {
        Self::Objects(info.tag, info)
    }

    /// Whether elements with the shape have actions and links.
    pub(super) fn is_resource(self) -> bool {
        match self {
            Self::Object(info) => info.is_resource(),
            Self::Action(_) => true,
            Self::Value(_) | Self::Objects(..) | Self::Values(..) => false,
        }
    }

    fn new(member: &Member, kind: Kind) -> Option<Self> {
        match kind {
            Kind::Value(scalar) => Some(Self::Value(scalar)),
            Kind::Object(info) => Some(Self::Object(info)),
            Kind::List(info) => Some(Self::Objects(member.item_tag.unwrap_or(info.tag), info)),
            Kind::Values(scalar) => Some(Self::Values(member.item_tag?, scalar)),
            _ => None,
        }
    }
}

impl Fields {
    pub(super) fn new(shape: Shape) -> Self {
        let object = match shape {
            Shape::Object(info) => Some(info.new_object()),
            _ => None,
        };
        Self { shape, object }
    }

    /// The field with a tag.
    pub(super) fn get(&self, tag: &str) -> Option<Field> {
        let child = |shape| Some(Field { shape, member: None });
        match self.shape {
            Shape::Value(_) => None,
            Shape::Object(info) => {
                let index = info.members.iter().position(|member| member.tag == tag)?;
                let (member, slot) = (info.members.get(index)?, self.object.as_ref()?.slot(index)?);
                Some(Field { shape: Shape::new(member, slot.kind())?, member: Some(member) })
            }
            Shape::Objects(item, info) if item == tag => child(Shape::Object(info)),
            Shape::Values(item, scalar) if item == tag => child(Shape::Value(scalar)),
            Shape::Objects(..) | Shape::Values(..) => None,
            Shape::Action(method) => {
                match method.map_or_else(|| action_parameter(tag), |method| method.argument(tag)) {
                    Some(parameter) => child(Shape::new(&parameter.member, (parameter.new)().kind())?),
                    None if tag == Job::INFO.tag => child(Shape::Object(Job::INFO)),
                    None if tag == Fault::INFO.tag => child(Shape::Object(Fault::INFO)),
                    None => None,
                }
            }
        }
    }
}
