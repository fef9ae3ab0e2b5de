//! Which methods read what only administrators see.
//!
//! The engine filters lists and objects by the permissions of users, but not with all of its queries: some fail for
//! everyone who isn't an administrator.

use crate::resources::paths::{GLUSTER_VOLUMES, HOSTS, JOBS, is_below, is_in};
use crate::routes::Method;
use ovirt_sdk::request::Verb;

/// Methods that run a query for administrators only, by service and name. Methods that update or remove an object also
/// run the queries of the method that gets it.
const FOR_ADMINISTRATORS: &[&str] = &[
    "affinity_group.get",
    "affinity_group_host_labels.list",
    "affinity_group_hosts.list",
    "affinity_group_vm_labels.list",
    "affinity_group_vms.list",
    "affinity_groups.list",
    "affinity_label.get",
    "affinity_label_host.get",
    "affinity_label_hosts.add",
    "affinity_label_hosts.list",
    "affinity_label_vm.get",
    "affinity_label_vms.add",
    "affinity_label_vms.list",
    "affinity_labels.list",
    "assigned_affinity_label.get",
    "assigned_affinity_labels.add",
    "assigned_affinity_labels.list",
    "assigned_cpu_profile.get",
    "assigned_disk_profile.get",
    "assigned_tag.get",
    "assigned_tags.list",
    "attached_storage_domain.get",
    "attached_storage_domain_disks.list",
    "balance.get",
    "balances.add",
    "balances.list",
    "bookmark.get",
    "bookmarks.list",
    "cluster_enabled_feature.get",
    "cluster_enabled_features.list",
    "cluster_feature.get",
    "cluster_features.list",
    "cpu_profile.get",
    "cpu_profiles.list",
    "disk_profile.get",
    "disk_profiles.list",
    "disk_snapshot.get",
    "engine_katello_errata.list",
    "event.get",
    "event_subscription.get",
    "event_subscriptions.list",
    "external_compute_resource.get",
    "external_compute_resources.list",
    "external_discovered_host.get",
    "external_discovered_hosts.list",
    "external_host.get",
    "external_host_group.get",
    "external_host_groups.list",
    "external_host_provider.get",
    "external_host_provider.import_certificates",
    "external_host_provider.test_connectivity",
    "external_host_providers.list",
    "external_hosts.list",
    "external_network_provider_configuration.get",
    "external_network_provider_configurations.list",
    "external_provider_certificate.get",
    "external_provider_certificates.list",
    "fence_agent.get",
    "fence_agents.list",
    "filter.get",
    "filters.add",
    "filters.list",
    "gluster_brick.get",
    "gluster_bricks.activate",
    "gluster_bricks.list",
    "gluster_hook.get",
    "gluster_hooks.list",
    "gluster_volume.get",
    "gluster_volume.get_profile_statistics",
    "group.get",
    "host.discover_iscsi",
    "host.get",
    "host.install",
    "host.iscsi_discover",
    "host.setup_networks",
    "host.unregistered_storage_domains_discover",
    "host_cpu_units.list",
    "host_device.get",
    "host_devices.list",
    "host_hook.get",
    "host_hooks.list",
    "host_nic.get",
    "host_nic.update_virtual_functions_configuration",
    "host_nics.list",
    "host_storage.list",
    "image_transfers.list",
    "iscsi_bond.get",
    "iscsi_bonds.list",
    "jobs.list",
    "katello_errata.list",
    "katello_erratum.get",
    "link_layer_discovery_protocol.list",
    "mac_pool.get",
    "mac_pools.list",
    "network_attachment.get",
    "network_attachments.list",
    "network_filter.get",
    "network_filters.list",
    "network_label.get",
    "network_labels.list",
    "openstack_image_provider.get",
    "openstack_image_provider.import_certificates",
    "openstack_image_provider.test_connectivity",
    "openstack_image_providers.list",
    "openstack_network.get",
    "openstack_network.import",
    "openstack_network_provider.get",
    "openstack_network_provider.import_certificates",
    "openstack_network_provider.test_connectivity",
    "openstack_network_providers.list",
    "openstack_networks.list",
    "openstack_subnet.get",
    "openstack_subnets.list",
    "qos.get",
    "qoss.list",
    "scheduling_policies.list",
    "scheduling_policy.get",
    "scheduling_policy_unit.get",
    "scheduling_policy_units.list",
    "step.get",
    "steps.list",
    "storage.get",
    "storage_domain.is_attached",
    "storage_domain_disks.list",
    "storage_domain_server_connection.get",
    "storage_domain_server_connections.list",
    "storage_domain_vms.list",
    "storage_server_connection.get",
    "storage_server_connection_extension.get",
    "storage_server_connection_extensions.list",
    "storage_server_connections.list",
    "tag.get",
    "tags.list",
    "unmanaged_network.get",
    "unmanaged_networks.list",
    "virtual_function_allowed_network.get",
    "virtual_function_allowed_networks.list",
    "vm_backup.finalize",
    "vm_backup.get",
    "vm_backup_disks.list",
    "vm_backups.list",
    "vm_checkpoint.get",
    "vm_checkpoint_disks.list",
    "vm_checkpoints.list",
    "vm_host_device.get",
    "vm_host_devices.list",
    "weight.get",
    "weights.add",
    "weights.list",
];

/// Methods that update or remove an object without reading it first.
const BLIND: &[&str] = &[
    "affinity_group_host.remove",
    "affinity_group_host_label.remove",
    "affinity_group_vm.remove",
    "affinity_group_vm_label.remove",
    "affinity_label.remove",
    "disk_attachment.remove",
    "nic_network_filter_parameter.remove",
    "vm_cdrom.update",
];

/// Actions that read the object first.
const READING_ACTIONS: &[&str] = &[
    "attached_storage_domain_disk.copy",
    "attached_storage_domain_disk.move",
    "attached_storage_domain_disk.sparsify",
    "cluster.reset_emulated_machine",
    "disk.convert",
    "disk.copy",
    "disk.move",
    "disk.reduce",
    "disk.sparsify",
    "storage_domain_disk.copy",
    "storage_domain_disk.move",
    "storage_domain_disk.reduce",
    "storage_domain_disk.sparsify",
    "vm.auto_pin_cpu_and_numa_nodes",
    "vm.clone",
    "vm.maintenance",
    "vm.reorder_mac_addresses",
    "vm_nic.activate",
    "vm_nic.deactivate",
];

/// Lists that fail if the user doesn't see the object to which they belong. Other lists are empty then.
const LISTS_OF_VISIBLE_OBJECTS: &[&str] = &[
    "instance_type_graphics_consoles.list",
    "statistics.list",
    "template_cdroms.list",
    "template_graphics_consoles.list",
    "vm_applications.list",
    "vm_cdroms.list",
    "vm_graphics_consoles.list",
    "vm_sessions.list",
];

/// The key of a method in the tables: `vm.start`.
pub(super) fn key(service: &str, method: &str) -> String {
    format!("{service}.{method}")
}

/// Whether a method at an address runs a query for administrators only.
pub(super) fn is_for_administrators(service: &str, method: &Method, address: &str) -> bool {
    let is_listed = |method: &str| FOR_ADMINISTRATORS.binary_search(&key(service, method).as_str()).is_ok();
    // The statistics of some objects are read with the whole object.
    let of_restricted_object = matches!(service, "statistics" | "statistic")
        && (is_in(address, HOSTS) || is_in(address, JOBS) || is_below(address, GLUSTER_VOLUMES));
    is_listed(method.name) || of_restricted_object || (reads_target(service, method) && is_listed("get"))
}

/// Whether a method reads the target before anything else.
pub(super) fn reads_target(service: &str, method: &Method) -> bool {
    let key = key(service, method.name);
    match method.verb {
        Verb::Get => true,
        Verb::Update | Verb::Remove => BLIND.binary_search(&key.as_str()).is_err(),
        Verb::Action => READING_ACTIONS.binary_search(&key.as_str()).is_ok(),
        Verb::List | Verb::Add => false,
    }
}

/// Whether a list fails if the user doesn't see the object to which it belongs.
pub(super) fn needs_visible_parent(service: &str) -> bool {
    LISTS_OF_VISIBLE_OBJECTS.binary_search(&key(service, "list").as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Service;

    #[test]
    fn tables_are_sorted_and_name_methods_of_the_model() {
        for table in [FOR_ADMINISTRATORS, BLIND, READING_ACTIONS, LISTS_OF_VISIBLE_OBJECTS] {
            assert!(table.is_sorted(), "{table:?}");
            for key in table {
                let (service, method) = key.split_once('.').unwrap();
                let methods = Service::named(service).unwrap_or_else(|| panic!("{key}")).methods;
                assert!(methods.iter().any(|it| it.name == method), "{key}");
            }
        }
    }
}
