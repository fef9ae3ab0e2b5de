//! The entities of the search language, by the type of the API.

mod generic;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ovirt_sdk::object::StructInfo;

use crate::generated::search::{BY_SERVICE, BY_TYPE};
use crate::search::Entity;

/// The entity of a type. Types for which the engine has no search fields are searched by the fields of the API.
pub(crate) fn of_type(info: &'static StructInfo) -> Cow<'static, Entity> {
    match BY_TYPE.iter().find(|(name, _)| *name == info.name) {
        Some((_, entity)) => Cow::Borrowed(*entity),
        None => Cow::Owned(generic::entity(info)),
    }
}

/// The entity of the collection of a service, if it isn't that of its type.
pub(crate) fn of_service(name: &str) -> Option<&'static Entity> {
    BY_SERVICE.iter().find(|(service, _)| *service == name).map(|(_, entity)| *entity)
}
