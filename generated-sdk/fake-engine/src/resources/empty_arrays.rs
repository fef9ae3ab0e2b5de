//! Collections that have an array in JSON documents even if they are empty. An empty list of the engine has an array if
//! its code asks for the list without adding an item.

use crate::api::Registry;

/// The services of the collections.
const SERVICES: [&str; 25] = [
    "affinity_group_host_labels",
    "affinity_group_vm_labels",
    "affinity_group_vms",
    "affinity_label_hosts",
    "affinity_label_vms",
    "assigned_affinity_labels",
    "assigned_cpu_profiles",
    "assigned_disk_profiles",
    "assigned_vnic_profiles",
    "cpu_profiles",
    "data_center_networks",
    "disk_profiles",
    "domain_user_groups",
    "gluster_bricks",
    "host_cpu_units",
    "host_hooks",
    "ssh_public_keys",
    "statistics",
    "storage_domain_templates",
    "storage_domain_vms",
    "user_options",
    "vm_backup_disks",
    "vm_checkpoint_disks",
    "vm_numa_nodes",
    "vnic_profiles",
];

pub(super) fn register(registry: &mut Registry) {
    SERVICES.iter().for_each(|service| registry.touch_list(service));
}
