//! The roles that every engine has.

use crate::path::last;
use crate::resources::common::permit::Permit::{self, *};
use crate::resources::common::role;
use crate::resources::common::well_known::SUPER_USER;
use crate::resources::paths::{PERMITS, ROLES};
use crate::state::State;
use ovirt_sdk::types::Role;

/// The holders for whom a role is made.
#[derive(PartialEq, Eq)]
enum For {
    Administrators,
    Users,
}

use For::{Administrators, Users};

/// A role: identifier, holders, whether it shows the objects below the one on which it is assigned, name, description
/// and permits.
type Row = (&'static str, For, bool, &'static str, &'static str, &'static [Permit]);

/// The permits that the role for super users doesn't have.
const NOT_FOR_SUPER_USERS: [Permit; 2] = [CreateInstance, EditProfile];

#[rustfmt::skip]
const SYSTEM_ROLES: [Row; 37] = [
    ("00000000-0000-0000-0000-000000000001", Administrators, true, "SuperUser", "Administers everything", &[]),
    ("00000000-0000-0000-0001-000000000001", Users, true, "UserRole", "Uses virtual machines and pools", &[
        ChangeVmCd, ConnectToVm, RebootVm, StopVm, ShutDownVm, HibernateVm, RunVm, ResetVm, VmPoolBasicOperations,
        AccessImageStorage, Login,
    ]),
    ("00000000-0000-0000-0001-000000000002", Users, false, "PowerUserRole",
        "Creates virtual machines, templates and disks", &[
        CreateVm, CreateTemplate, CreateDisk, AccessImageStorage, Login, AttachDiskProfile, DeleteCpuProfile,
        UpdateCpuProfile, CreateCpuProfile, AssignCpuProfile,
    ]),
    ("def00001-0000-0000-0000-def000000001", Administrators, true, "ClusterAdmin",
        "Administers a cluster and everything in it", &[
        CreateVm, DeleteVm, EditVmProperties, ChangeVmCd, MigrateVm, ConnectToVm, ImportExportVm,
        ConfigureVmNetwork, ConfigureVmStorage, MoveVm, ManipulateVmSnapshots, ChangeVmCustomProperties,
        EditAdminVmProperties, RebootVm, StopVm, ShutDownVm, HibernateVm, RunVm, ResetVm, CreateHost,
        EditHostConfiguration, DeleteHost, ManipulateHost, ConfigureHostNetwork, CreateVmPool,
        EditVmPoolConfiguration, DeleteVmPool, VmPoolBasicOperations, CreateCluster, EditClusterConfiguration,
        DeleteCluster, ConfigureClusterNetwork, ManipulatePermissions, AddUsersAndGroupsFromDirectory, CreateDisk,
        AttachDisk, EditDiskProperties, ConfigureDiskStorage, DeleteDisk, DiskLiveStorageMigration, SparsifyDisk,
        ReduceDisk, BackupDisk, Login, TagManagement, BookmarkManagement, EventNotificationManagement,
        AuditLogManagement, ManipulateAffinityGroups, AttachDiskProfile, ConfigureMacPool, DeleteCpuProfile,
        UpdateCpuProfile, CreateCpuProfile, AssignCpuProfile,
    ]),
    ("def00002-0000-0000-0000-def000000002", Administrators, true, "DataCenterAdmin",
        "Administers a data center and everything in it, except its storage", &[
        CreateVm, DeleteVm, EditVmProperties, ChangeVmCd, MigrateVm, ConnectToVm, ImportExportVm,
        ConfigureVmNetwork, ConfigureVmStorage, MoveVm, ManipulateVmSnapshots, ChangeVmCustomProperties,
        EditAdminVmProperties, RebootVm, StopVm, ShutDownVm, HibernateVm, RunVm, ResetVm, CreateHost,
        EditHostConfiguration, DeleteHost, ManipulateHost, ConfigureHostNetwork, CreateTemplate,
        EditTemplateProperties, DeleteTemplate, CopyTemplate, ConfigureTemplateNetwork, EditAdminTemplateProperties,
        CreateVmPool, EditVmPoolConfiguration, DeleteVmPool, VmPoolBasicOperations, CreateCluster,
        EditClusterConfiguration, DeleteCluster, ConfigureClusterNetwork, AssignClusterNetwork,
        ManipulatePermissions, AddUsersAndGroupsFromDirectory, CreateStoragePool, DeleteStoragePool,
        EditStoragePoolConfiguration, ConfigureStoragePoolNetwork, CreateStoragePoolNetwork,
        DeleteStoragePoolNetwork, ConfigureQuota, ConsumeQuota, CreateDisk, AttachDisk, EditDiskProperties,
        ConfigureDiskStorage, DeleteDisk, ConfigureScsiGenericIo, DiskLiveStorageMigration, SparsifyDisk,
        ReduceDisk, BackupDisk, ConfigureNetworkVnicProfile, CreateNetworkVnicProfile, DeleteNetworkVnicProfile,
        Login, TagManagement, BookmarkManagement, EventNotificationManagement, AuditLogManagement,
        ManipulateAffinityGroups, AttachDiskProfile, ConfigureMacPool, DeleteCpuProfile, UpdateCpuProfile,
        CreateCpuProfile, AssignCpuProfile,
    ]),
    ("def00003-0000-0000-0000-def000000003", Administrators, true, "StorageAdmin", "Administers a storage domain", &[
        CreateStorageDomain, EditStorageDomainConfiguration, DeleteStorageDomain, ManipulateStorageDomain,
        CreateDisk, AttachDisk, EditDiskProperties, ConfigureDiskStorage, DeleteDisk, AccessImageStorage,
        DiskLiveStorageMigration, SparsifyDisk, ReduceDisk, BackupDisk, Login, TagManagement, BookmarkManagement,
        EventNotificationManagement, AuditLogManagement, ConfigureStorageDiskProfile, CreateStorageDiskProfile,
        DeleteStorageDiskProfile, AttachDiskProfile,
    ]),
    ("def00004-0000-0000-0000-def000000004", Administrators, true, "HostAdmin", "Administers a host", &[
        CreateHost, EditHostConfiguration, DeleteHost, ManipulateHost, ConfigureHostNetwork, CreateStorageDomain,
        EditStorageDomainConfiguration, DeleteStorageDomain, ManipulateStorageDomain, Login, TagManagement,
        BookmarkManagement, EventNotificationManagement, AuditLogManagement, ConfigureStorageDiskProfile,
        CreateStorageDiskProfile, DeleteStorageDiskProfile, AttachDiskProfile,
    ]),
    ("def00005-0000-0000-0000-def000000005", Administrators, true, "NetworkAdmin", "Administers a logical network", &[
        ConfigureVmNetwork, ConfigureHostNetwork, ConfigureTemplateNetwork, ConfigureClusterNetwork,
        AssignClusterNetwork, ConfigureStoragePoolNetwork, CreateStoragePoolNetwork, DeleteStoragePoolNetwork,
        ConfigureNetworkVnicProfile, CreateNetworkVnicProfile, DeleteNetworkVnicProfile, Login, TagManagement,
        BookmarkManagement, EventNotificationManagement, AuditLogManagement,
    ]),
    ("def00006-0000-0000-0000-def000000006", Users, true, "UserVmManager", "Does everything with a virtual machine", &[
        CreateVm, DeleteVm, EditVmProperties, ChangeVmCd, ConnectToVm, ConfigureVmNetwork, ConfigureVmStorage,
        ManipulateVmSnapshots, RebootVm, StopVm, ShutDownVm, HibernateVm, RunVm, ResetVm, ManipulatePermissions,
        AddUsersAndGroupsFromDirectory, CreateDisk, AttachDisk, EditDiskProperties, DeleteDisk, SparsifyDisk,
        ReduceDisk, BackupDisk, Login, ConnectToSerialConsole, AssignCpuProfile,
    ]),
    ("def00007-0000-0000-0000-def000000007", Administrators, true, "VmPoolAdmin",
        "Administers a pool of virtual machines", &[
        CreateVm, CreateVmPool, EditVmPoolConfiguration, DeleteVmPool, VmPoolBasicOperations, Login, TagManagement,
        BookmarkManagement, EventNotificationManagement, AuditLogManagement, AssignCpuProfile,
    ]),
    ("def00008-0000-0000-0000-def000000008", Administrators, true, "TemplateAdmin", "Administers a template", &[
        CreateTemplate, EditTemplateProperties, DeleteTemplate, CopyTemplate, ConfigureTemplateNetwork,
        EditAdminTemplateProperties, ManipulatePermissions, AddUsersAndGroupsFromDirectory, AccessImageStorage,
        Login, TagManagement, BookmarkManagement, EventNotificationManagement, AuditLogManagement,
    ]),
    ("def0000a-0000-0000-0000-def00000000a", Users, false, "QuotaConsumer", "Consumes the resources of a quota", &[
        ConsumeQuota,
    ]),
    ("def0000a-0000-0000-0000-def00000000b", Users, true, "DiskOperator", "Does everything with a disk", &[
        ManipulatePermissions, AddUsersAndGroupsFromDirectory, CreateDisk, AttachDisk, EditDiskProperties,
        DeleteDisk, SparsifyDisk, ReduceDisk, BackupDisk, Login,
    ]),
    ("def0000a-0000-0000-0000-def00000000c", Users, false, "DiskCreator", "Creates disks", &[CreateDisk, Login]),
    ("def0000b-0000-0000-0000-def00000000b", Administrators, true, "GlusterAdmin",
        "Administers Gluster volumes, hooks and services", &[
        CreateHost, EditHostConfiguration, DeleteHost, ManipulateHost, ConfigureHostNetwork, CreateCluster,
        EditClusterConfiguration, DeleteCluster, ConfigureClusterNetwork, AssignClusterNetwork, CreateGlusterVolume,
        ManipulateGlusterVolume, DeleteGlusterVolume, ManipulateGlusterHook, ManipulateGlusterService, Login,
        TagManagement, BookmarkManagement, EventNotificationManagement, AuditLogManagement,
    ]),
    ("def0000a-0000-0000-0000-def00000000d", Users, false, "VmCreator", "Creates virtual machines", &[
        CreateVm, CreateDisk, Login, AssignCpuProfile,
    ]),
    ("def0000a-0000-0000-0000-def00000000e", Users, false, "TemplateCreator", "Creates templates", &[
        CreateTemplate, Login,
    ]),
    ("def0000a-0000-0000-0000-def00000000f", Users, true, "TemplateOwner", "Does everything with a template", &[
        EditTemplateProperties, DeleteTemplate, CopyTemplate, ConfigureTemplateNetwork, ManipulatePermissions,
        AddUsersAndGroupsFromDirectory, Login,
    ]),
    ("def0000c-0000-0000-0000-def000000000", Users, false, "ExternalEventsCreator", "Reports external events", &[
        InjectExternalEvents,
    ]),
    ("def0000d-0000-0000-0000-def000000000", Users, false, "ExternalTasksCreator", "Reports external tasks", &[
        InjectExternalTasks,
    ]),
    ("def00009-0000-0000-0000-def000000009", Users, false, "UserTemplateBasedVm",
        "Creates virtual machines from a template", &[
        CreateVm, AssignCpuProfile,
    ]),
    ("def00011-0000-0000-0000-def000000011", Users, false, "InstanceCreator",
        "Creates virtual machines from instance types", &[
        CreateInstance, CreateDisk, Login,
    ]),
    ("def00012-0000-0000-0000-def000000012", Users, false, "UserInstanceManager",
        "Does everything with a virtual machine of an instance type", &[
        DeleteVm, EditVmProperties, ChangeVmCd, ConnectToVm, ConfigureVmStorage, ManipulateVmSnapshots, RebootVm,
        StopVm, ShutDownVm, HibernateVm, RunVm, ResetVm, ManipulatePermissions, AddUsersAndGroupsFromDirectory,
        CreateDisk, AttachDisk, EditDiskProperties, DeleteDisk, SparsifyDisk, ReduceDisk, BackupDisk, Login,
        ConnectToSerialConsole,
    ]),
    ("def0000c-0000-0000-0000-def00000000c", Administrators, true, "ReadOnlyAdmin",
        "Sees everything and changes nothing", &[
        Login,
    ]),
    ("def00011-0000-0000-0000-def000000013", Administrators, false, "TagManager", "Administers tags", &[
        Login, TagManagement, AuditLogManagement,
    ]),
    ("def00011-0000-0000-0000-def000000014", Administrators, false, "BookmarkManager", "Administers bookmarks", &[
        Login, BookmarkManagement, AuditLogManagement,
    ]),
    ("def00011-0000-0000-0000-def000000015", Administrators, false, "EventNotificationManager",
        "Administers subscriptions to events", &[
        Login, EventNotificationManagement, AuditLogManagement,
    ]),
    ("def00011-0000-0000-0000-def000000016", Administrators, false, "AuditLogManager", "Administers the audit log", &[
        Login, AuditLogManagement,
    ]),
    ("def00013-0000-0000-0000-def000000013", Administrators, true, "MacPoolAdmin", "Administers MAC address pools", &[
        Login, CreateMacPool, EditMacPool, DeleteMacPool, ConfigureMacPool,
    ]),
    ("def00020-0000-0000-0000-abc000000010", Users, false, "DiskProfileUser", "Uses a disk profile", &[
        AttachDiskProfile,
    ]),
    ("def00006-0000-0000-0000-def000000011", Users, false, "UserVmRunTimeManager",
        "Does everything with a virtual machine, except snapshots", &[
        CreateVm, DeleteVm, EditVmProperties, ChangeVmCd, ConnectToVm, ConfigureVmNetwork, ConfigureVmStorage,
        RebootVm, StopVm, ShutDownVm, HibernateVm, RunVm, ResetVm, ManipulatePermissions,
        AddUsersAndGroupsFromDirectory, CreateDisk, AttachDisk, EditDiskProperties, DeleteDisk, SparsifyDisk,
        ReduceDisk, BackupDisk, Login, AssignCpuProfile,
    ]),
    ("def00021-0000-0000-0000-def000000015", Users, false, "UserProfileEditor", "Edits the own user profile", &[
        EditProfile,
    ]),
    ("def00030-0000-0000-0000-def000000011", Administrators, true, "VmImporterExporter",
        "Imports and exports virtual machines", &[
        ImportExportVm, Login, AttachDiskProfile, AssignCpuProfile,
    ]),
    ("def00017-0000-0000-0000-def000000017", Users, false, "CpuProfileOperator", "Uses a CPU profile", &[
        AssignCpuProfile,
    ]),
    ("def00016-0000-0000-0000-def000000016", Administrators, false, "CpuProfileCreator",
        "Administers and uses CPU profiles", &[
        DeleteCpuProfile, UpdateCpuProfile, CreateCpuProfile, AssignCpuProfile,
    ]),
    ("def0000a-0000-0000-0000-def000000010", Users, false, "VnicProfileUser", "Uses a vNIC profile", &[
        ConfigureVmNetwork, ConfigureTemplateNetwork, Login,
    ]),
    ("def00014-0000-0000-0000-def000000014", Users, true, "MacPoolUser", "Uses a MAC address pool", &[
        Login, ConfigureMacPool,
    ]),
];

pub(super) fn fill(state: &mut State) {
    for (id, holders, shows_children, name, description, permits) in SYSTEM_ROLES {
        let role = Role::with_id(id).name(name).description(description).mutable(false);
        let path = state.insert(ROLES, role.administrative(holders == Administrators));
        state.set_note(&path, role::SHOWS_CHILDREN, shows_children);
        let of_super_user = Permit::ALL.iter().filter(|permit| !NOT_FOR_SUPER_USERS.contains(permit));
        let permits: Vec<&Permit> = if id == SUPER_USER { of_super_user.collect() } else { permits.iter().collect() };
        for permit in permits {
            state.insert(&format!("{path}/{PERMITS}"), permit.in_role(last(&path)));
        }
    }
}
