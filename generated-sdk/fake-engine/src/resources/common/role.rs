//! The permits of roles, and the built-in roles that the engine assigns.

use crate::note::Note;
use crate::resources::common::permit::Permit;
use crate::resources::paths::{PERMITS, ROLES};
use crate::state::State;
use ovirt_sdk::types::{self, Role};

pub(crate) const CPU_PROFILE_CREATOR: &str = "def00016-0000-0000-0000-def000000016";
pub(crate) const CPU_PROFILE_OPERATOR: &str = "def00017-0000-0000-0000-def000000017";
pub(crate) const DISK_OPERATOR: &str = "def0000a-0000-0000-0000-def00000000b";
pub(crate) const DISK_PROFILE_USER: &str = "def00020-0000-0000-0000-abc000000010";
pub(crate) const MAC_POOL_ADMIN: &str = "def00013-0000-0000-0000-def000000013";
pub(crate) const MAC_POOL_USER: &str = "def00014-0000-0000-0000-def000000014";
pub(crate) const NETWORK_ADMIN: &str = "def00005-0000-0000-0000-def000000005";
pub(crate) const TEMPLATE_OWNER: &str = "def0000a-0000-0000-0000-def00000000f";
pub(crate) const USER_PROFILE_EDITOR: &str = "def00021-0000-0000-0000-def000000015";
pub(crate) const USER_TEMPLATE_BASED_VM: &str = "def00009-0000-0000-0000-def000000009";
pub(crate) const USER_VM_MANAGER: &str = "def00006-0000-0000-0000-def000000006";
pub(crate) const VNIC_PROFILE_USER: &str = "def0000a-0000-0000-0000-def000000010";

/// Whether a built-in role shows the objects below the one on which it is assigned. For other roles, it follows from
/// their permits.
pub(crate) const SHOWS_CHILDREN: Note<bool> = Note::new("shows_children");

/// Whether a role has a permit.
pub(crate) fn allows(state: &State, role: &str, permit: Permit) -> bool {
    state.contains(&format!("{ROLES}/{role}/{PERMITS}/{}", permit.id()))
}

/// Whether a role is for administrators.
pub(crate) fn is_administrative(state: &State, role: &str) -> bool {
    state.get::<Role>(&format!("{ROLES}/{role}")).is_some_and(|role| role.administrative == Some(true))
}

/// Whether a role shows the objects below the one on which it is assigned.
pub(crate) fn shows_children(state: &State, role: &str) -> bool {
    let path = format!("{ROLES}/{role}");
    state.note(&path, SHOWS_CHILDREN).unwrap_or_else(|| {
        let mut permits = state.each::<types::Permit>(&format!("{path}/{PERMITS}"));
        permits.any(|permit| permit.id.as_deref().and_then(Permit::by_id).is_some_and(Permit::shows_children))
    })
}
