//! The permissions of a user.

use super::objects::lineage;
use crate::path::join;
use crate::resources::common::permission::{self, SYSTEM, everyone};
use crate::resources::common::permit::Permit;
use crate::resources::common::well_known::SUPER_USER;
use crate::resources::common::{directory, role};
use crate::resources::paths::USERS;
use crate::state::State;
use ovirt_sdk::types::Permission;

/// A user with the groups to which the user belongs.
#[derive(Clone)]
pub(super) struct Caller<'s> {
    pub(super) state: &'s State,
    /// The paths of the user and of the groups, except the one of all users.
    holders: Vec<String>,
    everyone: String,
}

/// A role that is assigned to the user, to a group of the user, or to everyone.
pub(super) struct Grant<'s> {
    pub(super) role: &'s str,
    /// The path of the object on which it is assigned.
    pub(super) object: String,
}

impl<'s> Caller<'s> {
    /// The user with a name.
    pub(super) fn new(state: &'s State, user_name: &str) -> Self {
        let user = state.user_id(user_name).map(|id| join(USERS, &id));
        let groups = user.as_deref().map_or_else(Vec::new, |user| directory::groups_of_user(state, user));
        Self { state, holders: user.into_iter().chain(groups).collect(), everyone: everyone() }
    }

    /// The path of the user.
    pub(super) fn user(&self) -> Option<&str> {
        self.holders.first().map(String::as_str)
    }

    /// Whether a permission is held by the user, by a group of the user, or by everyone.
    pub(super) fn holds(&self, permission: &Permission) -> bool {
        permission::holder(permission).is_some_and(|it| it == self.everyone || self.holders.contains(&it))
    }

    /// All roles that are assigned to the user, to groups of the user, and to everyone.
    pub(super) fn grants(&self) -> impl Iterator<Item = Grant<'s>> {
        let held = permission::all(self.state).filter(|(_, permission)| self.holds(permission));
        held.filter_map(|(path, permission)| {
            let role = permission::role_id(permission)?;
            Some(Grant { role, object: permission::object(&path).to_owned() })
        })
    }

    /// Whether the user has a permit on an object, or on one from which the object inherits permissions. The object
    /// need not exist.
    pub(super) fn may(&self, permit: Permit, object: &str) -> bool {
        self.has_role_on(object, |role| role::allows(self.state, role, permit))
    }

    /// Whether the user has a role on an object, or on one from which the object inherits permissions.
    fn has_role_on(&self, object: &str, is_meant: impl Fn(&str) -> bool) -> bool {
        let is_held =
            |permission: &Permission| permission::role_id(permission).is_some_and(&is_meant) && self.holds(permission);
        // Permissions of administrators are mostly on the system.
        let mut on_system = permission::on_object(self.state, SYSTEM);
        on_system.any(|(_, permission)| is_held(permission))
            || lineage(self.state, object)
                .iter()
                .any(|object| permission::on_object(self.state, object).any(|(_, permission)| is_held(permission)))
    }

    /// Whether the user has the role of super users on the system.
    pub(super) fn is_super_user(&self) -> bool {
        self.has_role_on(SYSTEM, |role| role == SUPER_USER)
    }

    /// Whether the user has a role for administrators on any object.
    pub(super) fn is_administrator(&self) -> bool {
        let is_administrative = |role: &str| role::is_administrative(self.state, role);
        self.has_role_on(SYSTEM, is_administrative) || self.grants().any(|grant| is_administrative(grant.role))
    }

    /// Whether the user has the permit to log in on any object. Roles of everyone don't count.
    pub(super) fn may_log_in(&self) -> bool {
        let allows = |permission: &Permission| {
            let is_own = permission::holder(permission).is_some_and(|holder| self.holders.contains(&holder));
            is_own && permission::role_id(permission).is_some_and(|role| role::allows(self.state, role, Permit::Login))
        };
        permission::on_object(self.state, SYSTEM).any(|(_, permission)| allows(permission))
            || permission::all(self.state).any(|(_, permission)| allows(permission))
    }
}
