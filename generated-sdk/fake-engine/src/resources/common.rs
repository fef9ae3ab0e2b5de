//! Functions that several resources share. Nothing here imports a resource.

pub(crate) mod affinity;
pub(crate) mod bean;
pub(crate) mod cluster_level;
pub(crate) mod command_locks;
pub(crate) mod copy_devices;
pub(crate) mod copy_disks;
pub(crate) mod custom_property;
pub(crate) mod devices;
pub(crate) mod directory;
pub(crate) mod disk;
pub(crate) mod disk_attachment;
pub(crate) mod disk_lock;
pub(crate) mod display;
pub(crate) mod exports;
pub(crate) mod external_imports;
pub(crate) mod external_provider;
pub(crate) mod fields;
pub(crate) mod host_device;
pub(crate) mod locks;
pub(crate) mod logical_unit;
pub(crate) mod mac_address;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod network;
pub(crate) mod network_usage;
pub(crate) mod nic;
pub(crate) mod operating_system;
pub(crate) mod permission;
pub(crate) mod permit;
pub(crate) mod qos;
pub(crate) mod quota;
pub(crate) mod quota_usage;
pub(crate) mod references;
pub(crate) mod role;
pub(crate) mod scheduler;
pub(crate) mod snapshot;
pub(crate) mod storage_connection;
pub(crate) mod storage_domain;
pub(crate) mod template;
pub(crate) mod time_zone;
pub(crate) mod units;
pub(crate) mod vm_cpu;
pub(crate) mod vm_defaults;
pub(crate) mod vm_pool;
pub(crate) mod vm_request;
pub(crate) mod vm_status;
pub(crate) mod vm_validation;
pub(crate) mod vnic_profile;
pub(crate) mod well_known;

use crate::api::Registry;

pub(super) fn register(registry: &mut Registry) {
    command_locks::register(registry);
    disk::register(registry);
    locks::register(registry);
}
