//! Tests the programs and the index of the cookbook.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]
#![allow(clippy::duplicate_mod, reason = "programs share a module")]

mod engine;
mod index;
mod scripted;
#[allow(dead_code, unused_imports, reason = "shared by several test crates")]
#[path = "../client/support/mod.rs"]
mod support;

macro_rules! programs {
    ($($path:literal $program:ident;)*) => {
        $(
            #[allow(dead_code, reason = "`main` is not called")]
            #[path = $path]
            mod $program;
        )*
    };
}

programs! {
    "../../../generated-sdk/examples/affinity.rs" affinity;
    "../../../generated-sdk/examples/apply.rs" apply;
    "../../../generated-sdk/examples/backups.rs" backups;
    "../../../generated-sdk/examples/blocking_list.rs" blocking_list;
    "../../../generated-sdk/examples/connection.rs" connection;
    "../../../generated-sdk/examples/copy_settings.rs" copy_settings;
    "../../../generated-sdk/examples/create_and_start_vm.rs" create_and_start_vm;
    "../../../generated-sdk/examples/data_centers.rs" data_centers;
    "../../../generated-sdk/examples/disk_images.rs" disk_images;
    "../../../generated-sdk/examples/disks.rs" disks;
    "../../../generated-sdk/examples/events.rs" events;
    "../../../generated-sdk/examples/export.rs" export;
    "../../../generated-sdk/examples/glance.rs" glance;
    "../../../generated-sdk/examples/host_setup.rs" host_setup;
    "../../../generated-sdk/examples/hosts.rs" hosts;
    "../../../generated-sdk/examples/idle_vms.rs" idle_vms;
    "../../../generated-sdk/examples/image.rs" image;
    "../../../generated-sdk/examples/inventory.rs" inventory;
    "../../../generated-sdk/examples/jobs.rs" jobs;
    "../../../generated-sdk/examples/list_vms.rs" list_vms;
    "../../../generated-sdk/examples/many_engines.rs" many_engines;
    "../../../generated-sdk/examples/networks.rs" networks;
    "../../../generated-sdk/examples/permission_report.rs" permission_report;
    "../../../generated-sdk/examples/permissions.rs" permissions;
    "../../../generated-sdk/examples/storage_domains.rs" storage_domains;
    "../../../generated-sdk/examples/tagged_snapshots.rs" tagged_snapshots;
    "../../../generated-sdk/examples/tags.rs" tags;
    "../../../generated-sdk/examples/templates.rs" templates;
    "../../../generated-sdk/examples/testing.rs" testing;
    "../../../generated-sdk/examples/vm_create.rs" vm_create;
    "../../../generated-sdk/examples/vm_devices.rs" vm_devices;
    "../../../generated-sdk/examples/vm_disks.rs" vm_disks;
    "../../../generated-sdk/examples/vm_export.rs" vm_export;
    "../../../generated-sdk/examples/vm_from_template.rs" vm_from_template;
    "../../../generated-sdk/examples/vm_import.rs" vm_import;
    "../../../generated-sdk/examples/vm_json.rs" vm_json;
    "../../../generated-sdk/examples/vm_nics.rs" vm_nics;
    "../../../generated-sdk/examples/vm_pools.rs" vm_pools;
    "../../../generated-sdk/examples/vm_power.rs" vm_power;
    "../../../generated-sdk/examples/vm_settings.rs" vm_settings;
    "../../../generated-sdk/examples/vm_snapshots.rs" vm_snapshots;
    "../../../generated-sdk/examples/vmctl.rs" vmctl;
    "../../../generated-sdk/examples/web_service.rs" web_service;
}
