//! Responses of the engine to requests about objects that don't exist, where they are not the usual ones.
//!
//! Most commands of the engine look for the object themselves and fail with a message of their own. Some fail with an
//! exception.

use crate::api::UnknownObject::{Completed, EmptyFailure, Exception, Fault, Handled, NotFound};
use crate::api::{self, Registry, UnknownObject};

const NO_GLUSTER_HOOK: UnknownObject = Fault(500, "[General command validation failure.]");
const NO_DATA_CENTER: UnknownObject = Fault(400, "[Data Center doesn't exist.]");
const NO_ENTITY: UnknownObject = Fault(404, "Entity not found: {id}");
const NO_VM: UnknownObject = Fault(404, "Entity not found: VM: id={id}");
const NO_COMMAND: UnknownObject = Fault(
    500,
    "java.lang.NullPointerException: Cannot invoke \"org.ovirt.engine.core.bll.CommandBase.getParameters()\" because \
     \"commandBase\" is null",
);

/// Services, methods and the responses to them.
const RESPONSES: &[(&str, &str, UnknownObject)] = &[
    ("affinity_label", "remove", Fault(400, "[Affinity label does not exist.]")),
    ("attached_storage_domain", "activate", NO_DATA_CENTER),
    (
        "attached_storage_domain",
        "deactivate",
        Fault(
            500,
            "java.lang.NullPointerException: Cannot invoke \
             \"org.ovirt.engine.core.common.businessentities.StorageDomain.getStatus()\" because the return value of \
             \"org.ovirt.engine.core.bll.storage.domain.DeactivateStorageDomainWithOvfUpdateCommand.getStorageDomain()\" \
             is null",
        ),
    ),
    ("attached_storage_domain_disk", "register", Fault(400, "Storage Domain doesn't exist.")),
    ("cluster", "refresh_gluster_heal_status", Fault(400, "[Cannot sync Gluster Volume. Cluster ID is not valid.]")),
    ("cluster", "sync_all_networks", Completed),
    ("cluster", "upgrade", Exception),
    ("data_center", "clean_finished_tasks", NO_DATA_CENTER),
    ("data_center", "set_master", NO_DATA_CENTER),
    ("disk", "convert", NotFound),
    ("files", "list", Fault(404, "Entity not found: storage_domain")),
    ("gluster_brick", "replace", Handled),
    ("gluster_hook", "disable", NO_GLUSTER_HOOK),
    ("gluster_hook", "enable", NO_GLUSTER_HOOK),
    ("gluster_hook", "resolve", NO_GLUSTER_HOOK),
    ("gluster_volume", "rebalance", Fault(400, "[Cannot rebalance Gluster Volume. Gluster Volume is not valid.]")),
    (
        "gluster_volume",
        "reset_all_options",
        Fault(400, "[Cannot reset Gluster Volume Option. Gluster Volume is not valid.]"),
    ),
    (
        "gluster_volume",
        "reset_option",
        Fault(400, "[Cannot reset Gluster Volume Option. Gluster Volume is not valid.]"),
    ),
    ("gluster_volume", "set_option", Fault(400, "[Cannot set Gluster Volume Option. Gluster Volume is not valid.]")),
    ("gluster_volume", "start", Fault(400, "[Cannot start Gluster Volume. Gluster Volume is not valid.]")),
    (
        "gluster_volume",
        "start_profile",
        Fault(400, "[Cannot start profiling Gluster Volume. Gluster Volume is not valid.]"),
    ),
    ("gluster_volume", "stop", Fault(400, "[Cannot stop Gluster Volume. Gluster Volume is not valid.]")),
    (
        "gluster_volume",
        "stop_profile",
        Fault(400, "[Cannot stop profiling Gluster Volume. Gluster Volume is not valid.]"),
    ),
    (
        "gluster_volume",
        "stop_rebalance",
        Fault(400, "[Cannot stop rebalance Gluster Volume. Gluster Volume is not valid.]"),
    ),
    ("host", "activate", Fault(400, "[Cannot activate Host. Invalid Host Id.]")),
    ("host", "approve", Fault(400, "[Cannot approve Host - Host does not exists.]")),
    ("host", "commit_net_config", Fault(400, "[Host not found.]")),
    ("host", "deactivate", Fault(400, "[Cannot maintenance Host. Invalid Host Id.]")),
    ("host", "enroll_certificate", Fault(400, "[Cannot enroll certificate Host. Invalid Host Id.]")),
    (
        "host",
        "force_select_spm",
        Fault(
            500,
            "java.lang.NullPointerException: Cannot invoke \
             \"org.ovirt.engine.core.common.businessentities.VDS.getName()\" because the return value of \
             \"org.ovirt.engine.core.bll.storage.pool.ForceSelectSPMCommand.getVds()\" is null",
        ),
    ),
    ("host", "install", NO_ENTITY),
    ("host", "refresh", Fault(400, "[]")),
    ("host", "sync_all_networks", Fault(400, "[The selected Host does not exist.]")),
    ("host", "unregistered_storage_domains_discover", NO_ENTITY),
    ("host", "upgrade", Fault(400, "[Cannot upgrade Host. Invalid Host Id.]")),
    ("host", "upgrade_check", Fault(400, "[Cannot check for upgrade Host. Invalid Host Id.]")),
    ("host_nics", "list", Fault(404, "Entity not found: Host")),
    ("host_cpu_units", "list", Exception),
    ("host_nic", "update_virtual_functions_configuration", Handled),
    ("image_transfer", "cancel", Completed),
    ("image_transfer", "extend", Completed),
    ("image_transfer", "finalize", Completed),
    ("image_transfer", "pause", Completed),
    ("image_transfer", "resume", Completed),
    ("job", "clear", Fault(400, "[Cannot Clear External Job. Job not found.]")),
    ("job", "end", Fault(400, "[Cannot Clear External Job. Job not found.]")),
    ("snapshot", "get", Fault(404, "Entity not found: GetSnapshotBySnapshotId: snapshot id={id}")),
    ("snapshot", "restore", NO_COMMAND),
    ("storage_server_connections", "add", NO_ENTITY),
    ("storage_domain", "reduce_luns", Exception),
    ("storage_domain", "refresh_luns", NO_DATA_CENTER),
    ("storage_domain", "update_ovf_store", NO_DATA_CENTER),
    (
        "storage_domain_disks",
        "list",
        Fault(
            400,
            "cannot invoke \"org.ovirt.engine.core.common.businessentities.storagedomain.getstoragetype()\" because \
             \"storagedomain\" is null",
        ),
    ),
    ("storage_domain_template", "register", Fault(400, "[Cannot import Template. VM is not found.]")),
    ("storage_domain_vm", "register", Fault(400, "[Cannot import VM. VM is not found.]")),
    ("vm", "auto_pin_cpu_and_numa_nodes", NO_VM),
    ("vm", "cancel_migration", Fault(400, "[Cannot cancel migration VM. VM is not found.]")),
    ("vm", "clone", NO_VM),
    ("vm", "commit_snapshot", NO_COMMAND),
    ("vm", "freeze_filesystems", Fault(400, "[Cannot freeze VM. VM is not found.]")),
    ("vm", "logon", Fault(400, "[Cannot logon VM. VM is not found.]")),
    ("vm", "migrate", Fault(400, "[Cannot migrate VM. VM is not found.]")),
    ("vm", "preview_snapshot", NO_COMMAND),
    ("vm", "reboot", Fault(400, "[Cannot restart VM. VM is not found.]")),
    ("vm", "reset", Fault(400, "[Cannot reset VM. VM is not found.]")),
    ("vm", "screenshot", Fault(400, "[Cannot screenshot VM. VM is not found.]")),
    ("vm", "shutdown", Fault(400, "[Cannot shutdown VM. VM is not found.]")),
    (
        "vm",
        "start",
        Fault(
            500,
            "java.lang.NullPointerException: Cannot invoke \
             \"org.ovirt.engine.core.common.businessentities.VM.getStatus()\" because the return value of \
             \"org.ovirt.engine.core.bll.RunVmCommand.getVm()\" is null",
        ),
    ),
    ("vm", "stop", Fault(400, "[Cannot stop VM. VM is not found.]")),
    ("vm", "suspend", Fault(400, "[Cannot hibernate VM. VM is not found.]")),
    ("vm", "thaw_filesystems", Fault(400, "[Cannot thaw VM. VM is not found.]")),
    ("vm", "ticket", Fault(404, "Entity not found: GetVmByVmId")),
    ("vm", "undo_snapshot", NO_COMMAND),
    ("vm_graphics_console", "proxy_ticket", Exception),
    ("vm_graphics_console", "remote_viewer_connection_file", EmptyFailure),
    ("vm_graphics_console", "ticket", Exception),
    ("vm_pool", "allocate_vm", Fault(400, "[VM-Pool not found]")),
    // Permissions are inherited from what exists.
    ("assigned_permissions", "list", Handled),
];

/// Lists for which the engine reads the object to which they belong: 404 if it doesn't exist.
const LISTS_OF_EXISTING: [&str; 18] = [
    "affinity_label_hosts",
    "affinity_label_vms",
    "external_provider_certificates",
    "instance_type_graphics_consoles",
    "network_attachments",
    "snapshot_cdroms",
    "snapshot_disks",
    "snapshot_nics",
    "statistics",
    "template_cdroms",
    "template_graphics_consoles",
    "unmanaged_networks",
    "vm_applications",
    "vm_backup_disks",
    "vm_cdroms",
    "vm_checkpoint_disks",
    "vm_graphics_consoles",
    "vm_sessions",
];

/// Lists for which the engine looks up the object to which they belong: 404 with a fault if it doesn't exist.
const LISTS_OF_ENTITIES: [&str; 5] = ["balances", "filters", "quota_cluster_limits", "quota_storage_limits", "weights"];

/// Methods whose signatures the engine tells apart by the mandatory fields.
const WITH_SIGNATURES: [(&str, &str); 4] =
    [("image_transfers", "add"), ("template", "export"), ("templates", "add"), ("vm", "export")];

/// Actions that need arguments, with the engine's names of their methods. The engine checks them before it looks for
/// the object.
const ARGUMENTS: &[(&str, &str, &[&str], &str)] = &[
    ("attached_storage_domain_disk", "copy", &["storage_domain.id|name"], "copy"),
    ("attached_storage_domain_disk", "export", &["storage_domain.id|name"], "export"),
    ("attached_storage_domain_disk", "move", &["storage_domain.id|name"], "move"),
    ("gluster_bricks", "activate", &["bricks"], "activate"),
    ("gluster_bricks", "migrate", &["bricks"], "migrate"),
    ("gluster_bricks", "stop_migrate", &["bricks"], "stopMigrate"),
    ("openstack_network", "import", &["data_center.id|name"], "doImport"),
    ("storage_domain_disk", "copy", &["storage_domain.id|name"], "copy"),
    ("storage_domain_disk", "export", &["storage_domain.id|name"], "export"),
    ("storage_domain_disk", "move", &["storage_domain.id|name"], "move"),
    ("storage_domain_template", "import", &["storage_domain.id|name"], "doImport"),
    ("storage_domain_vm", "import", &["storage_domain.id|name"], "doImport"),
    ("vm_disk", "export", &["storage_domain.id|name"], "export"),
    ("vm_disk", "move", &["storage_domain.id|name"], "move"),
];

/// Actions whose responses don't contain the object to which they were applied.
const WITHOUT_OBJECT: [(&str, &str); 20] = [
    ("data_center", "clean_finished_tasks"),
    ("data_center", "set_master"),
    ("external_host_provider", "import_certificates"),
    ("external_host_provider", "test_connectivity"),
    ("host", "setup_networks"),
    ("image_transfer", "cancel"),
    ("image_transfer", "extend"),
    ("image_transfer", "finalize"),
    ("image_transfer", "pause"),
    ("image_transfer", "resume"),
    ("openstack_image_provider", "import_certificates"),
    ("openstack_image_provider", "test_connectivity"),
    ("openstack_network_provider", "import_certificates"),
    ("openstack_network_provider", "test_connectivity"),
    ("storage_domain", "reduce_luns"),
    ("storage_domain", "refresh_luns"),
    ("storage_domain", "update_ovf_store"),
    ("vm_backup", "finalize"),
    ("vm_nic", "activate"),
    ("vm_nic", "deactivate"),
];

pub(super) fn register(registry: &mut Registry) {
    RESPONSES.iter().for_each(|(service, method, response)| registry.unknown_object(service, method, *response));
    LISTS_OF_EXISTING.iter().for_each(|service| registry.unknown_object(service, "list", NotFound));
    LISTS_OF_ENTITIES.iter().for_each(|service| registry.unknown_object(service, "list", NO_ENTITY));
    WITH_SIGNATURES.iter().for_each(|(service, method)| registry.match_signatures(service, method));
    for (service, action, paths, java_name) in ARGUMENTS {
        registry.require_arguments(service, action, paths, java_name);
    }
    WITHOUT_OBJECT.iter().for_each(|(service, action)| registry.respond_without_object(service, action));
    for service in ["assigned_permissions", "cluster_levels", "system_permissions"] {
        registry.ignore_max(service);
    }
    // Events are numbered.
    registry.check_ids("events", |id| match id.parse::<i64>() {
        Ok(_) => Ok(()),
        Err(_) => Err(api::Fault::mapping(&format!("For input string: \"{id}\""))),
    });
    registry.check_ids("operating_systems", |id| match id.parse::<i32>() {
        Ok(_) => Ok(()),
        Err(_) => Err(api::Fault::raw(api::pages::exception(&format!("For input string: \"{id}\"")))),
    });
}
