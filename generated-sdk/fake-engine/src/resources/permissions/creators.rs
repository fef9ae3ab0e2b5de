//! The roles that the engine grants when an object is added.

use super::authorize;
use super::caller::Caller;
use super::objects::disks;
use crate::api::{Call, Context};
use crate::path::{join, last};
use crate::resources::common::permission::{everyone, grant};
use crate::resources::common::permit::Permit;
use crate::resources::common::role::{
    CPU_PROFILE_CREATOR, CPU_PROFILE_OPERATOR, DISK_OPERATOR, DISK_PROFILE_USER, MAC_POOL_ADMIN, NETWORK_ADMIN,
    TEMPLATE_OWNER, USER_TEMPLATE_BASED_VM, USER_VM_MANAGER, VNIC_PROFILE_USER,
};
use crate::resources::paths::{CPU_PROFILES, DISK_PROFILES, DISKS, NETWORKS, USERS, VMS, VNIC_PROFILES};
use crate::search::refers;
use crate::state::State;

/// To whom the engine grants a role.
#[derive(Clone, Copy)]
enum Holder {
    Creator,
    Everyone,
}

use Holder::{Creator, Everyone};

/// On which object the engine grants a role.
#[derive(Clone, Copy)]
enum Target {
    /// The new object.
    Itself,
    /// The disk of the new attachment.
    Disk,
    /// The disks of the new virtual machine or template.
    Disks,
    /// The objects of a collection that refer to the new object with a field.
    Referring(&'static str, &'static str),
    /// The vNIC profile of the management network of the new data center.
    ManagementProfile,
}

use Target::{Disk, Disks, Itself, ManagementProfile, Referring};

/// Who gets which role on which object after a method, by service and name.
const GRANTS: &[(&str, Holder, &str, Target)] = &[
    ("assigned_cpu_profiles.add", Creator, CPU_PROFILE_CREATOR, Itself),
    ("assigned_cpu_profiles.add", Everyone, CPU_PROFILE_OPERATOR, Itself),
    ("assigned_disk_profiles.add", Everyone, DISK_PROFILE_USER, Itself),
    ("assigned_vnic_profiles.add", Creator, NETWORK_ADMIN, Itself),
    ("attached_storage_domain_disks.add", Creator, DISK_OPERATOR, Itself),
    ("clusters.add", Everyone, CPU_PROFILE_OPERATOR, Referring(CPU_PROFILES, "cluster")),
    ("cpu_profiles.add", Creator, CPU_PROFILE_CREATOR, Itself),
    ("cpu_profiles.add", Everyone, CPU_PROFILE_OPERATOR, Itself),
    ("data_center_networks.add", Creator, NETWORK_ADMIN, Itself),
    ("data_centers.add", Creator, NETWORK_ADMIN, Referring(NETWORKS, "data_center")),
    ("data_centers.add", Creator, NETWORK_ADMIN, ManagementProfile),
    ("data_centers.add", Everyone, VNIC_PROFILE_USER, ManagementProfile),
    ("disk_attachments.add", Creator, DISK_OPERATOR, Disk),
    ("disk_profiles.add", Everyone, DISK_PROFILE_USER, Itself),
    ("disks.add", Creator, DISK_OPERATOR, Itself),
    ("instance_types.add", Creator, TEMPLATE_OWNER, Itself),
    ("instance_types.add", Everyone, USER_TEMPLATE_BASED_VM, Itself),
    ("mac_pools.add", Creator, MAC_POOL_ADMIN, Itself),
    ("networks.add", Creator, NETWORK_ADMIN, Itself),
    ("storage_domain_disks.add", Creator, DISK_OPERATOR, Itself),
    ("storage_domains.add", Everyone, DISK_PROFILE_USER, Referring(DISK_PROFILES, "storage_domain")),
    ("templates.add", Creator, TEMPLATE_OWNER, Itself),
    ("templates.add", Creator, USER_TEMPLATE_BASED_VM, Itself),
    ("vms.add", Creator, DISK_OPERATOR, Disks),
    ("vnic_profiles.add", Creator, NETWORK_ADMIN, Itself),
];

/// Grants roles on the object that a request added at a path.
pub(super) fn grant_to_creator(call: &mut Call<'_>, path: &str) {
    let Some(creator) = call.state.user_id(&call.request.user).map(|id| join(USERS, &id)) else { return };
    let key = super::queries::key(call.target.service.name, call.method.name);
    if path.starts_with(VMS) && key == "vms.add" && needs_own_role(&call.context(), path) {
        grant(call.state, &creator, USER_VM_MANAGER, path);
    }
    for (_, holder, role, target) in GRANTS.iter().filter(|(method, ..)| *method == key) {
        let holder = match holder {
            Creator => creator.clone(),
            Everyone => everyone(),
        };
        for object in objects(call.state, path, *target) {
            grant(call.state, &holder, role, &object);
        }
    }
}

/// Whether the creator of a virtual machine gets a role on it: if the request is filtered, and if the creator couldn't
/// assign roles otherwise.
fn needs_own_role(context: &Context<'_>, vm: &str) -> bool {
    let caller = Caller::new(context.state, &context.request.user);
    authorize::is_filtered(context, &caller) || !caller.may(Permit::ManipulatePermissions, vm)
}

fn objects(state: &State, path: &str, target: Target) -> Vec<String> {
    let referring = |collection: &str, field: &'static str, id: &str| {
        let mut paths = state.paths(collection);
        paths.retain(|path| state.object(path).is_some_and(|object| refers(object, field, id)));
        paths
    };
    match target {
        Itself => vec![path.to_owned()],
        Disk => vec![join(DISKS, last(path))],
        Disks => disks(state, path),
        Referring(collection, field) => referring(collection, field, last(path)),
        ManagementProfile => {
            let networks = referring(NETWORKS, "data_center", last(path));
            networks.iter().flat_map(|network| referring(VNIC_PROFILES, "network", last(network))).collect()
        }
    }
}
