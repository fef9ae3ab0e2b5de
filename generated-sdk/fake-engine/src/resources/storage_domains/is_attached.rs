//! Whether a storage domain is attached to a data center.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::storage_domain;
use ovirt_sdk::types::{Host, StorageDomain};

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "is_attached", is_attached);
}

/// Whether hosts find a data center's mark on the storage.
fn is_attached(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    let host: Option<Host> = call.object("host");
    if host.is_none() {
        return Err(Fault::incomplete("Action", &["host.id|name"], "isAttached"));
    }
    let attached = !storage_domain::data_centers(call.state, &path).is_empty();
    Ok(Reply::Output("is_attached", Box::new(Some(attached))))
}
