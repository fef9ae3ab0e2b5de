//! What the engine knows of the services of the model: a table that the generator writes.

use std::fmt;

use crate::generated::routes::SERVICES;
use ovirt_sdk::object::{Info, Member, Slot};
use ovirt_sdk::request::Verb;
use ovirt_sdk::unstable::Value;

/// A service.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its name in the API: `vm_nics`.
    pub(crate) name: &'static str,
    /// The struct of the objects that it is about.
    pub(crate) object: Option<&'static Info>,
    /// Its methods, the inherited ones too.
    pub(crate) methods: &'static [Method],
}

/// A method of a service.
#[derive(Debug)]
pub(crate) struct Method {
    /// Its name in the API: `import`.
    pub(crate) name: &'static str,
    /// How it travels.
    pub(crate) verb: Verb,
    /// The segment of an action.
    pub(crate) segment: Option<&'static str>,
    /// Whether it is answered with an `<action>` where the model says entity.
    pub(crate) answers_action: bool,
    /// Its parameters, those of its signatures too.
    pub(crate) parameters: &'static [Parameter],
}

/// A parameter of a method.
pub(crate) struct Parameter {
    /// Its tags: that of an element in an `<action>`, which is the key of a query too.
    pub(crate) member: Member,
    /// Which way it goes.
    pub(crate) direction: Direction,
    /// A value that is absent.
    pub(crate) new: fn() -> Box<dyn Slot>,
}

/// Which way a parameter goes.
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

impl Service {
    /// A service by its name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let index = SERVICES.binary_search_by(|service| service.name.cmp(name)).ok()?;
        SERVICES.get(index)
    }

    /// Its method of a verb; not for actions, which are told apart by their segments.
    pub(crate) fn method(&self, verb: Verb) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.verb == verb)
    }

    /// Its action of a segment.
    pub(crate) fn action(&self, segment: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.segment == Some(segment))
    }
}

/// A value that is absent; the table points here.
pub(crate) fn absent<V: Value>() -> Box<dyn Slot> {
    Box::new(None::<V>)
}

/// The parameter of a tag in any action. The engine reads all actions with one type: what another action has is no
/// error.
pub(crate) fn action_parameter(tag: &str) -> Option<&'static Parameter> {
    let actions = SERVICES.iter().flat_map(|service| service.methods).filter(|method| method.verb == Verb::Action);
    actions.flat_map(|method| method.parameters).find(|parameter| parameter.member.tag == tag)
}

/// The row of a service.
macro_rules! service {
    ($name:literal $(, $object:ty)?; $($method:literal $verb:ident $(at $segment:literal)? $(=> $answer:ident)?
        [$($direction:tt $tag:literal $(/ $item:literal)?: $type:ty),*];)*) => {
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
