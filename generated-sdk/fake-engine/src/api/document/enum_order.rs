//! The order in which the engine lists the values of enums in its messages.

/// Enums whose values the engine doesn't list in alphabetical order.
const ORDERS: &[(&str, &[&str])] = &[
    ("access_protocol", &["gluster", "nfs", "cifs"]),
    ("architecture", &["undefined", "x86_64", "ppc64", "s390x", "aarch64", "loongarch64"]),
    ("auto_pinning_policy", &["disabled", "existing", "adjust"]),
    ("backup_phase", &["initializing", "starting", "ready", "finalizing", "succeeded", "failed"]),
    ("bios_type", &["cluster_default", "i440fx_sea_bios", "q35_sea_bios", "q35_ovmf", "q35_secure_boot"]),
    ("boot_protocol", &["autoconf", "dhcp", "poly_dhcp_autoconf", "static", "none"]),
    ("cluster_upgrade_action", &["start", "update_progress", "finish"]),
    ("configuration_type", &["ovf", "ova"]),
    ("cpu_pinning_policy", &["none", "manual", "resize_and_pin_numa", "dedicated", "isolate_threads"]),
    ("creation_status", &["pending", "in_progress", "complete", "failed"]),
    ("data_center_status", &["uninitialized", "up", "maintenance", "not_operational", "problematic", "contend"]),
    ("disk_backup", &["none", "incremental"]),
    ("disk_content_type", &["data", "ovf_store", "memory_dump_volume", "memory_metadata_volume", "iso", "hosted_engine", "hosted_engine_sanlock", "hosted_engine_metadata", "hosted_engine_configuration", "backup_scratch"]),
    ("disk_interface", &["ide", "virtio_scsi", "virtio", "spapr_vscsi", "sata"]),
    ("disk_storage_type", &["image", "lun", "cinder", "managed_block_storage"]),
    ("display_type", &["vnc", "spice"]),
    ("entity_external_status", &["ok", "info", "warning", "error", "failure"]),
    ("external_system_type", &["vdsm", "gluster"]),
    ("external_vm_provider_type", &["kvm", "xen", "vmware"]),
    ("fence_type", &["manual", "restart", "start", "stop", "status"]),
    ("fips_mode", &["undefined", "disabled", "enabled"]),
    ("firewall_type", &["iptables", "firewalld"]),
    ("gluster_state", &["up", "down", "unknown"]),
    ("gluster_volume_type", &["distribute", "replicate", "distributed_replicate", "stripe", "distributed_stripe", "striped_replicate", "distributed_striped_replicate", "disperse", "distributed_disperse"]),
    ("hook_content_type", &["text", "binary"]),
    ("hook_stage", &["pre", "post"]),
    ("hook_status", &["enabled", "disabled", "missing"]),
    ("host_protocol", &["xml", "stomp"]),
    ("host_status", &["down", "error", "initializing", "installing", "install_failed", "maintenance", "non_operational", "non_responsive", "pending_approval", "preparing_for_maintenance", "connecting", "reboot", "unassigned", "up", "installing_os", "kdumping"]),
    ("host_type", &["rhel", "rhev_h", "ovirt_node"]),
    ("image_file_type", &["iso", "floppy", "disk"]),
    ("image_transfer_direction", &["upload", "download"]),
    ("image_transfer_phase", &["unknown", "initializing", "transferring", "resuming", "paused_system", "paused_user", "cancelled", "finalizing_success", "finalizing_failure", "finished_success", "finished_failure", "cancelled_system", "cancelled_user", "finalizing_cleanup", "finished_cleanup"]),
    ("image_transfer_timeout_policy", &["legacy", "pause", "cancel"]),
    ("inheritable_boolean", &["true", "false", "inherit"]),
    ("kdump_status", &["unknown", "disabled", "enabled"]),
    ("log_max_memory_used_threshold_type", &["percentage", "absolute_value_in_mb"]),
    ("log_severity", &["normal", "warning", "error", "alert"]),
    ("lun_status", &["free", "used", "unusable"]),
    ("migrate_on_error", &["migrate", "do_not_migrate", "migrate_highly_available"]),
    ("network_status", &["operational", "non_operational"]),
    ("nic_interface", &["e1000", "e1000e", "virtio", "rtl8139", "rtl8139_virtio", "spapr_vlan", "pci_passthrough"]),
    ("notifiable_event", &["engine_stop", "engine_backup_started", "engine_backup_completed", "engine_backup_failed", "engine_ca_certification_is_about_to_expire", "engine_ca_certification_has_expired", "engine_certification_is_about_to_expire", "engine_certification_has_expired", "cluster_alert_ha_reservation", "network_update_display_for_cluster_with_active_vm", "cluster_alert_ha_reservation_down", "host_failure", "host_updates_are_available", "host_updates_are_available_with_packages", "user_host_maintenance", "user_host_maintenance_manual_ha", "user_host_maintenance_migration_failed", "host_activate_manual_ha", "host_activate_failed", "host_recover_failed", "host_approve_failed", "host_install_failed", "host_time_drift_alert", "host_set_nonoperational", "host_set_nonoperational_iface_down", "host_low_mem", "host_high_mem_use", "host_interface_high_network_use", "host_high_cpu_use", "host_high_swap_use", "host_low_swap", "host_interface_state_down", "host_bond_slave_state_down", "network_update_display_for_host_with_active_vm", "host_certification_is_about_to_expire", "host_certification_has_expired", "host_certificate_has_invalid_san", "host_set_nonoperational_domain", "system_change_storage_pool_status_no_host_for_spm", "system_deactivated_storage_domain", "vm_failure", "vm_migration_start", "vm_migration_failed", "vm_migration_to_server_failed", "vm_not_responding", "vm_status_restored", "ha_vm_restart_failed", "ha_vm_failed", "vm_console_connected", "vm_console_disconnected", "vm_set_ticket", "vm_down_error", "host_initiated_run_vm_failed", "vm_paused", "vm_paused_eio", "vm_paused_enospc", "vm_paused_eperm", "vm_paused_error", "vm_recovered_from_pause_error", "mac_address_is_external", "host_slow_storage_response_time", "irs_failure", "irs_disk_space_low", "irs_confirmed_disk_space_low", "irs_disk_space_low_error", "number_of_lvs_on_storage_domain_exceeded_threshold", "gluster_volume_create", "gluster_volume_create_failed", "gluster_volume_option_added", "gluster_volume_option_modified", "gluster_volume_option_set_failed", "gluster_volume_start", "gluster_volume_start_failed", "gluster_volume_stop", "gluster_volume_stop_failed", "gluster_volume_options_reset", "gluster_volume_options_reset_all", "gluster_volume_options_reset_failed", "gluster_volume_delete", "gluster_volume_delete_failed", "gluster_volume_add_brick", "gluster_volume_add_brick_failed", "gluster_volume_remove_bricks", "gluster_volume_remove_bricks_failed", "start_removing_gluster_volume_bricks", "start_removing_gluster_volume_bricks_failed", "gluster_volume_remove_bricks_stop", "gluster_volume_remove_bricks_stop_failed", "gluster_volume_rebalance_start", "gluster_volume_rebalance_start_failed", "gluster_volume_rebalance_stop", "gluster_volume_rebalance_stop_failed", "gluster_volume_replace_brick_failed", "gluster_volume_replace_brick_start", "gluster_volume_replace_brick_start_failed", "gluster_volume_brick_replaced", "gluster_volume_rebalance_start_detected_from_cli", "start_removing_gluster_volume_bricks_detected_from_cli", "gluster_volume_rebalance_not_found_from_cli", "remove_gluster_volume_bricks_not_found_from_cli", "gluster_volume_snapshot_created", "gluster_volume_snapshot_create_failed", "gluster_server_add_failed", "gluster_server_remove", "gluster_server_remove_failed", "gluster_volume_profile_start", "gluster_volume_profile_start_failed", "gluster_volume_profile_stop", "gluster_volume_profile_stop_failed", "gluster_hook_enable", "gluster_hook_enable_failed", "gluster_hook_disable", "gluster_hook_disable_failed", "gluster_hook_detected_new", "gluster_hook_conflict_detected", "gluster_hook_detected_delete", "gluster_hook_added", "gluster_hook_add_failed", "gluster_hook_removed", "gluster_hook_remove_failed", "gluster_service_started", "gluster_service_start_failed", "gluster_service_stopped", "gluster_service_stop_failed", "gluster_service_restarted", "gluster_service_restart_failed", "gluster_brick_status_changed", "gluster_volume_snapshot_deleted", "gluster_volume_snapshot_delete_failed", "gluster_volume_all_snapshots_deleted", "gluster_volume_all_snapshots_delete_failed", "gluster_volume_snapshot_activated", "gluster_volume_snapshot_activate_failed", "gluster_volume_snapshot_deactivated", "gluster_volume_snapshot_deactivate_failed", "gluster_volume_snapshot_restored", "gluster_volume_snapshot_restore_failed", "gluster_volume_confirmed_space_low", "dwh_stopped", "dwh_error", "gluster_volume_rebalance_finished", "gluster_volume_migrate_brick_data_finished", "host_untrusted", "user_update_vm_from_trusted_to_untrusted", "user_update_vm_from_untrusted_to_trusted", "importexport_import_vm_from_trusted_to_untrusted", "importexport_import_vm_from_untrusted_to_trusted", "user_add_vm_from_trusted_to_untrusted", "user_add_vm_from_untrusted_to_trusted", "importexport_import_template_from_trusted_to_untrusted", "importexport_import_template_from_untrusted_to_trusted", "user_add_vm_template_from_trusted_to_untrusted", "user_add_vm_template_from_untrusted_to_trusted", "user_update_vm_template_from_trusted_to_untrusted", "user_update_vm_template_from_untrusted_to_trusted", "faulty_multipaths_on_host", "no_faulty_multipaths_on_host", "multipath_devices_without_valid_paths_on_host"]),
    ("numa_tune_mode", &["strict", "interleave", "preferred"]),
    ("open_stack_network_provider_type", &["neutron", "external"]),
    ("os_type", &["unassigned", "windows_xp", "windows_2003", "windows_2008", "other_linux", "other", "rhel_5", "rhel_4", "rhel_3", "windows_2003x64", "windows_7", "windows_7x64", "rhel_5x64", "rhel_4x64", "rhel_3x64", "windows_2008x64", "windows_2008r2x64", "rhel_6", "rhel_6x64", "windows_8", "windows_8x64", "windows_2012x64"]),
    ("parallel_migrations_policy", &["inherit", "auto", "auto_parallel", "disabled", "custom"]),
    ("policy_unit_type", &["filter", "weight", "load_balancing"]),
    ("power_management_status", &["on", "off", "unknown"]),
    ("qos_type", &["storage", "cpu", "network", "hostnetwork"]),
    ("quota_mode_type", &["enabled", "disabled", "audit"]),
    ("rng_source", &["random", "urandom", "hwrng"]),
    ("scsi_generic_i_o", &["filtered", "unfiltered", "disabled"]),
    ("se_linux_mode", &["enforcing", "permissive", "disabled"]),
    ("serial_number_policy", &["host", "vm", "custom", "none"]),
    ("snapshot_status", &["ok", "locked", "in_preview"]),
    ("snapshot_type", &["regular", "active", "stateless", "preview"]),
    ("spm_status", &["none", "contending", "spm"]),
    ("step_enum", &["validating", "executing", "finalizing", "rebalancing_volume", "removing_bricks", "unknown"]),
    ("storage_domain_status", &["active", "inactive", "locked", "mixed", "unattached", "maintenance", "preparing_for_maintenance", "detaching", "activating", "unknown"]),
    ("storage_domain_type", &["data", "iso", "export", "image", "volume", "managed_block_storage"]),
    ("storage_type", &["iscsi", "fcp", "nfs", "localfs", "posixfs", "glusterfs", "glance", "cinder", "managed_block_storage"]),
    ("tpm_support", &["unsupported", "supported", "required"]),
    ("transport_type", &["tcp", "rdma"]),
    ("video_type", &["bochs", "cirrus", "vga", "qxl"]),
    ("vm_affinity", &["migratable", "user_migratable", "pinned"]),
    ("vm_device_type", &["floppy", "cdrom"]),
    ("vm_status", &["unassigned", "down", "up", "powering_up", "paused", "migrating", "unknown", "not_responding", "wait_for_launch", "reboot_in_progress", "saving_state", "restoring_state", "suspended", "image_locked", "powering_down"]),
    ("vm_storage_error_resume_behaviour", &["leave_paused", "auto_resume", "kill"]),
    ("vm_type", &["desktop", "server", "high_performance"]),
    ("vnic_pass_through_mode", &["enabled", "disabled"]),
    ("watchdog_action", &["none", "reset", "poweroff", "pause", "dump"]),
    ("watchdog_model", &["i6300esb", "diag288"]),
];

/// Sorts the values of an enum in the engine's order.
pub(super) fn sort(name: &str, values: &mut [&str]) {
    let order = ORDERS.iter().find(|(other, _)| *other == name).map_or(&[][..], |(_, order)| order);
    values.sort_by_key(|value| order.iter().position(|other| other == value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sorted_as_by_the_engine() {
        let mut values = ["desktop", "high_performance", "server"];
        sort("vm_type", &mut values);
        assert_eq!(values, ["desktop", "server", "high_performance"]);
        let mut values = ["a", "b"];
        sort("nothing", &mut values);
        assert_eq!(values, ["a", "b"]);
    }
}
