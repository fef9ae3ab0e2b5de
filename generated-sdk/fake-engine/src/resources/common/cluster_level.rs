//! Compatibility levels of clusters: CPU types, permits and features.

use std::sync::OnceLock;

use crate::table;
use ovirt_sdk::types::{Architecture, ClusterFeature, ClusterLevel, CpuType, List, Permit, Version};

/// The minor versions of the levels, oldest first. The major version is 4.
pub(crate) const MINORS: [i64; 7] = [2, 3, 4, 5, 6, 7, 8];
/// The order in which the engine lists the levels.
pub(crate) const LISTED: [i64; 7] = [2, 7, 8, 6, 5, 4, 3];
/// The level of new data centers and clusters.
pub(crate) const LATEST: i64 = 8;

/// A CPU type of a cluster level.
#[derive(Debug)]
pub(crate) struct CpuRow {
    minors: (i64, i64),
    pub(crate) architecture: Architecture,
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) model: &'static str,
    pub(crate) flags: &'static str,
}

/// The permits of every level: number, name, and whether only administrators can have it.
const PERMITS: &[(i64, &str, bool)] = &[
    (1, "create_vm", false),
    (2, "delete_vm", false),
    (3, "edit_vm_properties", false),
    (17, "reboot_vm", false),
    (23, "reset_vm", false),
    (18, "stop_vm", false),
    (19, "shut_down_vm", false),
    (21, "hibernate_vm", false),
    (22, "run_vm", false),
    (5, "change_vm_cd", false),
    (6, "migrate_vm", false),
    (1664, "connect_to_serial_console", false),
    (7, "connect_to_vm", false),
    (8, "import_export_vm", true),
    (9, "configure_vm_network", false),
    (10, "configure_vm_storage", false),
    (11, "move_vm", false),
    (12, "manipulate_vm_snapshots", false),
    (13, "reconnect_to_vm", false),
    (14, "change_vm_custom_properties", true),
    (15, "edit_admin_vm_properties", true),
    (16, "create_instance", false),
    (100, "create_host", true),
    (101, "edit_host_configuration", true),
    (102, "delete_host", true),
    (103, "manipulate_host", true),
    (104, "configure_host_network", true),
    (200, "create_template", false),
    (201, "edit_template_properties", false),
    (202, "delete_template", false),
    (203, "copy_template", false),
    (204, "configure_template_network", false),
    (205, "edit_admin_template_properties", true),
    (300, "create_vm_pool", false),
    (301, "edit_vm_pool_configuration", false),
    (302, "delete_vm_pool", false),
    (303, "vm_pool_basic_operations", false),
    (400, "create_cluster", true),
    (401, "edit_cluster_configuration", true),
    (402, "delete_cluster", true),
    (403, "configure_cluster_network", true),
    (404, "assign_cluster_network", true),
    (500, "manipulate_users", true),
    (501, "manipulate_roles", true),
    (502, "manipulate_permissions", false),
    (503, "add_users_and_groups_from_directory", false),
    (504, "edit_profile", false),
    (600, "create_storage_domain", true),
    (601, "edit_storage_domain_configuration", true),
    (602, "delete_storage_domain", true),
    (603, "manipulate_storage_domain", true),
    (700, "create_storage_pool", true),
    (701, "delete_storage_pool", true),
    (702, "edit_storage_pool_configuration", true),
    (703, "configure_storage_pool_network", true),
    (704, "create_storage_pool_network", true),
    (705, "delete_storage_pool_network", true),
    (800, "configure_engine", true),
    (900, "configure_quota", true),
    (901, "consume_quota", false),
    (1000, "create_gluster_volume", true),
    (1001, "manipulate_gluster_volume", true),
    (1002, "delete_gluster_volume", true),
    (1003, "manipulate_gluster_hook", true),
    (1004, "manipulate_gluster_service", true),
    (1100, "create_disk", false),
    (1101, "attach_disk", false),
    (1102, "edit_disk_properties", false),
    (1103, "configure_disk_storage", false),
    (1104, "delete_disk", false),
    (1105, "configure_scsi_generic_io", true),
    (1106, "access_image_storage", false),
    (1107, "disk_live_storage_migration", false),
    (1108, "sparsify_disk", false),
    (1109, "reduce_disk", true),
    (1110, "backup_disk", true),
    (1203, "configure_network_vnic_profile", true),
    (1204, "create_network_vnic_profile", true),
    (1205, "delete_network_vnic_profile", true),
    (1300, "login", false),
    (1400, "inject_external_events", true),
    (1500, "inject_external_tasks", true),
    (1301, "tag_management", true),
    (1302, "bookmark_management", true),
    (1303, "event_notification_management", true),
    (1304, "audit_log_management", true),
    (1550, "manipulate_affinity_groups", true),
    (1560, "configure_storage_disk_profile", true),
    (1561, "create_storage_disk_profile", true),
    (1562, "delete_storage_disk_profile", true),
    (1563, "attach_disk_profile", false),
    (1660, "create_mac_pool", true),
    (1661, "edit_mac_pool", true),
    (1662, "delete_mac_pool", true),
    (1663, "configure_mac_pool", true),
    (1665, "delete_cpu_profile", true),
    (1666, "update_cpu_profile", true),
    (1667, "create_cpu_profile", true),
    (1668, "assign_cpu_profile", true),
];

/// The Gluster features that clusters of every level can have: ID, name and description.
pub(crate) const FEATURES: &[(&str, &str, &str)] = &[
    ("00000017-0017-0017-0017-000000000066", "GLUSTER_GEO_REPLICATION", "Gluster Geo-Replication"),
    ("00000018-0018-0018-0018-000000000093", "GLUSTER_SNAPSHOT", "Gluster Volume Snapshot Management"),
    ("00000019-0019-0019-0019-000000000300", "GLUSTER_BRICK_MANAGEMENT", "Gluster Brick Provisioning"),
];

/// The version of a level.
pub(crate) fn version(minor: i64) -> Version {
    Version::new().major(4).minor(minor)
}

/// Whether a version has a level.
pub(crate) fn is_known(version: &Version) -> bool {
    version.major == Some(4) && version.minor.is_some_and(|minor| MINORS.contains(&minor))
}

/// The level of a minor version.
pub(crate) fn level(minor: i64) -> ClusterLevel {
    let types = cpu_types(minor)
        .map(|row| CpuType::new().name(row.name).level(row.number).architecture(row.architecture.clone()));
    let permits = PERMITS.iter().map(|(number, name, administrative)| {
        Permit::with_id(number.to_string()).name(*name).administrative(*administrative)
    });
    ClusterLevel::with_id(format!("4.{minor}"))
        .cpu_types(types.collect::<List<_>>())
        .permits(permits.collect::<List<_>>())
}

/// The feature of a row of [`FEATURES`].
pub(crate) fn feature((id, name, description): &(&str, &str, &str)) -> ClusterFeature {
    ClusterFeature::with_id(*id).name(*name).description(*description)
}

/// The architecture of a CPU type of a level.
pub(crate) fn architecture_of(cpu: &str, minor: i64) -> Option<Architecture> {
    cpu_types(minor).find(|row| row.name == cpu).map(|row| row.architecture.clone())
}

/// The CPU types of a level.
pub(crate) fn cpu_types(minor: i64) -> impl Iterator<Item = &'static CpuRow> {
    static ROWS: OnceLock<Vec<CpuRow>> = OnceLock::new();
    let rows =
        ROWS.get_or_init(|| table::rows(include_str!("cluster_level/cpu_types.txt")).filter_map(cpu_row).collect());
    rows.iter().filter(move |row| (row.minors.0..=row.minors.1).contains(&minor))
}

fn cpu_row([minors, architecture, number, name, model, flags]: [&'static str; 6]) -> Option<CpuRow> {
    let minors = parse_minors(minors)?;
    Some(CpuRow { minors, architecture: architecture.into(), number: number.parse().ok()?, name, model, flags })
}

/// Reads the first and the last of some levels from a table: `4-8`, or `2` for one level.
pub(crate) fn parse_minors(text: &str) -> Option<(i64, i64)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.parse().ok()?, last.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_its_cpu_types() {
        let counts = MINORS.map(|minor| cpu_types(minor).count());
        assert_eq!(counts, [40, 37, 28, 30, 30, 30, 38]);
        assert_eq!(architecture_of("IBM z14", 3), Some(Architecture::S390x));
        assert_eq!(architecture_of("AMD EPYC-Genoa", 7), None);
    }
}
