//! Lookup of services and methods.

use ovirt_sdk::request::Verb;

use crate::generated::routes::SERVICES;
use crate::routes::{Method, Parameter, Service};

impl Service {
    /// The service with a name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let index = SERVICES.binary_search_by(|service| service.name.cmp(name)).ok()?;
        SERVICES.get(index)
    }

    /// The method with a verb, except actions.
    pub(crate) fn method(&self, verb: Verb) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.verb == verb)
    }

    /// The action at a path segment.
    pub(crate) fn action(&self, segment: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.segment == Some(segment))
    }
}

impl Method {
    /// The parameter with a tag.
    pub(crate) fn parameter(&self, tag: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.member.tag == tag)
    }

    /// The parameter with a tag, or that of any other action.
    pub(crate) fn argument(&self, tag: &str) -> Option<&'static Parameter> {
        self.parameter(tag).or_else(|| action_parameter(tag))
    }
}

/// The parameter with a tag of any action. The engine reads all actions as one type, so parameters of other actions are
/// not errors.
pub(crate) fn action_parameter(tag: &str) -> Option<&'static Parameter> {
    let actions = SERVICES.iter().flat_map(|service| service.methods).filter(|method| method.verb == Verb::Action);
    actions.flat_map(|method| method.parameters).find(|parameter| parameter.member.tag == tag)
}
