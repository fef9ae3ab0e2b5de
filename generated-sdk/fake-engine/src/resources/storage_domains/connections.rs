//! Connections of storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{storage_connection, storage_domain};
use crate::resources::paths::STORAGE_CONNECTIONS;
use crate::state::State;
use ovirt_sdk::types::{StorageConnection, StorageDomain, StorageType};

const ATTACH: &str = "attach Storage Connection";
const DETACH: &str = "detach Storage Connection";

pub(super) fn register(registry: &mut Registry) {
    registry.view("storage_domain_server_connections", storage_connection::of_domain);
    registry.on("storage_domain_server_connections", "add", attach);
    registry.on("storage_domain_server_connection", "remove", detach);
}

/// Adds a connection to a storage domain.
fn attach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let connection: StorageConnection = call.body()?;
    let path = format!("{STORAGE_CONNECTIONS}/{}", connection.id.unwrap_or_default());
    let domain = storage_domain::root(&call.parent());
    check(call.state, &path, &domain, ATTACH)?;
    match storage_connection::attach(call.state, &domain, &path) {
        true => Ok(Reply::Created(path)),
        false => Err(Fault::cannot(ATTACH, "Storage connection is already attached to the specified domain.")),
    }
}

/// Fails if the connections of a storage domain can't be changed.
fn check(state: &State, connection: &str, domain: &str, action: &str) -> Result<(), Fault> {
    let Some(found) = state.get::<StorageConnection>(connection) else {
        return Err(Fault::invalid(action, "Storage connection doesn't exist."));
    };
    if !storage_connection::is_idle(state, domain) {
        return Err(storage_connection::domain_in_use(action, &state.name_of(domain)));
    }
    let storage = state.find::<StorageDomain>(domain)?.storage.as_deref();
    if found.type_ != storage.and_then(|storage| storage.type_.clone()) {
        return Err(Fault::invalid(action, "Storage connection and domain type don't match."));
    }
    match found.type_ {
        Some(StorageType::Iscsi) => Ok(()),
        _ => Err(Fault::invalid(action, "Action is supported only for iSCSI storage domains.")),
    }
}

/// Removes a connection from a storage domain.
fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (domain, path) = (storage_domain::root(&call.parent()), call.path());
    check(call.state, &path, &domain, DETACH)?;
    match storage_connection::detach(call.state, &domain, &path) {
        true => Ok(Reply::Completed),
        false => Err(Fault::invalid(DETACH, "Storage connection is not attached to the specified domain.")),
    }
}
