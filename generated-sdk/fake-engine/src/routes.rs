//! The table of services that the generator writes: its types, and the macro for its rows.

use std::fmt;

use ovirt_sdk::object::{Member, Slot, StructInfo};
use ovirt_sdk::request::Verb;
use ovirt_sdk::unstable::FieldValue;

/// A service.
#[derive(Debug)]
pub(crate) struct Service {
    /// The name in the model: `vm_nics`.
    pub(crate) name: &'static str,
    /// The type of its objects.
    pub(crate) object: Option<&'static StructInfo>,
    /// The methods, including inherited ones.
    pub(crate) methods: &'static [Method],
}

/// A method of a service.
#[derive(Debug)]
pub(crate) struct Method {
    /// The name in the model: `import`.
    pub(crate) name: &'static str,
    pub(crate) verb: Verb,
    /// The path segment of an action.
    pub(crate) segment: Option<&'static str>,
    /// Whether the response is an `<action>` where the model says entity.
    pub(crate) answers_action: bool,
    /// The parameters, including those of signatures.
    pub(crate) parameters: &'static [Parameter],
    /// The mandatory parameters and fields, as dotted paths that begin with the name of the parameter. The last name
    /// can be alternatives: `cluster.data_center.id|name`.
    pub(crate) mandatory: &'static [&'static str],
    /// The fields that each signature requires in addition.
    pub(crate) signatures: &'static [&'static [&'static str]],
}

/// A parameter of a method.
pub(crate) struct Parameter {
    /// The tag, of an element in an `<action>` or of a query parameter.
    pub(crate) member: Member,
    pub(crate) direction: Direction,
    /// Creates an unset value.
    pub(crate) new: fn() -> Box<dyn Slot>,
}

/// The direction of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    In,
    Out,
    InOut,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameter")
            .field("tag", &self.member.tag)
            .field("direction", &self.direction)
            .finish_non_exhaustive()
    }
}

/// Creates an unset value; for [`Parameter::new`].
pub(crate) fn absent<V: FieldValue>() -> Box<dyn Slot> {
    Box::new(None::<V>)
}

/// The row of a service in the table.
macro_rules! service {
    ($name:literal $(, $object:ty)?; $($method:literal $verb:ident $(at $segment:literal)? $(=> $answer:ident)?
        [$($direction:tt $tag:literal $(/ $item:literal)?: $type:ty),*]
        $(needs [$($mandatory:literal),*])? $(| [$($signature:literal),*])*;)*) => {
        routes::Service {
            name: $name,
            object: routes::service!(@object $($object)?),
            methods: &[$(routes::Method {
                name: $method,
                verb: routes::service!(@verb $verb),
                segment: routes::service!(@text $($segment)?),
                answers_action: routes::service!(@flag $($answer)?),
                parameters: &[$(routes::Parameter {
                    member: routes::service!(@member $tag $($item)?),
                    direction: routes::service!(@direction $direction),
                    new: routes::absent::<$type>,
                }),*],
                mandatory: &[$($($mandatory),*)?],
                signatures: &[$(&[$($signature),*]),*],
            }),*],
        }
    };
    (@object) => { None };
    (@object $object:ty) => { Some(<$object as ovirt_sdk::object::Struct>::INFO) };
    (@text) => { None };
    (@text $text:literal) => { Some($text) };
    (@member $tag:literal) => { ovirt_sdk::unstable::element($tag) };
    (@member $tag:literal $item:literal) => { ovirt_sdk::unstable::list($tag, $item) };
    (@flag) => { false };
    (@flag $flag:ident) => { true };
    (@direction in) => { routes::Direction::In };
    (@direction out) => { routes::Direction::Out };
    (@direction inout) => { routes::Direction::InOut };
    (@verb add) => { ovirt_sdk::request::Verb::Add };
    (@verb get) => { ovirt_sdk::request::Verb::Get };
    (@verb list) => { ovirt_sdk::request::Verb::List };
    (@verb update) => { ovirt_sdk::request::Verb::Update };
    (@verb remove) => { ovirt_sdk::request::Verb::Remove };
    (@verb action) => { ovirt_sdk::request::Verb::Action };
}
pub(crate) use service;
