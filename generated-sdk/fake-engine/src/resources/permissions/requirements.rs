//! Which permit each method needs, and on which object.
//!
//! The rows follow the commands that the engine runs for the methods. What depends on the request is in
//! [`conditions`](super::conditions).

use super::objects::{Kind, reference};
use crate::api::Call;
use crate::path::{above, last};
use crate::resources::common::permission::SYSTEM;
use crate::resources::common::permit::Permit::{self, *};
use crate::resources::paths::NETWORKS;
use ovirt_sdk::object::{Object, member};

/// A permit that is needed on an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) permit: Permit,
    /// The path of the object. Without an object, nobody has the permit.
    pub(super) object: Option<String>,
}

impl Need {
    pub(super) fn new(permit: Permit, object: impl Into<Option<String>>) -> Self {
        Self { permit, object: object.into() }
    }

    pub(super) fn on_system(permit: Permit) -> Self {
        Self::new(permit, SYSTEM.to_owned())
    }
}

/// The object on which a permit is needed.
#[derive(Clone, Copy)]
pub(super) enum On {
    System,
    /// The last object of a kind in the address of the request.
    Address(Kind),
    /// The object of a kind to which the body refers, with a path of fields: `disk.storage_domains`. The permit isn't
    /// needed if the body has no such reference.
    Body(Kind, &'static str),
    /// The object of a kind in the body.
    WholeBody(Kind),
    /// The network with the identifier of the target.
    TargetNetwork,
}

const CLUSTER: On = On::Address(Kind::Cluster);
const CPU_PROFILE: On = On::Address(Kind::CpuProfile);
const DATA_CENTER: On = On::Address(Kind::DataCenter);
const DISK: On = On::Address(Kind::Disk);
const DISK_PROFILE: On = On::Address(Kind::DiskProfile);
const GLUSTER_VOLUME: On = On::Address(Kind::GlusterVolume);
const HOST: On = On::Address(Kind::Host);
const MAC_POOL: On = On::Address(Kind::MacPool);
const NETWORK: On = On::Address(Kind::Network);
const QUOTA: On = On::Address(Kind::Quota);
const STORAGE_DOMAIN: On = On::Address(Kind::StorageDomain);
const TEMPLATE: On = On::Address(Kind::Template);
const VM: On = On::Address(Kind::Vm);
const VM_POOL: On = On::Address(Kind::VmPool);
const VNIC_PROFILE: On = On::Address(Kind::VnicProfile);
/// The storage domain to which a disk, virtual machine or template goes.
const DESTINATION: On = On::Body(Kind::StorageDomain, "storage_domain");

/// A permit, the object on which it is needed, and the methods that need it, by service and name.
pub(super) type Row = (Permit, On, &'static [&'static str]);

/// A method that is in several rows needs all their permits.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    // Virtual machines.
    (RunVm, VM, &["vm.start"]),
    (StopVm, VM, &["vm.stop"]),
    (ShutDownVm, VM, &["vm.shutdown"]),
    (RebootVm, VM, &["vm.reboot"]),
    (ResetVm, VM, &["vm.reset"]),
    (HibernateVm, VM, &["vm.suspend"]),
    (MigrateVm, VM, &["vm.migrate", "vm.cancel_migration"]),
    (DeleteVm, VM, &["vm.remove"]),
    (CreateVm, VM, &["vm.clone", "vm.reorder_mac_addresses"]),
    (ConnectToVm, VM, &["vm.logon", "vm.screenshot", "vm.ticket", "vm_graphics_console.ticket"]),
    (ImportExportVm, VM, &["vm.export"]),
    (ImportExportVm, DESTINATION, &["vm.export"]),
    (EditVmProperties, VM, &[
        "vm.auto_pin_cpu_and_numa_nodes", "vm.update", "vm_cdroms.add", "vm_graphics_console.remove",
        "vm_graphics_consoles.add", "vm_mediated_device.remove", "vm_mediated_device.update",
        "vm_mediated_devices.add", "vm_numa_node.remove", "vm_numa_node.update", "vm_numa_nodes.add",
        "vm_watchdog.remove", "vm_watchdog.update", "vm_watchdogs.add",
    ]),
    (EditAdminVmProperties, VM, &["vm_host_device.remove", "vm_host_devices.add"]),
    (ManipulateVmSnapshots, VM, &[
        "snapshot.remove", "snapshot.restore", "snapshots.add", "vm.commit_snapshot", "vm.preview_snapshot",
        "vm.undo_snapshot",
    ]),
    (ConfigureVmStorage, VM, &["vm.freeze_filesystems", "vm.thaw_filesystems"]),
    (ConfigureVmNetwork, VM, &[
        "nic_network_filter_parameter.remove", "nic_network_filter_parameter.update",
        "nic_network_filter_parameters.add", "vm_nic.activate", "vm_nic.deactivate", "vm_nic.remove", "vm_nic.update",
        "vm_nics.add",
    ]),
    (ConfigureVmNetwork, On::Body(Kind::VnicProfile, "vnic_profile"), &["vm_nics.add"]),
    (BackupDisk, VM, &["vm_backup.finalize", "vm_backups.add", "vm_checkpoint.remove"]),
    (CreateVm, On::Body(Kind::Cluster, "cluster"), &["storage_domain_vm.import", "storage_domain_vm.register"]),
    (ImportExportVm, DESTINATION, &["external_vm_imports.add", "storage_domain_vm.import"]),
    (ImportExportVm, STORAGE_DOMAIN, &["storage_domain_vm.import"]),
    (DeleteVm, STORAGE_DOMAIN, &["storage_domain_vm.remove"]),

    // Pools.
    (CreateVmPool, On::Body(Kind::Cluster, "cluster"), &["vm_pools.add"]),
    (CreateVm, On::Body(Kind::Template, "template"), &["vm_pools.add"]),
    (EditVmPoolConfiguration, VM_POOL, &["vm_pool.update"]),
    (DeleteVmPool, VM_POOL, &["vm_pool.remove"]),
    (VmPoolBasicOperations, VM_POOL, &["vm_pool.allocate_vm"]),

    // Templates and instance types.
    (CreateTemplate, On::System, &["instance_types.add"]),
    (EditTemplateProperties, TEMPLATE, &["instance_type.update", "template.update"]),
    (DeleteTemplate, TEMPLATE, &["instance_type.remove", "template.remove"]),
    (DeleteTemplate, STORAGE_DOMAIN, &["storage_domain_template.remove"]),
    (ImportExportVm, TEMPLATE, &["template.export"]),
    (ImportExportVm, DESTINATION, &[
        "external_template_imports.add", "storage_domain_template.import", "template.export",
    ]),
    (ImportExportVm, STORAGE_DOMAIN, &["storage_domain_template.register"]),
    (ConfigureTemplateNetwork, TEMPLATE, &[
        "instance_type_nic.remove", "instance_type_nic.update", "instance_type_nics.add", "template_nic.remove",
        "template_nic.update", "template_nics.add",
    ]),
    (ConfigureTemplateNetwork, On::Body(Kind::VnicProfile, "vnic_profile"), &[
        "instance_type_nics.add", "template_nics.add",
    ]),
    (EditVmProperties, TEMPLATE, &[
        "instance_type_graphics_console.remove", "instance_type_graphics_consoles.add",
        "instance_type_watchdog.remove", "instance_type_watchdog.update", "instance_type_watchdogs.add",
        "template_graphics_console.remove", "template_graphics_consoles.add", "template_mediated_device.remove",
        "template_mediated_device.update", "template_mediated_devices.add", "template_watchdog.remove",
        "template_watchdog.update", "template_watchdogs.add",
    ]),

    // Disks.
    (EditDiskProperties, DISK, &[
        "attached_storage_domain_disk.update", "disk.convert", "disk.update", "storage_domain_disk.update",
    ]),
    (ConfigureDiskStorage, DISK, &[
        "attached_storage_domain_disk.copy", "attached_storage_domain_disk.move", "disk.copy", "disk.move",
        "storage_domain_disk.copy", "storage_domain_disk.move",
    ]),
    (AttachDisk, DISK, &["attached_storage_domain_disk.export", "disk.export", "storage_domain_disk.export"]),
    (CreateDisk, DESTINATION, &[
        "attached_storage_domain_disk.copy", "attached_storage_domain_disk.export",
        "attached_storage_domain_disk.move", "disk.copy", "disk.export", "disk.move", "image.import",
        "openstack_image.import", "storage_domain_disk.copy", "storage_domain_disk.export",
        "storage_domain_disk.move",
    ]),
    (CreateDisk, STORAGE_DOMAIN, &["attached_storage_domain_disks.add", "storage_domain_disks.add"]),
    (DeleteDisk, DISK, &["attached_storage_domain_disk.remove", "disk.remove", "storage_domain_disk.remove"]),
    (ReduceDisk, DISK, &["disk.reduce", "storage_domain_disk.reduce"]),
    (SparsifyDisk, DISK, &[
        "attached_storage_domain_disk.sparsify", "disk.sparsify", "storage_domain_disk.sparsify",
    ]),
    (ConfigureVmStorage, DISK, &["disk.refresh_lun"]),
    (ConfigureVmStorage, STORAGE_DOMAIN, &["attached_storage_domain_disk.register"]),
    (AccessImageStorage, STORAGE_DOMAIN, &["image.import"]),
    (AccessImageStorage, On::System, &["openstack_image.import"]),
    (CreateDisk, On::System, &[
        "image_transfer.cancel", "image_transfer.extend", "image_transfer.finalize", "image_transfer.pause",
        "image_transfer.resume",
    ]),

    // Storage domains.
    (CreateStorageDomain, On::System, &[
        "host.iscsi_login", "storage_domains.add", "storage_server_connection.remove",
        "storage_server_connection.update", "storage_server_connection_extension.remove",
        "storage_server_connection_extension.update", "storage_server_connection_extensions.add",
        "storage_server_connections.add",
    ]),
    (EditStorageDomainConfiguration, STORAGE_DOMAIN, &[
        "storage_domain.reduce_luns", "storage_domain.refresh_luns", "storage_domain.update",
    ]),
    (DeleteStorageDomain, STORAGE_DOMAIN, &["storage_domain.remove"]),
    (ManipulateStorageDomain, STORAGE_DOMAIN, &[
        "attached_storage_domain.activate", "attached_storage_domain.deactivate", "attached_storage_domain.remove",
        "storage_domain.update_ovf_store", "storage_domain_server_connection.remove",
        "storage_domain_server_connections.add",
    ]),
    (ManipulateStorageDomain, On::WholeBody(Kind::StorageDomain), &["attached_storage_domains.add"]),
    (ManipulateStorageDomain, DATA_CENTER, &["attached_storage_domains.add", "data_center.set_master"]),
    (CreateStorageDiskProfile, On::Body(Kind::StorageDomain, "storage_domain"), &["disk_profiles.add"]),
    (CreateStorageDiskProfile, STORAGE_DOMAIN, &["assigned_disk_profiles.add"]),
    (ConfigureStorageDiskProfile, DISK_PROFILE, &["disk_profile.update"]),
    (DeleteStorageDiskProfile, DISK_PROFILE, &["assigned_disk_profile.remove", "disk_profile.remove"]),

    // Data centers.
    (CreateStoragePool, On::System, &["data_centers.add"]),
    (EditStoragePoolConfiguration, DATA_CENTER, &[
        "data_center.update", "iscsi_bond.remove", "iscsi_bond.update", "iscsi_bonds.add", "qos.remove",
    ]),
    (DeleteStoragePool, DATA_CENTER, &["data_center.remove"]),
    (ManipulateHost, DATA_CENTER, &["data_center.clean_finished_tasks"]),
    (ConfigureQuota, DATA_CENTER, &["quotas.add"]),
    (ConfigureQuota, QUOTA, &[
        "quota.remove", "quota.update", "quota_cluster_limit.remove", "quota_cluster_limits.add",
        "quota_storage_limit.remove", "quota_storage_limits.add",
    ]),

    // Networks.
    (CreateStoragePoolNetwork, DATA_CENTER, &["data_center_networks.add"]),
    (CreateStoragePoolNetwork, On::Body(Kind::DataCenter, "data_center"), &["networks.add", "openstack_network.import"]),
    (ConfigureStoragePoolNetwork, On::TargetNetwork, &[
        "data_center_network.remove", "data_center_network.update", "network.remove", "network.update",
    ]),
    (AssignClusterNetwork, On::WholeBody(Kind::Network), &["cluster_networks.add"]),
    (AssignClusterNetwork, On::TargetNetwork, &["cluster_network.remove"]),
    (CreateNetworkVnicProfile, On::Body(Kind::Network, "network"), &["vnic_profiles.add"]),
    (CreateNetworkVnicProfile, NETWORK, &["assigned_vnic_profiles.add"]),
    (ConfigureNetworkVnicProfile, VNIC_PROFILE, &["vnic_profile.update"]),
    (DeleteNetworkVnicProfile, VNIC_PROFILE, &["assigned_vnic_profile.remove", "vnic_profile.remove"]),
    (CreateMacPool, On::System, &["mac_pools.add"]),
    (EditMacPool, MAC_POOL, &["mac_pool.update"]),
    (DeleteMacPool, MAC_POOL, &["mac_pool.remove"]),

    // Clusters.
    (EditClusterConfiguration, CLUSTER, &[
        "cluster.reset_emulated_machine", "cluster.update", "cluster.upgrade", "cluster_enabled_feature.remove",
        "cluster_enabled_features.add",
    ]),
    (DeleteCluster, CLUSTER, &["cluster.remove"]),
    (ConfigureHostNetwork, CLUSTER, &["cluster.sync_all_networks"]),
    (ManipulateAffinityGroups, CLUSTER, &[
        "affinity_group.remove", "affinity_group.update", "affinity_group_host.remove",
        "affinity_group_host_label.remove", "affinity_group_host_labels.add", "affinity_group_hosts.add",
        "affinity_group_vm.remove", "affinity_group_vm_label.remove", "affinity_group_vm_labels.add",
        "affinity_group_vms.add", "affinity_groups.add",
    ]),
    (CreateCpuProfile, On::Body(Kind::Cluster, "cluster"), &["cpu_profiles.add"]),
    (CreateCpuProfile, CLUSTER, &["assigned_cpu_profiles.add"]),
    (UpdateCpuProfile, CPU_PROFILE, &["cpu_profile.update"]),
    (DeleteCpuProfile, CPU_PROFILE, &["assigned_cpu_profile.remove", "cpu_profile.remove"]),

    // Gluster.
    (CreateGlusterVolume, CLUSTER, &["gluster_volumes.add"]),
    (DeleteGlusterVolume, GLUSTER_VOLUME, &["gluster_volume.remove"]),
    (ManipulateGlusterVolume, CLUSTER, &["cluster.refresh_gluster_heal_status"]),
    (ManipulateGlusterVolume, GLUSTER_VOLUME, &[
        "gluster_brick.remove", "gluster_bricks.activate", "gluster_bricks.add", "gluster_bricks.migrate",
        "gluster_bricks.remove", "gluster_bricks.stop_migrate", "gluster_volume.rebalance",
        "gluster_volume.reset_all_options", "gluster_volume.reset_option", "gluster_volume.set_option",
        "gluster_volume.start", "gluster_volume.start_profile", "gluster_volume.stop", "gluster_volume.stop_profile",
        "gluster_volume.stop_rebalance",
    ]),
    (ManipulateGlusterHook, CLUSTER, &[
        "gluster_hook.disable", "gluster_hook.enable", "gluster_hook.remove", "gluster_hook.resolve",
    ]),

    // Hosts.
    (CreateHost, On::Body(Kind::Cluster, "cluster"), &["hosts.add"]),
    (CreateHost, HOST, &["host.approve"]),
    (EditHostConfiguration, HOST, &[
        "fence_agent.remove", "fence_agent.update", "fence_agents.add", "host.enroll_certificate", "host.install",
        "host.update", "host.upgrade", "host.upgrade_check",
    ]),
    (DeleteHost, HOST, &["host.remove"]),
    (ManipulateHost, HOST, &[
        "host.activate", "host.deactivate", "host.fence", "host.force_select_spm", "host.refresh",
    ]),
    (ConfigureHostNetwork, HOST, &[
        "host.commit_net_config", "host.copy_host_networks", "host.setup_networks", "host.sync_all_networks",
        "host_nic.update_virtual_functions_configuration", "network_attachment.remove", "network_attachment.update",
        "network_attachments.add", "unmanaged_network.remove", "virtual_function_allowed_network.remove",
        "virtual_function_allowed_networks.add",
    ]),
    (ConfigureHostNetwork, On::Body(Kind::Host, "source_host"), &["host.copy_host_networks"]),

    // The system.
    (ConfigureEngine, On::System, &["system.reload_configurations"]),
    (ManipulateUsers, On::System, &["group.remove", "groups.add", "user.remove", "users.add"]),
    (EditProfile, On::System, &[
        "ssh_public_key.remove", "ssh_public_key.update", "ssh_public_keys.add", "user.update", "user_option.remove",
        "user_options.add",
    ]),
    (ManipulateRoles, On::System, &[
        "permit.remove", "permits.add", "role.remove", "role.update", "roles.add",
    ]),
    (EventNotificationManagement, On::System, &["event_subscription.remove", "event_subscriptions.add"]),
    (AuditLogManagement, On::System, &["events.undelete"]),
    (InjectExternalTasks, On::System, &["job.clear", "job.end", "jobs.add", "step.end", "steps.add"]),
    (BookmarkManagement, On::System, &["bookmark.remove", "bookmark.update", "bookmarks.add"]),
    (TagManagement, On::System, &[
        "affinity_label.remove", "affinity_label.update", "affinity_label_host.remove", "affinity_label_hosts.add",
        "affinity_label_vm.remove", "affinity_label_vms.add", "affinity_labels.add", "assigned_affinity_label.remove",
        "assigned_affinity_labels.add", "assigned_tag.remove", "assigned_tags.add", "tag.remove", "tag.update",
        "tags.add",
    ]),
    (EditStoragePoolConfiguration, On::System, &[
        "balance.remove", "balances.add", "filter.remove", "filters.add", "scheduling_policies.add",
        "scheduling_policy.remove", "scheduling_policy.update", "scheduling_policy_unit.remove", "weight.remove",
        "weights.add",
    ]),
    (CreateStoragePool, On::System, &[
        "external_host_provider.import_certificates", "external_host_provider.remove",
        "external_host_provider.test_connectivity", "external_host_provider.update", "external_host_providers.add",
        "openstack_image_provider.import_certificates", "openstack_image_provider.remove",
        "openstack_image_provider.test_connectivity", "openstack_image_provider.update",
        "openstack_image_providers.add", "openstack_network_provider.import_certificates",
        "openstack_network_provider.remove", "openstack_network_provider.test_connectivity",
        "openstack_network_provider.update", "openstack_network_providers.add", "openstack_subnet.remove",
        "openstack_subnets.add", "openstack_volume_authentication_key.remove",
        "openstack_volume_authentication_key.update", "openstack_volume_authentication_keys.add",
        "openstack_volume_provider.import_certificates", "openstack_volume_provider.remove",
        "openstack_volume_provider.test_connectivity", "openstack_volume_provider.update",
        "openstack_volume_providers.add",
    ]),
];

/// Methods that change something or could, and need no permit: the engine only runs queries for them, or rejects them.
pub(super) const WITHOUT_PERMIT: &[&str] = &[
    "gluster_brick.replace",
    "gluster_volume.get_profile_statistics",
    "host.discover_iscsi",
    "host.iscsi_discover",
    "host.unregistered_storage_domains_discover",
    "storage_domain.is_attached",
    // The engine runs its command only for the virtual machine with the hosted engine, which this engine doesn't have.
    "vm.maintenance",
    "vm_graphics_console.proxy_ticket",
    "vm_graphics_console.remote_viewer_connection_file",
];

impl On {
    /// The object in a request, or `None` if the permit isn't needed.
    pub(super) fn need(self, call: &Call<'_>, permit: Permit) -> Option<Need> {
        let state = &*call.state;
        match self {
            Self::System => Some(Need::on_system(permit)),
            Self::Address(kind) => Some(Need::new(permit, kind.in_address(&call.target.address))),
            Self::Body(kind, fields) => {
                let id = sent_reference(call, fields)?;
                Some(Need::new(permit, kind.path(state, &id)))
            }
            Self::WholeBody(kind) => {
                let id = call.sent().and_then(crate::fields::id_of)?;
                Some(Need::new(permit, kind.path(state, &id)))
            }
            Self::TargetNetwork => Some(Need::new(permit, format!("{NETWORKS}/{}", last(&call.target.path)))),
        }
    }
}

/// The identifier to which the body of a request, or the parameters of an action, refer with a path of fields.
pub(super) fn sent_reference(call: &Call<'_>, fields: &str) -> Option<String> {
    let first = fields.split('.').next().unwrap_or(fields);
    let in_body = || follow(call.sent()?, fields);
    let in_parameters = || {
        let parameter = call.argument(first)?;
        match fields.split_once('.') {
            Some((_, rest)) => follow(parameter, rest),
            None => crate::fields::id_of(parameter),
        }
    };
    in_body().or_else(in_parameters)
}

/// The identifier of the object at the end of a path of fields; of a list, the first item counts.
fn follow(object: &dyn Object, fields: &str) -> Option<String> {
    let (field, rest) = fields.split_once('.').map_or((fields, None), |(field, rest)| (field, Some(rest)));
    let Some(rest) = rest else {
        let list = || crate::fields::id_of(member(object, field)?.as_list()?.object(0)?);
        return reference(object, field).or_else(list);
    };
    follow(member(object, field)?.as_object()?, rest)
}

/// The path of the object to which a collection belongs, for permissions on it.
pub(super) fn owner(call: &Call<'_>) -> String {
    if call.target.is_object { above(&call.target.path, 2).to_owned() } else { call.target.parent.clone() }
}
