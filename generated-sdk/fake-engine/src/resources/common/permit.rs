//! Permits: what a role allows.

use ovirt_sdk::types;

/// Defines [`Permit`] and its rows: number, name in the API, which roles can have it, and what a role with it shows.
macro_rules! permits {
    ($($permit:ident = $number:literal, $name:literal, $roles:ident, $shows:ident;)*) => {
        /// A permit of the engine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Permit {
            $($permit,)*
        }

        impl Permit {
            /// All permits, sorted by number.
            pub(crate) const ALL: &[Self] = &[$(Self::$permit),*];

            fn row(self) -> Row {
                match self {
                    $(Self::$permit => Row { number: $number, name: $name, roles: Roles::$roles, shows: Shows::$shows },)*
                }
            }
        }
    };
}

struct Row {
    number: u16,
    name: &'static str,
    roles: Roles,
    shows: Shows,
}

/// Which roles can have a permit.
#[derive(PartialEq, Eq)]
enum Roles {
    /// Any role.
    Users,
    /// Roles for administrators, and some built-in roles.
    Administrators,
}

/// The objects that the holder of a role with a permit sees.
#[derive(PartialEq, Eq)]
enum Shows {
    /// The object on which the role is assigned, and the objects below it.
    Children,
    /// Only the object on which the role is assigned.
    Object,
}

permits! {
    CreateVm = 1, "create_vm", Users, Object;
    DeleteVm = 2, "delete_vm", Users, Children;
    EditVmProperties = 3, "edit_vm_properties", Users, Children;
    ChangeVmCd = 5, "change_vm_cd", Users, Children;
    MigrateVm = 6, "migrate_vm", Users, Children;
    ConnectToVm = 7, "connect_to_vm", Users, Children;
    ImportExportVm = 8, "import_export_vm", Administrators, Children;
    ConfigureVmNetwork = 9, "configure_vm_network", Users, Children;
    ConfigureVmStorage = 10, "configure_vm_storage", Users, Children;
    MoveVm = 11, "move_vm", Users, Children;
    ManipulateVmSnapshots = 12, "manipulate_vm_snapshots", Users, Children;
    ReconnectToVm = 13, "reconnect_to_vm", Users, Children;
    ChangeVmCustomProperties = 14, "change_vm_custom_properties", Administrators, Children;
    EditAdminVmProperties = 15, "edit_admin_vm_properties", Administrators, Children;
    CreateInstance = 16, "create_instance", Users, Object;
    RebootVm = 17, "reboot_vm", Users, Children;
    StopVm = 18, "stop_vm", Users, Children;
    ShutDownVm = 19, "shut_down_vm", Users, Children;
    HibernateVm = 21, "hibernate_vm", Users, Children;
    RunVm = 22, "run_vm", Users, Children;
    ResetVm = 23, "reset_vm", Users, Children;
    CreateHost = 100, "create_host", Administrators, Children;
    EditHostConfiguration = 101, "edit_host_configuration", Administrators, Children;
    DeleteHost = 102, "delete_host", Administrators, Children;
    ManipulateHost = 103, "manipulate_host", Administrators, Children;
    ConfigureHostNetwork = 104, "configure_host_network", Administrators, Children;
    CreateTemplate = 200, "create_template", Users, Object;
    EditTemplateProperties = 201, "edit_template_properties", Users, Children;
    DeleteTemplate = 202, "delete_template", Users, Children;
    CopyTemplate = 203, "copy_template", Users, Children;
    ConfigureTemplateNetwork = 204, "configure_template_network", Users, Children;
    EditAdminTemplateProperties = 205, "edit_admin_template_properties", Administrators, Children;
    CreateVmPool = 300, "create_vm_pool", Users, Object;
    EditVmPoolConfiguration = 301, "edit_vm_pool_configuration", Users, Children;
    DeleteVmPool = 302, "delete_vm_pool", Users, Children;
    VmPoolBasicOperations = 303, "vm_pool_basic_operations", Users, Children;
    CreateCluster = 400, "create_cluster", Administrators, Children;
    EditClusterConfiguration = 401, "edit_cluster_configuration", Administrators, Children;
    DeleteCluster = 402, "delete_cluster", Administrators, Children;
    ConfigureClusterNetwork = 403, "configure_cluster_network", Administrators, Children;
    AssignClusterNetwork = 404, "assign_cluster_network", Administrators, Children;
    ManipulateUsers = 500, "manipulate_users", Administrators, Children;
    ManipulateRoles = 501, "manipulate_roles", Administrators, Children;
    ManipulatePermissions = 502, "manipulate_permissions", Users, Children;
    AddUsersAndGroupsFromDirectory = 503, "add_users_and_groups_from_directory", Users, Children;
    EditProfile = 504, "edit_profile", Users, Children;
    CreateStorageDomain = 600, "create_storage_domain", Administrators, Children;
    EditStorageDomainConfiguration = 601, "edit_storage_domain_configuration", Administrators, Children;
    DeleteStorageDomain = 602, "delete_storage_domain", Administrators, Children;
    ManipulateStorageDomain = 603, "manipulate_storage_domain", Administrators, Children;
    CreateStoragePool = 700, "create_storage_pool", Administrators, Children;
    DeleteStoragePool = 701, "delete_storage_pool", Administrators, Children;
    EditStoragePoolConfiguration = 702, "edit_storage_pool_configuration", Administrators, Children;
    ConfigureStoragePoolNetwork = 703, "configure_storage_pool_network", Administrators, Children;
    CreateStoragePoolNetwork = 704, "create_storage_pool_network", Administrators, Children;
    DeleteStoragePoolNetwork = 705, "delete_storage_pool_network", Administrators, Children;
    ConfigureEngine = 800, "configure_engine", Administrators, Children;
    ConfigureQuota = 900, "configure_quota", Administrators, Children;
    ConsumeQuota = 901, "consume_quota", Users, Children;
    CreateGlusterVolume = 1000, "create_gluster_volume", Administrators, Children;
    ManipulateGlusterVolume = 1001, "manipulate_gluster_volume", Administrators, Children;
    DeleteGlusterVolume = 1002, "delete_gluster_volume", Administrators, Children;
    ManipulateGlusterHook = 1003, "manipulate_gluster_hook", Administrators, Children;
    ManipulateGlusterService = 1004, "manipulate_gluster_service", Administrators, Children;
    CreateDisk = 1100, "create_disk", Users, Object;
    AttachDisk = 1101, "attach_disk", Users, Children;
    EditDiskProperties = 1102, "edit_disk_properties", Users, Children;
    ConfigureDiskStorage = 1103, "configure_disk_storage", Users, Children;
    DeleteDisk = 1104, "delete_disk", Users, Children;
    ConfigureScsiGenericIo = 1105, "configure_scsi_generic_io", Administrators, Children;
    AccessImageStorage = 1106, "access_image_storage", Users, Object;
    DiskLiveStorageMigration = 1107, "disk_live_storage_migration", Users, Children;
    SparsifyDisk = 1108, "sparsify_disk", Users, Children;
    ReduceDisk = 1109, "reduce_disk", Administrators, Children;
    BackupDisk = 1110, "backup_disk", Administrators, Children;
    ConfigureNetworkVnicProfile = 1203, "configure_network_vnic_profile", Administrators, Children;
    CreateNetworkVnicProfile = 1204, "create_network_vnic_profile", Administrators, Children;
    DeleteNetworkVnicProfile = 1205, "delete_network_vnic_profile", Administrators, Children;
    Login = 1300, "login", Users, Object;
    TagManagement = 1301, "tag_management", Administrators, Object;
    BookmarkManagement = 1302, "bookmark_management", Administrators, Object;
    EventNotificationManagement = 1303, "event_notification_management", Administrators, Object;
    AuditLogManagement = 1304, "audit_log_management", Administrators, Object;
    InjectExternalEvents = 1400, "inject_external_events", Administrators, Object;
    InjectExternalTasks = 1500, "inject_external_tasks", Administrators, Object;
    ManipulateAffinityGroups = 1550, "manipulate_affinity_groups", Administrators, Children;
    ConfigureStorageDiskProfile = 1560, "configure_storage_disk_profile", Administrators, Children;
    CreateStorageDiskProfile = 1561, "create_storage_disk_profile", Administrators, Children;
    DeleteStorageDiskProfile = 1562, "delete_storage_disk_profile", Administrators, Children;
    AttachDiskProfile = 1563, "attach_disk_profile", Users, Children;
    CreateMacPool = 1660, "create_mac_pool", Administrators, Children;
    EditMacPool = 1661, "edit_mac_pool", Administrators, Children;
    DeleteMacPool = 1662, "delete_mac_pool", Administrators, Children;
    ConfigureMacPool = 1663, "configure_mac_pool", Administrators, Children;
    ConnectToSerialConsole = 1664, "connect_to_serial_console", Users, Children;
    DeleteCpuProfile = 1665, "delete_cpu_profile", Administrators, Children;
    UpdateCpuProfile = 1666, "update_cpu_profile", Administrators, Children;
    CreateCpuProfile = 1667, "create_cpu_profile", Administrators, Children;
    AssignCpuProfile = 1668, "assign_cpu_profile", Administrators, Children;
}

impl Permit {
    /// The identifier in the API.
    pub(crate) fn id(self) -> String {
        self.row().number.to_string()
    }

    /// The name in the API.
    pub(crate) fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether only roles for administrators can have it.
    pub(crate) fn is_administrative(self) -> bool {
        self.row().roles == Roles::Administrators
    }

    /// Whether a role with it shows the objects below the one on which it is assigned.
    pub(crate) fn shows_children(self) -> bool {
        self.row().shows == Shows::Children
    }

    /// The permit with an identifier.
    pub(crate) fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permit| permit.id() == id)
    }

    /// The permit with a name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permit| permit.name() == name)
    }

    /// The permit in the form of the API, as part of a role.
    pub(crate) fn in_role(self, role: &str) -> types::Permit {
        let permit = types::Permit::with_id(self.id()).name(self.name()).administrative(self.is_administrative());
        permit.role(types::Role::with_id(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_sorted_and_unique() {
        assert!(Permit::ALL.is_sorted_by(|one, next| one.row().number < next.row().number));
        let mut names: Vec<&str> = Permit::ALL.iter().map(|permit| permit.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Permit::ALL.len());
    }

    #[test]
    fn permits_are_found_by_number_and_name() {
        assert_eq!(Permit::by_id("1300"), Some(Permit::Login));
        assert_eq!(Permit::by_name("run_vm"), Some(Permit::RunVm));
        assert_eq!((Permit::by_id("4"), Permit::by_name("RUN_VM")), (None, None));
        assert!(Permit::TagManagement.is_administrative() && !Permit::TagManagement.shows_children());
    }
}
