//! Where permissions are stored, and how the engine grants them.
//!
//! A permission is stored below the object on which it assigns a role; permissions on the system as a whole are in the
//! collection at the root.

use crate::path::{above, join, last};
use crate::resources::paths::{GROUPS, PERMISSIONS, USERS, is_sub_collection};
use crate::state::State;
use ovirt_sdk::types::{Group, Permission, Role, User};

/// The group to which all users belong.
pub(crate) const EVERYONE: &str = "eee00000-0000-0000-0000-123456789eee";

/// The path of the system, as the object on which a role is assigned.
pub(crate) const SYSTEM: &str = "";

/// The path of a group.
pub(crate) fn group(id: &str) -> String {
    join(GROUPS, id)
}

/// The path of the group to which all users belong.
pub(crate) fn everyone() -> String {
    group(EVERYONE)
}

/// Assigns a role on an object to a user or group; returns the path of the permission. All but the role are paths.
pub(crate) fn grant(state: &mut State, holder: &str, role: &str, object: &str) -> String {
    grant_with_id(state, None, holder, role, object)
}

/// Like [`grant`], with the identifier of the permission.
pub(crate) fn grant_with_id(state: &mut State, id: Option<&str>, holder: &str, role: &str, object: &str) -> String {
    if let Some(same) = find(state, holder, role, object) {
        return same;
    }
    let mut permission = id.map_or_else(Permission::new, Permission::with_id).role(Role::with_id(role));
    permission = match above(holder, 1) {
        GROUPS => permission.group(Group::with_id(last(holder))),
        _ => permission.user(User::with_id(last(holder))),
    };
    state.insert(&join(object, PERMISSIONS), permission)
}

/// The path of the permission that assigns a role on an object to a user or group.
fn find(state: &State, holder: &str, role: &str, object: &str) -> Option<String> {
    let is_same = |permission: &Permission| {
        role_id(permission) == Some(role) && self::holder(permission).is_some_and(|other| other == holder)
    };
    let mut permissions = state.list::<Permission>(&join(object, PERMISSIONS));
    permissions.find(|(_, permission)| is_same(permission)).map(|(path, _)| path)
}

/// The path of the user or group that holds a permission.
pub(crate) fn holder(permission: &Permission) -> Option<String> {
    let user = permission.user.as_deref().and_then(|user| user.id.as_deref());
    let group = permission.group.as_deref().and_then(|group| group.id.as_deref());
    user.map(|id| join(USERS, id)).or_else(|| group.map(|id| join(GROUPS, id)))
}

/// The identifier of the role that a permission assigns.
pub(crate) fn role_id(permission: &Permission) -> Option<&str> {
    permission.role.as_deref()?.id.as_deref()
}

/// The path of the object on which the permission at a path assigns a role.
pub(crate) fn object(path: &str) -> &str {
    above(path, 2)
}

/// The permissions on an object, with their paths.
pub(crate) fn on_object<'s>(
    state: &'s State,
    object: &str,
) -> impl Iterator<Item = (String, &'s Permission)> + use<'s> {
    state.list(&join(object, PERMISSIONS))
}

/// All permissions, with their paths.
pub(crate) fn all(state: &State) -> impl Iterator<Item = (String, &Permission)> {
    let is_meant = |path: &&str| *path == PERMISSIONS || is_sub_collection(path, PERMISSIONS);
    state.collections().filter(is_meant).flat_map(|collection| state.list(collection))
}

/// The path of the permission with an identifier.
pub(crate) fn by_id(state: &State, id: &str) -> Option<String> {
    all(state).map(|(path, _)| path).find(|path| last(path) == id)
}

/// Removes the permissions that a user or group holds.
pub(crate) fn revoke_all(state: &mut State, holder: &str) {
    let held = |permission: &Permission| self::holder(permission).is_some_and(|other| other == holder);
    let paths: Vec<String> = all(state).filter(|(_, permission)| held(permission)).map(|(path, _)| path).collect();
    for path in paths {
        state.remove(&path);
    }
}
