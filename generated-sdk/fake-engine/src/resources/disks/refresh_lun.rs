//! Refreshing direct LUNs.

use crate::api::{Call, Fault, Registry, Reply};
use ovirt_sdk::types::{Disk, DiskStorageType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk", "refresh_lun", refresh_lun);
}

/// The size of a LUN never changes here, so that there is nothing to refresh.
fn refresh_lun(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let disk = call.state.find::<Disk>(&call.path())?;
    match disk.storage_type {
        Some(DiskStorageType::Lun) => Ok(Reply::Completed),
        _ => Err(Fault::invalid("${action} Virtual Disk", "The specified disk does not exist.")),
    }
}
