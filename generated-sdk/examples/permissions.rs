//! Users, groups, roles, permissions and SSH keys.
//!
//! ```sh
//! cargo run --example permissions -- roles
//! cargo run --example permissions -- add-role Starter
//! cargo run --example permissions -- add-user jane@internal-authz
//! cargo run --example permissions -- add-group developers@internal-authz
//! cargo run --example permissions -- grant-on-vms jane@internal-authz UserVmManager web1 web2
//! cargo run --example permissions -- grant-on-network jane@internal-authz VnicProfileUser ovirtmgmt
//! cargo run --example permissions -- list web1
//! cargo run --example permissions -- set-ssh-key jane@internal-authz "$(cat ~/.ssh/id_ed25519.pub)"
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{Domain, Group, Permission, Permit, Role, SshPublicKey, User};
use ovirt_sdk::{Connection, Error, search};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["roles"] => list_roles(connection).await,
        ["add-role", role] => add_role(connection, role).await,
        ["add-user", user] => add_user(connection, user).await,
        ["add-group", group] => add_group(connection, group).await,
        ["grant-on-vms", user, role, vms @ ..] if !vms.is_empty() => grant_on_vms(connection, user, role, vms).await,
        ["grant-on-network", user, role, network] => grant_on_network(connection, user, role, network).await,
        ["list", vm] => list_vm_permissions(connection, vm).await,
        ["set-ssh-key", user, key] => set_ssh_key(connection, user, key).await,
        _ => common::usage(include_str!("permissions.rs")),
    })
}

/// Lists all roles.
pub async fn list_roles(connection: &Connection) -> Result<(), Error> {
    for role in connection.system().roles().list().send().await? {
        let kind = if role.administrative == Some(true) { "admin" } else { "user" };
        println!("{} ({kind}): {}", role.try_name()?, role.description.as_deref().unwrap_or_default());
    }
    Ok(())
}

/// The permits of a role for users who start and stop virtual machines.
const POWER_PERMITS: [&str; 5] = ["login", "run_vm", "reboot_vm", "shut_down_vm", "stop_vm"];

/// Creates a role whose users can start and stop virtual machines.
pub async fn add_role(connection: &Connection, name: &str) -> Result<(), Error> {
    // A role refers to permits by ID. The cluster levels list the permits with their names.
    let levels = connection.system().cluster_levels().list().send().await?;
    let mut permits: Vec<Permit> = levels.iter().flat_map(|level| level.permits.iter().flatten().cloned()).collect();
    permits.retain(|permit| permit.name.as_deref().is_some_and(|name| POWER_PERMITS.contains(&name)));
    permits.sort_by(|a, b| a.id.cmp(&b.id));
    permits.dedup_by(|a, b| a.id == b.id);
    let role = Role::new().name(name).administrative(false).permits(permits);
    let (_, created) = connection.system().roles().find_or_create(role).await?;
    println!("role {name} {}", if created { "created" } else { "already exists" });
    Ok(())
}

/// Adds a user from a directory, which is the part of the name after the last `@`. Only added users can get permissions.
pub async fn add_user(connection: &Connection, name: &str) -> Result<(), Error> {
    let (_, directory) = name.rsplit_once('@').ok_or_else(|| Error::custom(format!("no directory in {name}")))?;
    let user = connection.create(User::new().user_name(name).domain(Domain::with_name(directory))).await?;
    println!("added user {}", user.try_user_name()?);
    Ok(())
}

/// Adds a group from a directory. Permissions of a group apply to all of its users.
pub async fn add_group(connection: &Connection, name: &str) -> Result<(), Error> {
    let group = connection.create(Group::new().name(name)).await?;
    println!("added group {}", group.try_name()?);
    Ok(())
}

/// Grants a role on virtual machines to a user.
pub async fn grant_on_vms(connection: &Connection, user: &str, role: &str, vms: &[&str]) -> Result<(), Error> {
    let permission = permission(connection, user, role).await?;
    for name in vms {
        let vm = connection.system().vms().find_service(*name).await?;
        vm.permissions().add(permission.clone()).send().await?;
        println!("granted role {role} on VM {name} to {user}");
    }
    Ok(())
}

/// Grants a role on a network to a user.
pub async fn grant_on_network(connection: &Connection, user: &str, role: &str, network: &str) -> Result<(), Error> {
    let permission = permission(connection, user, role).await?;
    connection.system().networks().find_service(network).await?.permissions().add(permission).send().await?;
    Ok(())
}

/// Lists the permissions on a virtual machine, including inherited ones. `permission_report` lists all permissions.
pub async fn list_vm_permissions(connection: &Connection, vm: &str) -> Result<(), Error> {
    let permissions = connection.system().vms().find_service(vm).await?.permissions();
    let mut permissions = permissions.list().follow(Permission::ROLE).send().await?;
    // Each permission is of a user or of a group, so that a request can follow neither link.
    connection.follow_each(&mut permissions, Permission::USER).await?;
    connection.follow_each(&mut permissions, Permission::GROUP).await?;
    for permission in &permissions {
        let user = Permission::USER.of(permission).and_then(|user| user.user_name.as_deref());
        let group = Permission::GROUP.of(permission).and_then(|group| group.name.as_deref());
        let on = permission.target().map_or("system", |target| target.object().info().name);
        println!("{}: {} on {on}", user.or(group).unwrap_or("?"), permission.try_role()?.try_name()?);
    }
    Ok(())
}

/// Replaces the SSH key that authenticates a user at the serial consoles of virtual machines.
pub async fn set_ssh_key(connection: &Connection, user: &str, key: &str) -> Result<(), Error> {
    let keys = connection.of(&find_user(connection, user).await?)?.ssh_public_keys();
    for old in keys.list().send().await? {
        keys.key(&old).remove().send().await?;
    }
    keys.add(SshPublicKey::new().content(key)).send().await?;
    Ok(())
}

async fn permission(connection: &Connection, user: &str, role: &str) -> Result<Permission, Error> {
    let user = find_user(connection, user).await?;
    let role = connection.system().roles().find(role).await?;
    Ok(Permission::new().user(User::with_id(user.try_id()?)).role(Role::with_id(role.try_id()?)))
}

/// Finds a user by login name. (`find` compares `name`, which is the user's first name.)
async fn find_user(connection: &Connection, name: &str) -> Result<User, Error> {
    let users = connection.system().users().list().search(search::user::USER_NAME.literal(name)).send().await?;
    let user = users.into_iter().find(|user| user.user_name.as_deref() == Some(name));
    user.ok_or_else(|| Error::custom(format!("no user {name}")))
}
