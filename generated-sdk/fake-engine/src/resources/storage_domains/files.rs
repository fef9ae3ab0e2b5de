//! Files on storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::storage_domain;
use ovirt_sdk::types::{StorageDomain, StorageDomainType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("files", "list", list);
}

/// The files of an ISO domain. Other storage domains have none.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let domain = storage_domain::root(&call.parent());
    match call.state.find::<StorageDomain>(&domain)?.type_ {
        Some(StorageDomainType::Iso) => Ok(Reply::List(call.state.paths(&call.path()))),
        _ => Err(Fault::not_found()),
    }
}
