//! Sparsifying disks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::disk;
use crate::resources::disks::reduce;
use ovirt_sdk::types::{Disk, DiskStorageType};

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk"] {
        registry.on(service, "sparsify", sparsify);
    }
}

fn sparsify(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    disk::check_free(call.state, &path, "sparsify")?;
    disk::check_unused(call.state, &path, "sparsify")?;
    let disk = call.state.find::<Disk>(&path)?;
    let name = disk.name.clone().unwrap_or_default();
    let refused = match () {
        () if disk.storage_type == Some(DiskStorageType::Lun) => {
            format!("Sparsifying disk {name} is not supported by disk storage type LUN.")
        }
        () if disk.sparse != Some(true) => format!("Sparsifying is not supported for preallocated disk {name}."),
        () => return reduce::shrink(call, &path, &format!("Sparsifying Disk {name}"), (1325, "sparsified")),
    };
    Err(Fault::conflict(&format!("Cannot sparsify Virtual Disk. {refused}")))
}
