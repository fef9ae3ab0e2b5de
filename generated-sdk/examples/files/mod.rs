//! Folders of objects as files: which objects have files, and what they contain. `apply` and `export` share it.

use ovirt_sdk::object::{Object, text};

/// Calls a macro with the kinds of objects: the folder, which is also the collection, the type, the field that identifies an
/// object, and the collections of the object whose items are parts of its file.
macro_rules! kinds {
    ($then:ident) => {
        $then! {
            affinity_labels AffinityLabel "name" [];
            bookmarks Bookmark "name" [];
            clusters Cluster "name" [affinity_groups AffinityGroup, networks Network];
            cpu_profiles CpuProfile "name" [];
            data_centers DataCenter "name" [iscsi_bonds IscsiBond, qoss Qos, quotas Quota];
            disk_profiles DiskProfile "name" [];
            disks Disk "name" [];
            external_host_providers ExternalHostProvider "name" [];
            hosts Host "name" [];
            instance_types InstanceType "name" [nics Nic];
            mac_pools MacPool "name" [];
            networks Network "name" [];
            openstack_image_providers OpenStackImageProvider "name" [];
            openstack_network_providers OpenStackNetworkProvider "name" [];
            roles Role "name" [];
            scheduling_policies SchedulingPolicy "name" [];
            storage_domains StorageDomain "name" [];
            tags Tag "name" [];
            templates Template "name" [nics Nic];
            users User "user_name" [];
            vm_pools VmPool "name" [];
            vms Vm "name" [nics Nic];
            vnic_profiles VnicProfile "name" [];
        }
    };
}
pub(crate) use kinds;

macro_rules! identifying_fields {
    ($($collection:ident $type:ident $field:literal [$($list:ident $part:ident),*];)*) => {
        /// The types, and the fields that identify their objects.
        const IDENTIFYING: &[(&str, &str)] =
            &[$((<ovirt_sdk::types::$type as ovirt_sdk::object::Struct>::INFO.name, $field)),*];
    };
}
kinds!(identifying_fields);

const NEEDED: [(&str, &[&str]); 4] = [
    ("disk", &["storage_domains"]),
    ("host", &["root_password", "ssh.authentication_method"]),
    ("storage_domain", &["host"]),
    ("template", &["vm"]),
];

/// Alternatives of what a new object needs, and what no export contains. Objects without it must exist.
pub fn needed(kind: &str) -> &'static [&'static str] {
    NEEDED.iter().find(|(other, _)| *other == kind).map_or(&[], |(_, fields)| fields)
}

/// The type of an object, and the text that identifies it.
pub type Key = (&'static str, String);

/// What an object is called. Parts of files are called by their `name`.
pub fn key(object: &dyn Object) -> Key {
    let kind = object.info().name;
    let field = IDENTIFYING.iter().find(|(other, _)| *other == kind).map_or("name", |(_, field)| field);
    (kind, text(object, field).unwrap_or_default())
}

/// What tells an object from others. Networks of different data centers can have the same name.
pub fn identity(object: &dyn Object) -> (Key, Option<String>) {
    let key = key(object);
    let data_center = text(object, "data_center.name").filter(|_| key.0 == "network");
    (key, data_center)
}
