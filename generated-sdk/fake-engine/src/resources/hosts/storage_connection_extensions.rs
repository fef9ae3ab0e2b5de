//! Credentials of hosts for iSCSI targets.

use crate::api::{Call, Fault, Registry, Reply};
use ovirt_sdk::types::StorageConnectionExtension;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_server_connection_extensions", "add", add);
}

/// Adds the credentials of a host for a target. A target has at most one.
fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
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
