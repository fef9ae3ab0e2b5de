//! The types with a role in the SDK, and where their objects are.

use super::{Model, ServiceId, TypeId, Verb};
use crate::syntax::{self, RoleKind};

/// A type with a role in the SDK.
#[derive(Debug)]
pub struct Role {
    /// The type.
    pub ty: TypeId,
    /// The role and its fields.
    pub declared: syntax::Role,
}

/// The collection of the objects with a role.
#[derive(Clone, Copy, Debug)]
pub struct RoleCollection<'m> {
    /// The path segment: below the root, or for steps below a job.
    pub segment: &'m str,
    /// The query parameter for searches, if the collection has one.
    pub search: Option<&'m str>,
}

impl Model {
    /// Returns the type with a role.
    pub fn role(&self, kind: RoleKind) -> Option<&Role> {
        self.roles.iter().find(|role| role.declared.kind == kind)
    }

    /// Returns where the objects with a role are: in the only collection of their type at the root, or below a job.
    pub fn role_collection(&self, kind: RoleKind) -> Option<RoleCollection<'_>> {
        let (service, segment) = self.role_service(kind)?;
        let list = self.method(service, Verb::List)?;
        let search = self.search_parameter(list).map(|parameter| parameter.tag.as_str());
        Some(RoleCollection { segment, search })
    }

    fn role_service(&self, kind: RoleKind) -> Option<(ServiceId, &str)> {
        let parent = match kind.needs() {
            Some(owner) => self.object_service(self.role_service(owner)?.0)?,
            None => self.root?,
        };
        let ty = self.role(kind)?.ty;
        let mut found = self.fixed_segments(parent).filter(|(service, _)| self.item_of(*service) == Some(ty));
        found.next().filter(|_| found.next().is_none())
    }
}
