//! Connections of storage domains to storage servers.

use crate::api::Fault;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::{logical_unit, storage_domain};
use crate::resources::paths::{STORAGE_CONNECTIONS, STORAGE_DOMAINS};
use crate::state::State;
use ovirt_sdk::types::{HostStorage, StorageConnection, StorageDomain, StorageDomainStatus, StorageType};

/// The identifiers of the connections of a storage domain, or of an iSCSI bond.
const OF_OWNER: Note<Vec<String>> = Note::new("connections");

/// The paths of the connections of a storage domain.
pub(crate) fn of_domain(state: &State, domain: &str) -> Vec<String> {
    of_owner(state, &storage_domain::root(domain))
}

/// The paths of the connections of a storage domain at the root, or of an iSCSI bond.
pub(crate) fn of_owner(state: &State, owner: &str) -> Vec<String> {
    let ids = state.note(owner, OF_OWNER).unwrap_or_default();
    let paths = ids.into_iter().map(|id| format!("{STORAGE_CONNECTIONS}/{id}"));
    paths.filter(|path| state.contains(path)).collect()
}

fn set_for_owner(state: &mut State, owner: &str, connections: &[String]) {
    let ids: Vec<String> = connections.iter().map(|path| last(path).to_owned()).collect();
    state.set_note(owner, OF_OWNER, ids);
}

/// Adds a connection to a storage domain at the root, or to an iSCSI bond; returns false if it was there.
pub(crate) fn attach(state: &mut State, owner: &str, connection: &str) -> bool {
    let mut connections = of_owner(state, owner);
    if connections.iter().any(|path| path == connection) {
        return false;
    }
    connections.push(connection.to_owned());
    set_for_owner(state, owner, &connections);
    true
}

/// Removes a connection from a storage domain at the root, or from an iSCSI bond; returns false if it was not there.
pub(crate) fn detach(state: &mut State, owner: &str, connection: &str) -> bool {
    let mut connections = of_owner(state, owner);
    let count = connections.len();
    connections.retain(|path| path != connection);
    set_for_owner(state, owner, &connections);
    connections.len() < count
}

/// Adds the connections of a storage domain to its storage, unless they exist.
pub(crate) fn connect(state: &mut State, domain: &str) {
    let Some(storage) = state.get::<StorageDomain>(domain).and_then(|domain| domain.storage.as_deref()).cloned() else {
        return;
    };
    let mut wanted = vec![connection_of(&storage)];
    if storage.type_ == Some(StorageType::Iscsi) {
        let units = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref()).flatten();
        wanted = units
            .filter_map(|unit| logical_unit::find(state, unit.id.as_deref()?))
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
        let path = find_same(state, &connection).unwrap_or_else(|| state.insert(STORAGE_CONNECTIONS, connection));
        if !connections.contains(&path) {
            connections.push(path);
        }
    }
    set_for_owner(state, domain, &connections);
}

/// A connection to storage.
fn connection_of(storage: &HostStorage) -> StorageConnection {
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

/// The path of a connection to the same storage.
pub(crate) fn find_same(state: &State, wanted: &StorageConnection) -> Option<String> {
    let leads = |connection: &StorageConnection| {
        (&connection.type_, &connection.address, &connection.path, &connection.target)
            == (&wanted.type_, &wanted.address, &wanted.path, &wanted.target)
            && connection.port == wanted.port
    };
    state.list::<StorageConnection>(STORAGE_CONNECTIONS).find(|(_, it)| leads(it)).map(|(path, _)| path)
}

/// The storage domains that use a connection.
pub(crate) fn users(state: &State, connection: &str) -> Vec<String> {
    let all = state.paths(STORAGE_DOMAINS);
    all.into_iter().filter(|domain| of_domain(state, domain).iter().any(|path| path == connection)).collect()
}

/// Whether a storage domain is in maintenance or unattached, so that its connections can change.
pub(crate) fn is_idle(state: &State, domain: &str) -> bool {
    matches!(
        storage_domain::status(state, domain),
        None | Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Unattached)
    )
}

/// The fault for changes of the connections of storage domains that aren't [idle](is_idle).
pub(crate) fn domain_in_use(action: &str, domains: &str) -> Fault {
    Fault::invalid(action, &format!("The data domains {domains} should be in maintenance or unattached."))
}

/// The fields that a connection of a type requires.
fn required_fields(type_: &StorageType) -> &'static [&'static str] {
    match type_ {
        StorageType::Nfs => &["address", "path"],
        StorageType::Localfs => &["path"],
        StorageType::Posixfs => &["path", "vfs_type"],
        StorageType::Glusterfs => &["path", "vfs_type"],
        StorageType::Iscsi => &["address", "target", "port"],
        _ => &[],
    }
}

pub(crate) fn missing_fields(connection: &StorageConnection) -> Vec<&'static str> {
    let Some(type_) = &connection.type_ else { return Vec::new() };
    let is_set = |name: &str| ovirt_sdk::object::member(connection, name).is_some_and(|slot| slot.is_set());
    required_fields(type_).iter().copied().filter(|name| !is_set(name)).collect()
}
