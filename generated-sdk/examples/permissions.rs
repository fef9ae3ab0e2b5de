//! Users, groups, roles and permissions: taking users and groups over from a directory, a role, who may use what, keys.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example permissions -- roles
//! cargo run --example permissions -- add-role Starter
//! cargo run --example permissions -- add-user jane@internal-authz
//! cargo run --example permissions -- add-group developers@internal-authz
//! cargo run --example permissions -- grant jane@internal-authz UserVmManager web1 web2
//! cargo run --example permissions -- grant-network jane@internal-authz VnicProfileUser ovirtmgmt
//! cargo run --example permissions -- of web1
//! cargo run --example permissions -- key jane@internal-authz "$(cat ~/.ssh/id_ed25519.pub)"
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::types::{Group, Permission, Permit, Role, SshPublicKey, User};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("roles").as_str() {
        "roles" => roles(&connection).await,
        "add-role" => add_role(&connection, &word("Starter")).await,
        "add-user" => add_user(&connection, &word("jane@internal-authz")).await,
        "add-group" => add_group(&connection, &word("developers@internal-authz")).await,
        "grant" => {
            let (user, role) = (word("jane@internal-authz"), word("UserVmManager"));
            grant(&connection, &user, &role, &words.collect::<Vec<_>>()).await
        }
        "grant-network" => {
            let (user, role) = (word("jane@internal-authz"), word("VnicProfileUser"));
            grant_on_network(&connection, &user, &role, &word("ovirtmgmt")).await
        }
        "of" => of_machine(&connection, &word("example")).await,
        "key" => set_key(&connection, &word("jane@internal-authz"), &word("")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn roles(connection: &Connection) -> Result<(), Error> {
    for role in connection.system().roles().list().send().await? {
        let kind = if role.administrative == Some(true) { "for administrators" } else { "for users" };
        println!("{} ({kind}): {}", role.try_name()?, role.description.as_deref().unwrap_or_default());
    }
    Ok(())
}

/// A role whose users may start and stop virtual machines.
pub async fn add_role(connection: &Connection, name: &str) -> Result<(), Error> {
    // Permits have numbers; a level of the API lists them by name.
    let wanted = ["vm_basic_operations", "login"];
    let levels = connection.system().cluster_levels().list().send().await?;
    let known = levels.iter().flat_map(|level| level.permits.iter().flatten());
    let mut permits: Vec<Permit> = Vec::new();
    for permit in known.filter(|permit| wanted.contains(&permit.name.as_deref().unwrap_or_default())) {
        if !permits.iter().any(|other| other.id == permit.id) {
            permits.push(Permit::with_id(permit.try_id()?));
        }
    }
    let wanted = Role::new().name(name).administrative(false).permits(permits);
    let (role, made) = connection.system().roles().find_or_create(wanted).await?;
    println!("{} {}", role.try_name()?, if made { "is there now" } else { "was there already" });
    Ok(())
}

pub async fn add_user(connection: &Connection, name: &str) -> Result<(), Error> {
    let user = connection.system().users().add(User::new().user_name(name)).send().await?;
    println!("{} is known", user.try_user_name()?);
    Ok(())
}

/// What members of the group may do is what the group may do.
pub async fn add_group(connection: &Connection, name: &str) -> Result<(), Error> {
    let group = connection.system().groups().add(Group::new().name(name)).send().await?;
    println!("{} is known", group.try_name()?);
    Ok(())
}

/// Grants a role on virtual machines.
pub async fn grant(connection: &Connection, user: &str, role: &str, vms: &[String]) -> Result<(), Error> {
    let permission = permission(connection, user, role).await?;
    for name in vms {
        let vm = connection.system().vms().find(name).await?;
        let permissions = connection.system().vms().vm(vm.try_id()?).permissions();
        permissions.add(permission.clone()).send().await?;
        println!("{user} is {role} of {name}");
    }
    Ok(())
}

/// Grants a role on a network.
pub async fn grant_on_network(connection: &Connection, user: &str, role: &str, network: &str) -> Result<(), Error> {
    let permission = permission(connection, user, role).await?;
    let network = connection.system().networks().find(network).await?;
    let permissions = connection.system().networks().network(network.try_id()?).permissions();
    permissions.add(permission).send().await?;
    println!("{user} is {role} of {}", network.try_name()?);
    Ok(())
}

/// Who may use a virtual machine, inherited permissions included.
pub async fn of_machine(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find(vm).await?;
    let permissions = connection.system().vms().vm(vm.try_id()?).permissions();
    for permission in permissions.list().follow("role,user,group").send().await? {
        let user = permission.user.as_ref().and_then(|user| user.user_name.as_deref());
        let group = permission.group.as_ref().and_then(|group| group.name.as_deref());
        println!("{} is {}", user.or(group).unwrap_or("somebody"), permission.try_role()?.try_name()?);
    }
    Ok(())
}

/// The key with which a user opens serial consoles, in place of the one before.
pub async fn set_key(connection: &Connection, user: &str, key: &str) -> Result<(), Error> {
    let user = find(connection, user).await?;
    let keys = connection.system().users().user(user.try_id()?).ssh_public_keys();
    for old in keys.list().send().await? {
        keys.key(old.try_id()?).remove().send().await?;
    }
    keys.add(SshPublicKey::new().content(key)).send().await?;
    println!("{} has a key", user.try_user_name()?);
    Ok(())
}

async fn permission(connection: &Connection, user: &str, role: &str) -> Result<Permission, Error> {
    let user = find(connection, user).await?;
    let role = connection.system().roles().find(role).await?;
    Ok(Permission::new().user(User::with_id(user.try_id()?)).role(Role::with_id(role.try_id()?)))
}

/// Users are found by the name that they log in with; their `name` is what friends call them.
async fn find(connection: &Connection, name: &str) -> Result<User, Error> {
    let users = connection.system().users().list().search(format!("usrname={name}")).send().await?;
    let found = users.into_iter().find(|user| user.user_name.as_deref() == Some(name));
    found.ok_or_else(|| Error::custom(format!("the engine does not know {name}")))
}
