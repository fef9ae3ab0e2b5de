//! Refreshing direct LUN disks.

use crate::api::{Call, Fault, Registry, Reply};
use ovirt_sdk::types::{Disk, DiskStorageType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk", "refresh_lun", refresh_lun);
}

fn refresh_lun(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let disk = call.state.find::<Disk>(&call.path())?;
    match disk.storage_type {
        Some(DiskStorageType::Lun) => Ok(Reply::Completed),
        _ => Err(Fault::conflict("Cannot refresh LUN Virtual Disk. The disk is not a direct LUN.")),
    }
}
