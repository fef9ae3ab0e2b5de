//! Whether a storage domain is attached to a data center.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::storage_domain;
use ovirt_sdk::types::StorageDomain;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "is_attached", is_attached);
}

/// Whether the metadata on the storage names a data center.
fn is_attached(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    let attached = !storage_domain::data_centers(call.state, &path).is_empty();
    Ok(Reply::Output("is_attached", Box::new(Some(attached))))
}
