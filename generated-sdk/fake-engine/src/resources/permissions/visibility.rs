//! The objects that users see when the engine filters by their permissions.
//!
//! An object is visible if a role of the user is assigned on it or on a related object. Which relations count depends
//! on the two kinds: a role on a virtual machine shows its cluster, but a role on a cluster shows its virtual machines
//! only if the role shows children. Roles for administrators don't count.

use super::caller::Caller;
use super::objects::{Kind, cluster, data_center, disks, domains_of_disk, reference, referred};
use crate::path::{join, last};
use crate::resources::common::permission::{self, SYSTEM, everyone};
use crate::resources::common::permit::Permit;
use crate::resources::common::{disk, role, storage_domain};
use crate::resources::paths::{
    CLUSTERS, DATA_CENTERS, DISKS, EVENTS, HOSTS, IMAGE_TRANSFERS, NETWORKS, PERMISSIONS, ROLES, STORAGE_DOMAINS,
    TEMPLATES, VM_POOLS, VMS, VNIC_PROFILES,
};
use crate::state::State;
use ovirt_sdk::types::{Event, ImageTransfer};

/// The objects that a user sees.
pub(super) struct Visibility<'s> {
    state: &'s State,
    caller: Caller<'s>,
    roles: Vec<AssignedRole>,
    sees_all_users: bool,
}

/// A role for users that is assigned to the user.
struct AssignedRole {
    /// The path of the object on which it is assigned.
    object: String,
    shows_children: bool,
}

/// Fields of events that refer to objects on which roles can be assigned, and the collections of these objects.
const SUBJECTS_OF_EVENTS: [(&str, &str); 6] = [
    ("cluster", CLUSTERS),
    ("data_center", DATA_CENTERS),
    ("host", HOSTS),
    ("storage_domain", STORAGE_DOMAINS),
    ("template", TEMPLATES),
    ("vm", VMS),
];

impl<'s> Visibility<'s> {
    pub(super) fn new(caller: Caller<'s>) -> Self {
        let state = caller.state;
        let for_users = caller.grants().filter(|grant| !role::is_administrative(state, grant.role));
        let roles = for_users
            .map(|grant| AssignedRole { shows_children: role::shows_children(state, grant.role), object: grant.object })
            .collect();
        let manages_permissions =
            caller.grants().any(|grant| role::allows(state, grant.role, Permit::ManipulatePermissions));
        Self { state, caller, roles, sees_all_users: manages_permissions }
    }

    /// Whether the user sees the object at a path. Objects on which no role can be assigned are visible with the object
    /// to which they belong.
    pub(super) fn sees(&self, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        let owner = || segments.get(..2).unwrap_or_default().join("/");
        match segments.as_slice() {
            [DATA_CENTERS, _, STORAGE_DOMAINS, id, ..] => self.sees(&join(STORAGE_DOMAINS, id)),
            [CLUSTERS, _, NETWORKS, id, ..] => self.sees(&join(NETWORKS, id)),
            [EVENTS, _, ..] => self.sees_event(path),
            [IMAGE_TRANSFERS, _, ..] => {
                let transfer = self.state.get::<ImageTransfer>(&owner());
                let disk = transfer.and_then(|transfer| reference(transfer, "disk"));
                disk.is_none_or(|disk| self.sees(&join(DISKS, &disk)))
            }
            [ROLES, id] => !role::is_administrative(self.state, id),
            [PERMISSIONS, _] => true,
            [_, _, .., PERMISSIONS, _] => true,
            [_, _, _, ..] => Kind::of_path(&owner()).is_none() || self.sees(&owner()),
            _ => match Kind::of_path(path) {
                Some(Kind::User) => self.sees_all_users || self.caller.user() == Some(path),
                Some(Kind::CpuProfile) => self.caller.may(Permit::AssignCpuProfile, path),
                Some(kind) if is_filtered(kind) => self.roles.iter().any(|role| self.shows(role, kind, path)),
                _ => true,
            },
        }
    }

    /// Whether an assigned role shows the object of a kind at a path.
    fn shows(&self, role: &AssignedRole, kind: Kind, path: &str) -> bool {
        let (state, object) = (self.state, role.object.as_str());
        if kind == Kind::Network {
            let profiles = state.paths(VNIC_PROFILES);
            let of_network = |profile: &&String| referred(state, profile, "network", NETWORKS).as_deref() == Some(path);
            return profiles.iter().filter(of_network).any(|profile| self.shows(role, Kind::VnicProfile, profile));
        }
        if object == path {
            return true;
        }
        let is_object = |found: Option<String>| found.as_deref() == Some(object);
        let leads_to = |found: Option<String>| found.as_deref() == Some(path);
        let with_children = role.shows_children;
        let center = || data_center(state, path);
        match (Kind::of_path(object), kind) {
            (None, _) if object != SYSTEM => false,
            (None, Kind::Cluster | Kind::DataCenter | Kind::StorageDomain | Kind::Host) => true,
            (None, Kind::Disk) => with_children && !disk::owners(state, path).is_empty(),
            (None, Kind::DiskProfile) => false,
            (None, _) => with_children,

            (Some(Kind::DataCenter), Kind::Cluster | Kind::Host) => is_object(center()),
            (Some(Kind::DataCenter), Kind::StorageDomain) => in_data_center(state, path, object),
            (Some(Kind::DataCenter), Kind::Vm | Kind::Template | Kind::VmPool) => with_children && is_object(center()),
            (Some(Kind::DataCenter), Kind::Disk) => {
                let domains = || domains_of_disk(state, path);
                with_children && domains().iter().any(|domain| in_data_center(state, domain, object))
            }
            (Some(Kind::DataCenter), Kind::VnicProfile) => {
                let network = || referred(state, path, "network", NETWORKS);
                with_children && is_object(network().and_then(|network| data_center(state, &network)))
            }

            (Some(Kind::Cluster), Kind::DataCenter) => leads_to(data_center(state, object)),
            (Some(Kind::Cluster), Kind::Host) => is_object(cluster(state, path)),
            (Some(Kind::Cluster), Kind::Vm | Kind::VmPool) => with_children && is_object(cluster(state, path)),
            (Some(Kind::Cluster), Kind::VnicProfile) => {
                let network = || referred(state, path, "network", NETWORKS);
                let is_attached = |network: String| state.contains(&format!("{object}/{NETWORKS}/{}", last(&network)));
                with_children && network().is_some_and(is_attached)
            }

            (Some(Kind::Vm), Kind::Cluster) => leads_to(cluster(state, object)),
            (Some(Kind::Vm), Kind::DataCenter) => leads_to(data_center(state, object)),
            (Some(Kind::Vm), Kind::StorageDomain) => {
                let in_center = |center: String| in_data_center(state, path, &center);
                let template = || referred(state, object, "template", TEMPLATES);
                data_center(state, object).is_some_and(in_center)
                    || template().is_some_and(|template| is_on(state, &template, path))
            }
            (Some(Kind::Vm), Kind::Template) => leads_to(referred(state, object, "template", TEMPLATES)),
            (Some(Kind::Vm), Kind::VmPool) => leads_to(referred(state, object, "vm_pool", VM_POOLS)),
            (Some(Kind::Template), Kind::Cluster) => leads_to(cluster(state, object)),
            (Some(Kind::Template), Kind::StorageDomain) => is_on(state, object, path),
            (Some(Kind::Vm | Kind::Template), Kind::Disk) => disks(state, object).iter().any(|disk| disk == path),

            (Some(Kind::VmPool), Kind::DataCenter) => leads_to(data_center(state, object)),
            (Some(Kind::StorageDomain), Kind::Disk) => {
                with_children && domains_of_disk(state, path).iter().any(|domain| domain == object)
            }
            (Some(Kind::Network), Kind::VnicProfile) => {
                with_children && is_object(referred(state, path, "network", NETWORKS))
            }
            _ => false,
        }
    }

    /// An event is visible with any visible object that it concerns, if a user or group has a permission directly on
    /// this object.
    fn sees_event(&self, path: &str) -> bool {
        let Some(event) = self.state.get::<Event>(path) else { return true };
        let everyone = everyone();
        let has_permission = |object: &str| {
            let mut permissions = permission::on_object(self.state, object);
            permissions.any(|(_, it)| permission::holder(it).is_some_and(|holder| holder != everyone))
        };
        let subject = |(field, collection): &(&str, &str)| Some(join(collection, &reference(event, field)?));
        let mut subjects = SUBJECTS_OF_EVENTS.iter().filter_map(subject);
        subjects.any(|object| has_permission(&object) && self.sees(&object))
    }
}

/// Whether the engine filters objects of a kind.
fn is_filtered(kind: Kind) -> bool {
    !matches!(kind, Kind::Group | Kind::MacPool | Kind::Quota | Kind::GlusterVolume | Kind::User | Kind::CpuProfile)
}

fn in_data_center(state: &State, domain: &str, center: &str) -> bool {
    storage_domain::data_centers(state, domain).iter().any(|it| it == center)
}

/// Whether a disk of a template is on a storage domain.
fn is_on(state: &State, template: &str, domain: &str) -> bool {
    disks(state, template).iter().any(|disk| domains_of_disk(state, disk).iter().any(|it| it == domain))
}
