//! Values of the engine's enums with their texts in the API.

use super::subject::Value;

/// The values of an enum in the order of the engine's numbers: the engine's name, and the text of the API, which is empty
/// if the API has none.
#[derive(Debug)]
pub(super) struct Enumeration(&'static [(&'static str, &'static str)]);

impl Enumeration {
    /// The value of a text in a search: the engine's name or the text of the API, in any case, with or without
    /// underscores.
    pub(super) fn find(&self, text: &str) -> Option<Choice> {
        let position = |name: fn(&(&'static str, &'static str)) -> &'static str| {
            self.0.iter().position(|row| !name(row).is_empty() && alike(name(row), text))
        };
        let rank = position(|row| row.0).or_else(|| position(|row| row.1))?;
        Some(Choice { rank, text: self.0.get(rank)?.1 })
    }

    /// The position of a value of an object in the order.
    pub(super) fn rank(&self, value: &Value) -> Option<usize> {
        let text = value.to_text();
        self.0.iter().position(|(_, api)| *api == text)
    }

    /// The texts of the API.
    #[cfg(test)]
    pub(super) fn texts(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(_, api)| *api).filter(|api| !api.is_empty())
    }
}

/// One of the values of an enumeration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) rank: usize,
    /// The text of the API.
    pub(super) text: &'static str,
}

/// Whether two names are equal except for case and underscores.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let letters = |text: &'_ str| -> String { text.chars().filter(|letter| *letter != '_').collect() };
    one.eq_ignore_ascii_case(other) || letters(one).eq_ignore_ascii_case(&letters(other))
}

pub(super) static VM_STATUS: Enumeration = Enumeration(&[
    ("Unassigned", "unassigned"),
    ("Down", "down"),
    ("Up", "up"),
    ("PoweringUp", "powering_up"),
    ("Paused", "paused"),
    ("MigratingFrom", "migrating"),
    ("MigratingTo", "migrating"),
    ("Unknown", "unknown"),
    ("NotResponding", "not_responding"),
    ("WaitForLaunch", "wait_for_launch"),
    ("RebootInProgress", "reboot_in_progress"),
    ("SavingState", "saving_state"),
    ("RestoringState", "restoring_state"),
    ("Suspended", "suspended"),
    ("ImageIllegal", ""),
    ("ImageLocked", "image_locked"),
    ("PoweringDown", "powering_down"),
]);

pub(super) static VM_TYPE: Enumeration =
    Enumeration(&[("Desktop", "desktop"), ("Server", "server"), ("HighPerformance", "high_performance")]);

pub(super) static ARCHITECTURE: Enumeration = Enumeration(&[
    ("undefined", "undefined"),
    ("x86_64", "x86_64"),
    ("ppc64", "ppc64"),
    ("ppc", ""),
    ("x86", ""),
    ("ppc64le", ""),
    ("ppcle", ""),
    ("s390x", "s390x"),
]);

pub(super) static BIOS_TYPE: Enumeration = Enumeration(&[
    ("I440FX_SEA_BIOS", "i440fx_sea_bios"),
    ("Q35_SEA_BIOS", "q35_sea_bios"),
    ("Q35_OVMF", "q35_ovmf"),
    ("Q35_SECURE_BOOT", "q35_secure_boot"),
]);

pub(super) static HOST_STATUS: Enumeration = Enumeration(&[
    ("Unassigned", "unassigned"),
    ("Down", "down"),
    ("Maintenance", "maintenance"),
    ("Up", "up"),
    ("NonResponsive", "non_responsive"),
    ("Error", "error"),
    ("Installing", "installing"),
    ("InstallFailed", "install_failed"),
    ("Reboot", "reboot"),
    ("PreparingForMaintenance", "preparing_for_maintenance"),
    ("NonOperational", "non_operational"),
    ("PendingApproval", "pending_approval"),
    ("Initializing", "initializing"),
    ("Connecting", "connecting"),
    ("InstallingOS", "installing_os"),
    ("Kdumping", "kdumping"),
]);

pub(super) static HOST_TYPE: Enumeration = Enumeration(&[("RHEL", "rhel"), ("", "rhev_h"), ("RHEVH", "ovirt_node")]);

pub(super) static EXTERNAL_STATUS: Enumeration =
    Enumeration(&[("Ok", "ok"), ("Info", "info"), ("Warning", "warning"), ("Error", "error"), ("Failure", "failure")]);

pub(super) static TEMPLATE_STATUS: Enumeration =
    Enumeration(&[("OK", "ok"), ("Locked", "locked"), ("Illegal", "illegal")]);

pub(super) static POOL_TYPE: Enumeration = Enumeration(&[("AUTOMATIC", "automatic"), ("MANUAL", "manual")]);

pub(super) static DATA_CENTER_STATUS: Enumeration = Enumeration(&[
    ("Uninitialized", "uninitialized"),
    ("Up", "up"),
    ("Maintenance", "maintenance"),
    ("NotOperational", "not_operational"),
    ("NonResponsive", "problematic"),
    ("Contend", "contend"),
]);

pub(super) static DOMAIN_STATUS: Enumeration = Enumeration(&[
    ("Unknown", "unknown"),
    ("Uninitialized", ""),
    ("Unattached", "unattached"),
    ("Active", "active"),
    ("Inactive", "inactive"),
    ("Locked", "locked"),
    ("Maintenance", "maintenance"),
    ("PreparingForMaintenance", "preparing_for_maintenance"),
    ("Detaching", "detaching"),
    ("Activating", "activating"),
]);

pub(super) static SHARED_STATUS: Enumeration =
    Enumeration(&[("Unattached", "unattached"), ("Active", "active"), ("Inactive", "inactive"), ("Mixed", "mixed")]);

pub(super) static STORAGE_TYPE: Enumeration = Enumeration(&[
    ("UNKNOWN", ""),
    ("NFS", "nfs"),
    ("FCP", "fcp"),
    ("ISCSI", "iscsi"),
    ("LOCALFS", "localfs"),
    ("POSIXFS", "posixfs"),
    ("GLUSTERFS", "glusterfs"),
    ("GLANCE", "glance"),
    ("CINDER", "cinder"),
    ("MANAGED_BLOCK_STORAGE", "managed_block_storage"),
    ("UNMANAGED", ""),
]);

pub(super) static DISK_STATUS: Enumeration =
    Enumeration(&[("Unassigned", ""), ("OK", "ok"), ("LOCKED", "locked"), ("ILLEGAL", "illegal")]);

pub(super) static DISK_TYPE: Enumeration = Enumeration(&[
    ("IMAGE", "image"),
    ("LUN", "lun"),
    ("CINDER", "cinder"),
    ("MANAGED_BLOCK_STORAGE", "managed_block_storage"),
    ("KUBERNETES", ""),
]);

pub(super) static DISK_CONTENT: Enumeration = Enumeration(&[
    ("DATA", "data"),
    ("OVF_STORE", "ovf_store"),
    ("MEMORY_DUMP_VOLUME", "memory_dump_volume"),
    ("MEMORY_METADATA_VOLUME", "memory_metadata_volume"),
    ("ISO", "iso"),
    ("HOSTED_ENGINE", "hosted_engine"),
    ("HOSTED_ENGINE_SANLOCK", "hosted_engine_sanlock"),
    ("HOSTED_ENGINE_METADATA", "hosted_engine_metadata"),
    ("HOSTED_ENGINE_CONFIGURATION", "hosted_engine_configuration"),
    ("BACKUP_SCRATCH", "backup_scratch"),
]);

/// Derived from whether a disk is sparse.
pub(super) static ALLOCATION: Enumeration =
    Enumeration(&[("Unassigned", ""), ("Preallocated", "false"), ("Sparse", "true")]);

pub(super) static SEVERITY: Enumeration =
    Enumeration(&[("NORMAL", "normal"), ("WARNING", "warning"), ("ERROR", "error"), ("ALERT", "alert")]);

pub(super) static USER_OR_GROUP: Enumeration = Enumeration(&[("User", "user"), ("Group", "group")]);

pub(super) static PASS_THROUGH: Enumeration = Enumeration(&[("FALSE", "disabled"), ("TRUE", "enabled")]);

pub(super) static VOLUME_TYPE: Enumeration = Enumeration(&[
    ("DISTRIBUTE", "distribute"),
    ("REPLICATE", "replicate"),
    ("DISTRIBUTED_REPLICATE", "distributed_replicate"),
    ("STRIPE", "stripe"),
    ("DISTRIBUTED_STRIPE", "distributed_stripe"),
    ("STRIPED_REPLICATE", "striped_replicate"),
    ("DISTRIBUTED_STRIPED_REPLICATE", "distributed_striped_replicate"),
    ("DISPERSE", "disperse"),
    ("DISTRIBUTED_DISPERSE", "distributed_disperse"),
    ("TIER", ""),
    ("UNKNOWN", ""),
]);

pub(super) static VOLUME_STATUS: Enumeration =
    Enumeration(&[("UP", "up"), ("DOWN", "down"), ("UNKNOWN", "unknown"), ("WARNING", "")]);

pub(super) static TRANSPORT: Enumeration = Enumeration(&[("TCP", "tcp"), ("RDMA", "rdma")]);

pub(super) static QUOTA_ENFORCEMENT: Enumeration =
    Enumeration(&[("DISABLED", "disabled"), ("SOFT_ENFORCEMENT", "audit"), ("HARD_ENFORCEMENT", "enabled")]);
