//! Connections of storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{storage_connection, storage_domain};
use crate::resources::paths::STORAGE_CONNECTIONS;
use crate::state::State;
use ovirt_sdk::types::{StorageConnection, StorageDomain, StorageDomainStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.view("storage_domain_server_connections", storage_connection::of_domain);
    registry.on("storage_domain_server_connections", "add", attach);
    registry.on("storage_domain_server_connection", "remove", detach);
}

/// Lets a storage domain use a connection.
fn attach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id"])?;
    let connection: StorageConnection = call.body()?;
    let path = format!("{STORAGE_CONNECTIONS}/{}", connection.id.unwrap_or_default());
    let domain = storage_domain::root(&call.parent());
    let refused = |text: &str| Err(Fault::conflict(&format!("Cannot attach Storage Connection. {text}")));
    let Some(found) = call.state.get::<StorageConnection>(&path) else {
        return refused("Storage connection doesn't exist.");
    };
    let storage = call.state.find::<StorageDomain>(&domain)?.storage.as_deref();
    if found.type_ != storage.and_then(|storage| storage.type_.clone()) {
        return refused("Storage connection and domain type don't match.");
    }
    let mut connections = storage_connection::of_domain(call.state, &domain);
    if connections.contains(&path) {
        return refused("Storage connection is already attached to the specified domain.");
    }
    check_idle(call.state, &domain, "attach")?;
    connections.push(path.clone());
    storage_connection::set_for_domain(call.state, &domain, &connections);
    Ok(Reply::Created(path))
}

fn check_idle(state: &State, domain: &str, verb: &str) -> Result<(), Fault> {
    match storage_domain::status(state, domain) {
        None | Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Unattached) => Ok(()),
        status => Err(storage_domain::illegal_status(verb, "Storage Connection", status.as_ref())),
    }
}

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (domain, path) = (storage_domain::root(&call.parent()), call.path());
    check_idle(call.state, &domain, "detach")?;
    let mut connections = storage_connection::of_domain(call.state, &domain);
    connections.retain(|connection| *connection != path);
    storage_connection::set_for_domain(call.state, &domain, &connections);
    Ok(Reply::Completed)
}
