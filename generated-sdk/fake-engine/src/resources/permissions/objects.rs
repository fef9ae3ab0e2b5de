//! The objects on which roles can be assigned, and from which of them others inherit permissions.

use crate::fields::id_of;
use crate::path::{above, join};
use crate::resources::common::permission::SYSTEM;
use crate::resources::common::{disk, storage_domain};
use crate::resources::paths::{
    CLUSTERS, CPU_PROFILES, DATA_CENTERS, DISK_ATTACHMENTS, DISK_PROFILES, DISKS, GLUSTER_VOLUMES, GROUPS, HOSTS,
    INSTANCE_TYPES, MAC_POOLS, NETWORKS, QUOTAS, STORAGE_DOMAINS, TEMPLATES, USERS, VM_POOLS, VMS, VNIC_PROFILES,
};
use crate::state::State;
use ovirt_sdk::object::{Object, member};

/// A kind of object on which roles can be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cluster,
    CpuProfile,
    DataCenter,
    Disk,
    DiskProfile,
    GlusterVolume,
    Group,
    Host,
    MacPool,
    Network,
    Quota,
    StorageDomain,
    /// Templates and instance types.
    Template,
    User,
    Vm,
    VmPool,
    VnicProfile,
}

/// The collections with objects of a kind. An object of another kind can be in a collection of the same name below
/// other objects.
const COLLECTIONS: [(&str, Kind); 18] = [
    (CLUSTERS, Kind::Cluster),
    (CPU_PROFILES, Kind::CpuProfile),
    (DATA_CENTERS, Kind::DataCenter),
    (DISKS, Kind::Disk),
    (DISK_PROFILES, Kind::DiskProfile),
    (GLUSTER_VOLUMES, Kind::GlusterVolume),
    (GROUPS, Kind::Group),
    (HOSTS, Kind::Host),
    (INSTANCE_TYPES, Kind::Template),
    (MAC_POOLS, Kind::MacPool),
    (NETWORKS, Kind::Network),
    (QUOTAS, Kind::Quota),
    (STORAGE_DOMAINS, Kind::StorageDomain),
    (TEMPLATES, Kind::Template),
    (USERS, Kind::User),
    (VMS, Kind::Vm),
    (VM_POOLS, Kind::VmPool),
    (VNIC_PROFILES, Kind::VnicProfile),
];

impl Kind {
    /// The kind of the object at a path, or of the objects in a collection.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let mut segments = path.split('/');
        let (collection, _) = (segments.next()?, segments.next());
        match (segments.next(), segments.nth(1)) {
            (None, _) => Self::of_collection(collection),
            (Some(QUOTAS), None) => Some(Self::Quota),
            (Some(GLUSTER_VOLUMES), None) => Some(Self::GlusterVolume),
            _ => None,
        }
    }

    /// The name in events.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::CpuProfile => "Cpu Profile",
            Self::DataCenter => "Data Center",
            Self::Disk => "Disk",
            Self::DiskProfile => "Disk Profile",
            Self::GlusterVolume => "Gluster Volume",
            Self::Group | Self::User => "User",
            Self::Host => "Host",
            Self::MacPool => "MAC Pool",
            Self::Network => "Network",
            Self::Quota => "Quota",
            Self::StorageDomain => "Storage",
            Self::Template => "Template",
            Self::Vm => "VM",
            Self::VmPool => "VM Pool",
            Self::VnicProfile => "Vnic Profile",
        }
    }

    fn of_collection(collection: &str) -> Option<Self> {
        COLLECTIONS.iter().find(|(name, _)| *name == collection).map(|(_, kind)| *kind)
    }

    /// The path of an object of the kind by its identifier; not for quotas and volumes, which are below other objects.
    pub(super) fn path(self, state: &State, id: &str) -> String {
        let collections = COLLECTIONS.iter().filter(|(_, kind)| *kind == self).map(|(name, _)| join(name, id));
        let paths: Vec<String> = collections.collect();
        paths.iter().find(|path| state.contains(path)).or_else(|| paths.first()).cloned().unwrap_or_default()
    }

    /// The path of the last object of the kind in an address: `vms/1` in `vms/1/nics/2`.
    pub(super) fn in_address(self, address: &str) -> Option<String> {
        let segments: Vec<&str> = address.split('/').collect();
        let named = |pair: &[&str]| pair.first().and_then(|name| Self::of_collection(name)) == Some(self);
        let start = (0..segments.len().saturating_sub(1)).rev().find(|it| segments.get(*it..).is_some_and(named))?;
        let is_nested = matches!(self, Self::Quota | Self::GlusterVolume);
        let first = if is_nested { start.saturating_sub(2) } else { start };
        Some(segments.get(first..start + 2)?.join("/"))
    }
}

/// The identifier to which a field of an object refers.
pub(super) fn reference(object: &dyn Object, field: &str) -> Option<String> {
    member(object, field)?.as_object().and_then(id_of)
}

/// The path of the object to which a field of the object at a path refers.
pub(super) fn referred(state: &State, path: &str, field: &str, collection: &str) -> Option<String> {
    reference(state.object(path)?, field).map(|id| join(collection, &id))
}

/// The path of the cluster of an object.
pub(super) fn cluster(state: &State, path: &str) -> Option<String> {
    referred(state, path, "cluster", CLUSTERS)
}

/// The path of the data center of an object, or of its cluster.
pub(super) fn data_center(state: &State, path: &str) -> Option<String> {
    let referred_center = |path: &str| referred(state, path, "data_center", DATA_CENTERS);
    referred_center(path).or_else(|| referred_center(&cluster(state, path)?))
}

/// The paths of the disks of a virtual machine or template.
pub(super) fn disks(state: &State, owner: &str) -> Vec<String> {
    let attachments = state.paths(&format!("{owner}/{DISK_ATTACHMENTS}"));
    attachments.iter().map(|path| join(DISKS, crate::path::last(path))).collect()
}

/// The paths of the storage domains of a disk.
pub(super) fn domains_of_disk(state: &State, disk: &str) -> Vec<String> {
    let disk = state.get::<ovirt_sdk::types::Disk>(disk);
    let domains = disk.iter().flat_map(|disk| disk.storage_domains.iter().flatten());
    domains.filter_map(|domain| domain.id.as_deref()).map(|id| join(STORAGE_DOMAINS, id)).collect()
}

/// The paths of an object and of all objects from which it inherits permissions, up to the [system](SYSTEM).
pub(super) fn lineage(state: &State, path: &str) -> Vec<String> {
    let mut lineage = vec![path.to_owned()];
    if path != SYSTEM {
        lineage.extend(ancestors(state, path));
        lineage.push(SYSTEM.to_owned());
    }
    lineage
}

fn ancestors(state: &State, path: &str) -> Vec<String> {
    let with_centers = |domains: Vec<String>| {
        let centers = domains.iter().flat_map(|domain| storage_domain::data_centers(state, domain)).collect::<Vec<_>>();
        domains.into_iter().chain(centers).collect()
    };
    let of_cluster = |cluster: Option<String>| {
        let center = cluster.as_deref().and_then(|cluster| data_center(state, cluster));
        cluster.into_iter().chain(center).collect()
    };
    match Kind::of_path(path) {
        Some(Kind::Vm | Kind::Host | Kind::VmPool | Kind::CpuProfile) => of_cluster(cluster(state, path)),
        Some(Kind::GlusterVolume) => of_cluster(Some(above(path, 2).to_owned())),
        Some(Kind::Cluster | Kind::Network) => data_center(state, path).into_iter().collect(),
        Some(Kind::Quota) => vec![above(path, 2).to_owned()],
        Some(Kind::StorageDomain) => storage_domain::data_centers(state, path),
        Some(Kind::DiskProfile) => {
            with_centers(referred(state, path, "storage_domain", STORAGE_DOMAINS).into_iter().collect())
        }
        Some(Kind::VnicProfile) => {
            let network = referred(state, path, "network", NETWORKS);
            let center = network.as_deref().and_then(|network| data_center(state, network));
            network.into_iter().chain(center).collect()
        }
        // Only the data center of its first disk counts.
        Some(Kind::Template) => {
            let domains = disks(state, path).first().map_or_else(Vec::new, |disk| domains_of_disk(state, disk));
            domains.first().map_or_else(Vec::new, |domain| storage_domain::data_centers(state, domain))
        }
        Some(Kind::Disk) => {
            let mut found: Vec<String> = with_centers(domains_of_disk(state, path));
            for owner in disk::owners(state, path) {
                found.extend(cluster(state, &owner));
                found.push(owner);
            }
            found
        }
        Some(Kind::DataCenter | Kind::MacPool | Kind::User | Kind::Group) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_from_paths() {
        for (path, kind) in [
            ("vms/1", Some(Kind::Vm)),
            ("instancetypes/1", Some(Kind::Template)),
            ("vms/1/nics/2", None),
            ("vms/1/nics", None),
            ("datacenters/1/quotas/2", Some(Kind::Quota)),
            ("datacenters/1/quotas/2/quotaclusterlimits/3", None),
            ("clusters/1/glustervolumes/2", Some(Kind::GlusterVolume)),
            ("tags/1", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_path(path), kind, "{path}");
        }
    }

    #[test]
    fn objects_are_found_in_addresses() {
        for (kind, address, path) in [
            (Kind::Vm, "vms/1/nics/2", Some("vms/1")),
            (Kind::Vm, "vms", None),
            (Kind::Cluster, "datacenters/1/clusters/2/networks", Some("clusters/2")),
            (Kind::DataCenter, "datacenters/1/clusters/2", Some("datacenters/1")),
            (Kind::Quota, "datacenters/1/quotas/2/permissions", Some("datacenters/1/quotas/2")),
            (Kind::StorageDomain, "datacenters/1/storagedomains/2", Some("storagedomains/2")),
            (Kind::Host, "vms/1", None),
        ] {
            assert_eq!(kind.in_address(address).as_deref(), path, "{address}");
        }
    }
}
