//! The permissions of everyone.

use crate::resources::common::network::MANAGEMENT;
use crate::resources::common::permission::{SYSTEM, everyone, grant_with_id};
use crate::resources::common::role::{
    CPU_PROFILE_OPERATOR, DISK_PROFILE_USER, MAC_POOL_USER, USER_PROFILE_EDITOR, USER_TEMPLATE_BASED_VM,
    VNIC_PROFILE_USER,
};
use crate::resources::common::well_known::NIL;
use crate::resources::paths::{CPU_PROFILES, DISK_PROFILES, INSTANCE_TYPES, MAC_POOLS, TEMPLATES, VNIC_PROFILES};
use crate::state::State;

/// Permissions that have the same identifier on every engine: collection and identifier of the object, role, identifier.
const KNOWN: [(&str, &str, &str, &str); 7] = [
    (TEMPLATES, NIL, USER_TEMPLATE_BASED_VM, "00000004-0004-0004-0004-000000000355"),
    (
        INSTANCE_TYPES,
        "00000003-0003-0003-0003-0000000000be",
        USER_TEMPLATE_BASED_VM,
        "00000004-0004-0004-0004-000000000392",
    ),
    (
        INSTANCE_TYPES,
        "00000005-0005-0005-0005-0000000002e6",
        USER_TEMPLATE_BASED_VM,
        "00000006-0006-0006-0006-000000000044",
    ),
    (
        INSTANCE_TYPES,
        "00000007-0007-0007-0007-00000000010a",
        USER_TEMPLATE_BASED_VM,
        "00000008-0008-0008-0008-0000000001b7",
    ),
    (
        INSTANCE_TYPES,
        "00000009-0009-0009-0009-0000000000f1",
        USER_TEMPLATE_BASED_VM,
        "0000000a-000a-000a-000a-000000000309",
    ),
    (
        INSTANCE_TYPES,
        "0000000b-000b-000b-000b-00000000021f",
        USER_TEMPLATE_BASED_VM,
        "0000000c-000c-000c-000c-00000000039b",
    ),
    (MAC_POOLS, "58ca604b-017d-0374-0220-00000000014e", MAC_POOL_USER, "58ca604b-017d-0374-0220-00000000014e"),
];

/// The identifier of the permission of everyone on the system.
const ON_SYSTEM: &str = "58ca605c-010d-0307-0224-0000000001a9";
/// The identifier of the permission on the vNIC profile of the management network.
const ON_MANAGEMENT_PROFILE: &str = "0000000b-000b-000b-000b-0000000001d5";

pub(super) fn fill(state: &mut State) {
    let everyone = everyone();
    grant_with_id(state, Some(ON_SYSTEM), &everyone, USER_PROFILE_EDITOR, SYSTEM);
    for (collection, id, role, permission) in KNOWN {
        let object = format!("{collection}/{id}");
        if state.contains(&object) {
            grant_with_id(state, Some(permission), &everyone, role, &object);
        }
    }
    if let Some(profile) = state.by_name(VNIC_PROFILES, MANAGEMENT) {
        grant_with_id(state, Some(ON_MANAGEMENT_PROFILE), &everyone, VNIC_PROFILE_USER, &profile);
    }
    for (collection, role) in [(CPU_PROFILES, CPU_PROFILE_OPERATOR), (DISK_PROFILES, DISK_PROFILE_USER)] {
        for profile in state.paths(collection) {
            grant_with_id(state, None, &everyone, role, &profile);
        }
    }
}
