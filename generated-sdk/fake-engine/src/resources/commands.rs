//! Commands of the engine that appear as jobs.

use crate::api::{Command, Registry};

/// Services, methods and the descriptions of the jobs.
const JOBS: &[(&str, &str, &str)] = &[
    ("attached_storage_domain", "activate", "Activating Storage Domain {name} on Data Center {parent}"),
    ("attached_storage_domain", "deactivate", "Deactivating Storage Domain {name} in Data Center {parent}"),
    ("attached_storage_domain", "remove", "Detaching Storage Domain {name} from Data Center {parent}"),
    ("attached_storage_domains", "add", "Attaching Storage Domain {name} to Data Center {parent}"),
    ("data_center", "clean_finished_tasks", "CleanFinishedTasks"),
    ("data_center", "remove", "Removing Data Center {name}"),
    ("data_center", "update", "Editing Data Center {name} properties"),
    ("disk", "remove", "Removing Disk {name}"),
    ("disk", "sparsify", "SparsifyImage"),
    ("disk", "reduce", "Reducing the actual size of Disk {name}"),
    ("disks", "add", "Adding Disk {name}"),
    ("events", "add", "Adding an External Event"),
    ("host", "activate", "Invoking Activate Host {name}"),
    ("host", "approve", "Adding new Host {name} (Approve process) to Cluster {cluster}"),
    ("host", "commit_net_config", "Applying saved network configuration to Host {name}"),
    ("host", "force_select_spm", "Force selecting {name} as SPM for Data Center {data_center}"),
    ("host", "setup_networks", "Configuring networks on host {name}"),
    ("host", "sync_all_networks", "Synchronizing networks on host {name}"),
    ("hosts", "add", "Adding new Host {name} to Cluster {cluster}"),
    ("network", "remove", "Removing network {name} from Data Center: {data_center}"),
    ("network", "update", "Updating network {name} on Data Center: {data_center}"),
    ("networks", "add", "Adding network {name} to Data Center: {data_center}"),
    ("snapshot", "remove", "Removing Snapshot {name} of VM {parent}"),
    ("snapshot", "restore", "Restoring VM Snapshot {name} of VM {parent}"),
    ("snapshots", "add", "Creating VM Snapshot {name} for VM {parent}"),
    ("storage_domain", "refresh_luns", "Refresh LUN Size in Domain {name}"),
    ("storage_domain", "update_ovf_store", "Updating OVFs for Storage Domain {name} in Data Center {data_center}"),
    ("template", "remove", "Removing VM Template {name} from Data Center {data_center}"),
    ("template", "update", "Editing Template {name} properties"),
    ("templates", "add", "Creating VM Template {name} in Data Center {data_center}"),
    ("vm", "freeze_filesystems", "FreezeVm"),
    ("vm", "logon", "Logging on to VM {name}"),
    ("vm", "reboot", "Rebooting VM {name}"),
    ("vm", "remove", "Removing VM {name} from system"),
    ("vm", "reset", "Resetting VM {name}"),
    ("vm", "screenshot", "ScreenshotVm"),
    ("vm", "shutdown", "Shutting down VM {name}"),
    ("vm", "stop", "Stopping VM {name}"),
    ("vm", "suspend", "Performing Hibernate action on VM {name}"),
    ("vm", "thaw_filesystems", "ThawVm"),
    ("vm_backups", "add", "Backing up VM {parent}"),
    ("vm_cdrom", "update", "Changing CD-ROM for VM {parent}"),
    ("vm_pool", "allocate_vm", "Allocating VM <UNKNOWN> from VM Pool {name} to User {user}"),
    ("vm_pool", "remove", "Removing VM Pool {name} from Cluster {cluster}"),
    ("vm_pool", "update", "Configuring VM Pool {name} properties"),
    ("vm_pools", "add", "Creating VM Pool {name} from template {template}"),
    ("vm_watchdog", "remove", "Remove watchdog from VM {parent}"),
    ("vm_watchdog", "update", "Updating watchdog on VM {parent}"),
    ("vm_watchdogs", "add", "Adding watchdog to VM {parent}"),
    ("vms", "add", "Creating VM {name} in Cluster {cluster}"),
];

pub(super) fn register(registry: &mut Registry) {
    for (service, method, title) in JOBS {
        registry.command(service, method, Command { title, refused: None });
    }
    let refused = "Failed to run VM {name} due to a failed validation: {why} (User: {account}).";
    registry.command("vm", "start", Command { title: "Launching VM {name}", refused: Some((54, refused)) });
    let refused = "Migration failed due to a failed validation: {why} (VM: {name}, Source: {host}).";
    registry.command("vm", "migrate", Command { title: "Migrating VM {name}", refused: Some((65, refused)) });
}
