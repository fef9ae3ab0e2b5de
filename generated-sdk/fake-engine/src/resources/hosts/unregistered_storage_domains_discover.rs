//! Discovering unregistered storage domains on LUNs.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::paths::REMOVED_STORAGE_DOMAINS;
use ovirt_sdk::types::{Host, StorageDomain, StorageType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "unregistered_storage_domains_discover", discover);
}

/// The storage domains on LUNs that were removed and can be imported.
fn discover(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<Host>(&path)?;
    let left = call.state.list::<StorageDomain>(REMOVED_STORAGE_DOMAINS);
    let of_blocks = |domain: &StorageDomain| {
        let type_ = domain.storage.as_ref().and_then(|storage| storage.type_.clone());
        matches!(type_, Some(StorageType::Iscsi | StorageType::Fcp))
    };
    let found: ovirt_sdk::types::List<StorageDomain> = left
        .filter(|(_, domain)| of_blocks(domain))
        .map(|(_, domain)| {
            let mut found = domain.clone();
            (found.status, found.data_centers) = (None, None);
            found
        })
        .collect();
    Ok(Reply::Output("storage_domains", Box::new(Some(found))))
}
