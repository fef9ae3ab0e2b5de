//! How hosts reach storage: connections to servers, and what hosts need for some of them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{storage_connection, storage_domain};
use crate::resources::paths::STORAGE_CONNECTIONS;
use ovirt_sdk::types::{StorageConnection, StorageDomain, StorageDomainStatus, StorageType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_server_connections", "add", add);
    registry.on("storage_server_connection", "update", update);
    registry.on("storage_server_connection", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["type"])?;
    let mut connection: StorageConnection = call.body()?;
    if connection.type_ == Some(StorageType::Iscsi) {
        connection.port.get_or_insert(3260);
    }
    let missing = storage_connection::missing_fields(&connection);
    if !missing.is_empty() {
        return Err(Fault::incomplete("StorageConnection", &missing, "add"));
    }
    if let Some(other) = storage_connection::find_same(call.state, &connection) {
        let domain = storage_connection::users(call.state, &other)
            .first()
            .map(|domain| call.state.name_of(domain))
            .unwrap_or_default();
        return Err(Fault::conflict(&format!(
            "Cannot add Storage Connection. Storage connection {} already exists for {domain}.",
            last(&other)
        )));
    }
    connection.host = None;
    Ok(Reply::Created(call.state.insert(STORAGE_CONNECTIONS, connection)))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: StorageConnection = call.body()?;
    let path = call.path();
    let old = call.state.find::<StorageConnection>(&path)?;
    if change.type_.is_some() && change.type_ != old.type_ {
        return Err(Fault::conflict("Cannot edit Storage Connection. Storage type cannot be edited."));
    }
    let users = storage_connection::users(call.state, &path);
    let idle = |domain: &String| {
        matches!(
            storage_domain::status(call.state, domain),
            None | Some(StorageDomainStatus::Maintenance | StorageDomainStatus::Unattached)
        )
    };
    let busy: Vec<String> = users.iter().filter(|it| !idle(it)).map(|it| call.state.name_of(it)).collect();
    if !busy.is_empty() && call.request.flag("force") != Some(true) {
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
    let users = storage_connection::users(call.state, &call.path());
    if users.is_empty() {
        return call.remove();
    }
    let names: Vec<String> = users.iter().map(|domain| call.state.name_of(domain)).collect();
    Err(Fault::conflict(&format!(
        "Cannot remove Storage Connection. Storage connection parameters are used by the following storage domains : {}.",
        names.join(", ")
    )))
}
