//! Users, groups, roles and tags.

use crate::path::last;
use crate::resources::common::well_known::{NIL, SUPER_USER};
use crate::resources::paths::{GROUPS, PERMITS, ROLES, TAGS, USERS};
use crate::resources::permissions::grant_role;
use crate::resources::users::user_of_account;
use crate::seed::SeedOptions;
use crate::state::State;
use ovirt_sdk::types::{Group, Permit, Role, Tag};

/// The group that everybody belongs to.
const EVERYONE: &str = "eee00000-0000-0000-0000-123456789eee";

/// Roles that every engine has: the end of the identifier, whether they are for administrators, name, description.
const SYSTEM_ROLES: [(&str, bool, &str, &str); 22] = [
    ("0000-0000-000000000001", true, "SuperUser", "Roles management administrator"),
    ("0001-0000-000000000001", false, "UserRole", "Standard user role"),
    ("0001-0000-000000000002", false, "PowerUserRole", "May create machines, templates and disks"),
    ("0001-0000-000000000003", true, "ClusterAdmin", "Administrator of a cluster"),
    ("0001-0000-000000000004", true, "DataCenterAdmin", "Administrator of a data center, except for storage"),
    ("0001-0000-000000000005", true, "StorageAdmin", "Administrator of storage"),
    ("0001-0000-000000000006", true, "HostAdmin", "Administrator of a host"),
    ("0001-0000-000000000007", true, "NetworkAdmin", "Administrator of a network"),
    ("0001-0000-000000000008", true, "VmPoolAdmin", "Administrator of a pool"),
    ("0001-0000-000000000009", false, "QuotaConsumer", "May use up a quota"),
    ("0001-0000-000000000010", false, "DiskOperator", "May use, move and remove a disk"),
    ("0001-0000-000000000011", false, "DiskCreator", "May create disks"),
    ("0001-0000-000000000012", false, "VmCreator", "May create machines"),
    ("0001-0000-000000000013", false, "TemplateCreator", "May create templates"),
    ("0001-0000-000000000014", false, "TemplateOwner", "May change and remove a template"),
    ("0001-0000-000000000015", false, "TemplateUser", "May use a template"),
    ("0001-0000-000000000016", true, "TemplateAdmin", "Administrator of templates"),
    ("0001-0000-000000000017", false, "UserVmManager", "May do everything with a machine"),
    ("0001-0000-000000000018", false, "VnicProfileUser", "May connect NICs to a profile"),
    ("0001-0000-000000000019", true, "ReadOnlyAdmin", "Administrator who only looks"),
    ("0001-0000-000000000020", false, "UserTemplateBasedVm", "May make machines of templates only"),
    ("0001-0000-000000000021", false, "UserVmRunTimeManager", "May do everything with a running machine"),
];

/// What can be permitted: number, whether only to administrators, name.
const SYSTEM_PERMITS: [(i64, bool, &str); 34] = [
    (1, false, "create_vm"),
    (2, false, "delete_vm"),
    (3, false, "edit_vm_properties"),
    (4, false, "vm_basic_operations"),
    (5, false, "change_vm_cd"),
    (6, false, "migrate_vm"),
    (7, false, "connect_to_vm"),
    (8, false, "import_export_vm"),
    (9, false, "configure_vm_network"),
    (10, false, "configure_vm_storage"),
    (12, false, "manipulate_vm_snapshots"),
    (13, true, "create_host"),
    (14, true, "edit_host_configuration"),
    (15, true, "delete_host"),
    (16, true, "manipulate_host"),
    (17, true, "configure_host_network"),
    (18, false, "create_template"),
    (19, false, "edit_template_properties"),
    (20, false, "delete_template"),
    (21, false, "copy_template"),
    (22, false, "configure_template_network"),
    (23, true, "create_vm_pool"),
    (24, true, "edit_vm_pool_configuration"),
    (25, true, "delete_vm_pool"),
    (26, false, "vm_pool_basic_operations"),
    (28, true, "create_cluster"),
    (29, true, "edit_cluster_configuration"),
    (30, true, "delete_cluster"),
    (31, true, "configure_cluster_network"),
    (35, true, "manipulate_users"),
    (36, true, "manipulate_roles"),
    (37, true, "manipulate_permissions"),
    (700, true, "configure_storage_disk_profile"),
    (1300, false, "login"),
];

pub(super) fn fill(state: &mut State, options: &SeedOptions) {
    state.insert(TAGS, Tag::with_id(NIL).name("root").description("root"));
    state.insert(GROUPS, Group::with_id(EVERYONE).name("Everyone").namespace("*"));
    for (end, administrative, name, description) in SYSTEM_ROLES {
        let role = Role::with_id(format!("00000000-0000-{end}")).name(name).description(description);
        let role = state.insert(ROLES, role.administrative(administrative).mutable(false));
        for (number, for_administrators, permit) in SYSTEM_PERMITS {
            if administrative || !for_administrators {
                let permit = Permit::with_id(number.to_string()).name(permit).administrative(for_administrators);
                state.insert(&format!("{role}/{PERMITS}"), permit.role(Role::with_id(last(&role))));
            }
        }
    }
    for account in &options.accounts {
        let user = user_of_account(state, account);
        let user = state.insert(USERS, user);
        if account.starts_with("admin@") {
            grant_role(state, last(&user), SUPER_USER);
        }
    }
}
