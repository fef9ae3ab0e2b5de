//! Connections of hosts to storage servers.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::path::last;
use crate::resources::common::storage_connection;
use crate::resources::paths::{HOSTS, STORAGE_CONNECTIONS};
use crate::state::State;
use ovirt_sdk::types::{Host, HostStatus, StorageConnection, StorageDomain, StorageType};

const ADD: &str = "add Storage Connection";
const EDIT: &str = "edit Storage Connection";
const ATTACH: &str = "edit iSCSI Bond";
const REMOVE: &str = "remove Storage Connection";

pub(super) fn register(registry: &mut Registry) {
    registry.view("storage_server_connections", |state, bond| match bond.is_empty() {
        true => state.paths(STORAGE_CONNECTIONS),
        false => storage_connection::of_owner(state, bond),
    });
    registry.on("storage_server_connections", "add", add);
    registry.on("storage_server_connection", "update", update);
    registry.on("storage_server_connection", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if !call.parent().is_empty() {
        return attach(call);
    }
    call.require(&["type"])?;
    let mut connection: StorageConnection = call.body()?;
    let missing = storage_connection::missing_fields(&connection);
    if !missing.is_empty() {
        return Err(Fault::incomplete("StorageConnection", &missing, "add"));
    }
    check_values(&connection, ADD)?;
    check_unused(call.state, &connection, None, ADD)?;
    if let Some(host) = connection.host.take() {
        check_host(call.state, &host)?;
    }
    Ok(Reply::Created(call.state.insert(STORAGE_CONNECTIONS, connection)))
}

/// Adds an existing connection to an iSCSI bond.
fn attach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id"])?;
    let sent: StorageConnection = call.body()?;
    let path = format!("{STORAGE_CONNECTIONS}/{}", sent.id.unwrap_or_default());
    if !call.state.contains(&path) {
        return Err(Fault::invalid(ATTACH, "Storage connection doesn't exist."));
    }
    match storage_connection::attach(call.state, &call.parent(), &path) {
        true => Ok(Reply::Created(path)),
        false => Err(Fault::conflict("storage_connection already exists")),
    }
}

/// Checks the values of a connection as the engine does before it uses it.
fn check_values(connection: &StorageConnection, action: &str) -> Result<(), Fault> {
    if connection.type_ == Some(StorageType::Nfs) && connection.path.as_ref().is_some_and(|path| !path.starts_with('/'))
    {
        return Err(Fault::bad("Mount path is illegal, please use [IP:/path or FQDN:/path] convention."));
    }
    if connection.type_ == Some(StorageType::Iscsi) && connection.port.is_some_and(|port| port <= 0) {
        return Err(Fault::bad("Invalid value for port, should be an integer greater than 0."));
    }
    if connection.nfs_timeo.is_some_and(|timeout| !(1..=6000).contains(&timeout)) {
        return Err(Fault::bad("NFS Timeout should be between 1 and 6000"));
    }
    if connection.nfs_retrans.is_some_and(|count| !(0..=32767).contains(&count)) {
        return Err(Fault::bad("NFS Retransmissions should be between 0 and 32767"));
    }
    let managed = ["nfsvers", "vers", "protocol_version", "vfs_type", "retrans", "timeo"];
    let options = connection.mount_options.as_deref().unwrap_or_default().split(',');
    let duplicate: Vec<&str> =
        options.filter_map(|option| option.split('=').next()).filter(|name| managed.contains(&name.trim())).collect();
    match connection.type_ == Some(StorageType::Nfs) && !duplicate.is_empty() {
        true => {
            let reason = format!(
                "Custom mount options contain the following duplicate managed options: {}.",
                duplicate.join(", ")
            );
            Err(Fault::invalid(action, &reason))
        }
        false => Ok(()),
    }
}

/// Fails if another connection leads to the same storage.
fn check_unused(state: &State, connection: &StorageConnection, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let other = storage_connection::find_same(state, connection).filter(|path| Some(path.as_str()) != own);
    let Some(other) = other else { return Ok(()) };
    let users = storage_connection::users(state, &other);
    let domain = users.first().map(|domain| state.name_of(domain)).unwrap_or_default();
    Err(Fault::cannot(action, &format!("Storage connection {} already exists for {domain}.", last(&other))))
}

fn check_host(state: &State, host: &Host) -> Result<(), Fault> {
    let path = state.reference(HOSTS, host)?.unwrap_or_default();
    match state.get::<Host>(&path).map(|host| &host.status) {
        Some(None | Some(HostStatus::Up)) => Ok(()),
        Some(_) => Err(Fault::conflict("Cannot add storage server connection when Host status is not up")),
        None => Err(Fault::invalid(ADD, "Invalid Host Id.")),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: StorageConnection = call.body()?;
    let path = call.path();
    let users = storage_connection::users(call.state, &path);
    check_change(call.state, &path, &change, &users, call.request.flag("force") == Some(true))?;
    change.host = None;
    let reply = call.update(&change)?;
    let connection = call.state.find::<StorageConnection>(&path)?.clone();
    for domain in users {
        if let Some(storage) = call.state.get_mut::<StorageDomain>(&domain).and_then(|it| it.storage.as_mut())
            && storage.type_ != Some(StorageType::Iscsi)
        {
            storage.address.clone_from(&connection.address);
            storage.path.clone_from(&connection.path);
            storage.mount_options.clone_from(&connection.mount_options);
            storage.vfs_type.clone_from(&connection.vfs_type);
            storage.nfs_version.clone_from(&connection.nfs_version);
            (storage.nfs_retrans, storage.nfs_timeo) = (connection.nfs_retrans, connection.nfs_timeo);
        }
    }
    Ok(reply)
}

fn check_change(
    state: &State,
    path: &str,
    change: &StorageConnection,
    users: &[String],
    is_forced: bool,
) -> Result<(), Fault> {
    let old = state.find::<StorageConnection>(path)?;
    let mut new = old.clone();
    merge(&mut new, change);
    check_values(&new, EDIT)?;
    if new.type_ != old.type_ {
        return Err(Fault::invalid(EDIT, "Storage type cannot be edited."));
    }
    check_unused(state, &new, Some(path), EDIT)?;
    let names = |domains: &[&String]| domains.iter().map(|it| state.name_of(it)).collect::<Vec<_>>().join(", ");
    if users.len() > 1 && old.type_ != Some(StorageType::Iscsi) {
        let names = names(&users.iter().collect::<Vec<_>>());
        let reason = format!("Storage connection parameters are used by the following storage domains : {names}.");
        return Err(Fault::cannot(EDIT, &reason));
    }
    let busy: Vec<&String> = users.iter().filter(|it| !storage_connection::is_idle(state, it)).collect();
    match busy.is_empty() || is_forced {
        true => Ok(()),
        false => Err(storage_connection::domain_in_use(EDIT, &names(&busy))),
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (bond, path) = (call.parent(), call.path());
    if !bond.is_empty() {
        storage_connection::detach(call.state, &bond, &path);
        return Ok(Reply::Completed);
    }
    let users = storage_connection::users(call.state, &path);
    if users.is_empty() {
        return call.remove();
    }
    let names: Vec<String> = users.iter().map(|domain| call.state.name_of(domain)).collect();
    let reason =
        format!("Storage connection parameters are used by the following storage domains : {}.", names.join(","));
    Err(Fault::cannot(REMOVE, &reason))
}
