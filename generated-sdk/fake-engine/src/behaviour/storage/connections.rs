//! How hosts reach storage: connections to servers, and what hosts need for some of them.

use super::{DOMAINS, domains};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{State, last};
use ovirt_sdk::types::{
    HostStorage, StorageConnection, StorageConnectionExtension, StorageDomain, StorageDomainStatus, StorageType,
};

/// Where connections live.
pub(super) const CONNECTIONS: &str = "storageconnections";
/// The note of a storage domain that has the identifiers of its connections.
const OF_DOMAIN: &str = "connections";

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_server_connections", "add", add);
    registry.on("storage_server_connection", "update", update);
    registry.on("storage_server_connection", "remove", remove);
    registry.view("storage_domain_server_connections", of);
    registry.on("storage_domain_server_connections", "add", attach);
    registry.on("storage_domain_server_connection", "remove", detach);
    registry.on("storage_server_connection_extensions", "add", add_extension);
}

/// The paths of the connections of a storage domain.
pub(super) fn of(state: &State, domain: &str) -> Vec<String> {
    let ids = state.note(&domains::root(domain), OF_DOMAIN).unwrap_or_default();
    let paths = ids.split(' ').filter(|id| !id.is_empty()).map(|id| format!("{CONNECTIONS}/{id}"));
    paths.filter(|path| state.contains(path)).collect()
}

fn set(state: &mut State, domain: &str, connections: &[String]) {
    let ids: Vec<&str> = connections.iter().map(|path| last(path)).collect();
    state.set_note(domain, OF_DOMAIN, ids.join(" "));
}

/// Makes sure that there is a connection to the storage of a domain.
pub(crate) fn connect(state: &mut State, domain: &str) {
    let Some(storage) = state.get::<StorageDomain>(domain).and_then(|domain| domain.storage.as_deref()).cloned() else {
        return;
    };
    let mut wanted = vec![of_storage(&storage)];
    if storage.type_ == Some(StorageType::Iscsi) {
        let units = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref()).flatten();
        wanted = units
            .filter_map(|unit| super::block::known(state, unit.id.as_deref()?))
            .map(|unit| {
                let mut connection = StorageConnection::new().type_(StorageType::Iscsi);
                (connection.address, connection.port) = (unit.address, unit.port);
                (connection.target, connection.portal) = (unit.target, unit.portal);
                connection
            })
            .collect();
    }
    if matches!(storage.type_, Some(StorageType::Fcp | StorageType::Glance)) {
        return;
    }
    let mut connections = Vec::new();
    for connection in wanted {
        let path = same(state, &connection).unwrap_or_else(|| state.insert(CONNECTIONS, connection));
        if !connections.contains(&path) {
            connections.push(path);
        }
    }
    set(state, domain, &connections);
}

/// The connection that the storage of a domain tells of.
fn of_storage(storage: &HostStorage) -> StorageConnection {
    let mut connection = StorageConnection::new();
    connection.type_.clone_from(&storage.type_);
    connection.address.clone_from(&storage.address);
    connection.path.clone_from(&storage.path);
    connection.vfs_type.clone_from(&storage.vfs_type);
    connection.mount_options.clone_from(&storage.mount_options);
    connection.nfs_version.clone_from(&storage.nfs_version);
    (connection.nfs_retrans, connection.nfs_timeo) = (storage.nfs_retrans, storage.nfs_timeo);
    connection
}

/// A connection that leads to the same place.
fn same(state: &State, wanted: &StorageConnection) -> Option<String> {
    let leads = |connection: &StorageConnection| {
        (&connection.type_, &connection.address, &connection.path, &connection.target)
            == (&wanted.type_, &wanted.address, &wanted.path, &wanted.target)
            && connection.port == wanted.port
    };
    state.list::<StorageConnection>(CONNECTIONS).find(|(_, it)| leads(it)).map(|(path, _)| path)
}

/// The storage domains that use a connection.
pub(super) fn users(state: &State, connection: &str) -> Vec<String> {
    let all = state.paths(DOMAINS);
    all.into_iter().filter(|domain| of(state, domain).iter().any(|path| path == connection)).collect()
}

/// What of a connection must be told, by its type.
fn needed(type_: &StorageType) -> &'static [&'static str] {
    match type_ {
        StorageType::Nfs => &["address", "path"],
        StorageType::Localfs => &["path"],
        StorageType::Posixfs => &["path", "vfs_type"],
        StorageType::Glusterfs => &["path"],
        StorageType::Iscsi => &["address", "port", "target"],
        _ => &[],
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["type"])?;
    let mut connection: StorageConnection = call.body()?;
    if connection.type_ == Some(StorageType::Iscsi) {
        connection.port.get_or_insert(3260);
    }
    let missing = missing(&connection);
    if !missing.is_empty() {
        return Err(Fault::incomplete("StorageConnection", &missing, "add"));
    }
    if let Some(other) = same(call.state, &connection) {
        let domain = users(call.state, &other).first().map(|domain| call.state.name_of(domain)).unwrap_or_default();
        return Err(Fault::conflict(&format!(
            "Cannot add Storage Connection. Storage connection {} already exists for {domain}.",
            last(&other)
        )));
    }
    connection.host = None;
    Ok(Reply::Created(call.state.insert(CONNECTIONS, connection)))
}

fn missing(connection: &StorageConnection) -> Vec<&'static str> {
    let Some(type_) = &connection.type_ else { return Vec::new() };
    let is_set = |name: &str| ovirt_sdk::object::member(connection, name).is_some_and(|slot| slot.is_set());
    needed(type_).iter().copied().filter(|name| !is_set(name)).collect()
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: StorageConnection = call.body()?;
    let path = call.path();
    let old = call.state.find::<StorageConnection>(&path)?;
    if change.type_.is_some() && change.type_ != old.type_ {
        return Err(Fault::conflict("Cannot edit Storage Connection. Storage type cannot be edited."));
    }
    let users = users(call.state, &path);
    let idle = |domain: &String| {
        matches!(
            domains::status(call.state, domain),
            None | Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Unattached)
        )
    };
    let busy: Vec<String> = users.iter().filter(|it| !idle(it)).map(|it| call.state.name_of(it)).collect();
    if !busy.is_empty() && call.asked.flag("force") != Some(true) {
        return Err(Fault::conflict(&format!(
            "Cannot edit Storage Connection. The data domains {} should be in maintenance or unattached.",
            busy.join(", ")
        )));
    }
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

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let users = users(call.state, &call.path());
    if users.is_empty() {
        return call.remove();
    }
    let names: Vec<String> = users.iter().map(|domain| call.state.name_of(domain)).collect();
    Err(Fault::conflict(&format!(
        "Cannot remove Storage Connection. Storage connection parameters are used by the following storage domains : {}.",
        names.join(", ")
    )))
}

/// Lets a storage domain use a connection.
fn attach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id"])?;
    let connection: StorageConnection = call.body()?;
    let path = format!("{CONNECTIONS}/{}", connection.id.unwrap_or_default());
    let domain = domains::root(&call.parent());
    let refused = |text: &str| Err(Fault::conflict(&format!("Cannot attach Storage Connection. {text}")));
    let Some(found) = call.state.get::<StorageConnection>(&path) else {
        return refused("Storage connection doesn't exist.");
    };
    let storage = call.state.find::<StorageDomain>(&domain)?.storage.as_deref();
    if found.type_ != storage.and_then(|storage| storage.type_.clone()) {
        return refused("Storage connection and domain type don't match.");
    }
    let mut connections = of(call.state, &domain);
    if connections.contains(&path) {
        return refused("Storage connection is already attached to the specified domain.");
    }
    check_idle(call.state, &domain, "attach")?;
    connections.push(path.clone());
    set(call.state, &domain, &connections);
    Ok(Reply::Created(path))
}

fn check_idle(state: &State, domain: &str, verb: &str) -> Result<(), Fault> {
    match domains::status(state, domain) {
        None | Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Unattached) => Ok(()),
        status => Err(domains::illegal_status(verb, "Storage Connection", status.as_ref())),
    }
}

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (domain, path) = (domains::root(&call.parent()), call.path());
    check_idle(call.state, &domain, "detach")?;
    let mut connections = of(call.state, &domain);
    connections.retain(|connection| *connection != path);
    set(call.state, &domain, &connections);
    Ok(Reply::Done)
}

/// What a host needs to log in to a target; one for each.
fn add_extension(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["target", "username", "password"])?;
    let extension: StorageConnectionExtension = call.body()?;
    let collection = call.path();
    let taken = |other: &StorageConnectionExtension| other.target == extension.target;
    if call.state.list::<StorageConnectionExtension>(&collection).any(|(_, other)| taken(other)) {
        let (host, target) = (call.state.name_of(&call.parent()), extension.target.clone().unwrap_or_default());
        return Err(Fault::conflict(&format!(
            "Cannot add Storage Connection Extension. Connection extension already exists for the host {host} and the \
             target {target}."
        )));
    }
    call.add(Box::new(extension))
}
