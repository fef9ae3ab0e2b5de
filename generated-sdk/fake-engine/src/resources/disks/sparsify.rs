//! Sparsifying disks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{disk, disk_lock, storage_domain};
use crate::resources::disks::reduce;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStorageType};

const SPARSIFY: &str = "sparsify Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk"] {
        registry.on(service, "sparsify", sparsify);
    }
}

fn sparsify(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check(call.state, &path)?;
    let name = call.state.name_of(&path);
    call.state.event(1325, Severity::Normal, &format!("Started to sparsify {name}"), &[&path]);
    reduce::shrink(call, &path, "SparsifyImage", (1326, format!("{name} sparsified successfully.")))
}

fn check(state: &State, path: &str) -> Result<(), Fault> {
    let found = state.find::<Disk>(path)?;
    disk_lock::check(state, path, SPARSIFY)?;
    disk::check_vms_not_locked(state, path, SPARSIFY)?;
    disk::check_unused(state, path, SPARSIFY)?;
    let name = found.name.as_deref().unwrap_or_default();
    let domain = disk::domain_of(state, path).unwrap_or_default();
    let reason = match () {
        () if found.storage_type == Some(DiskStorageType::Lun) => {
            format!("Sparsifying disk {name} is not supported by disk storage type LUN.")
        }
        () if found.sparse != Some(true) => {
            format!("Sparsifying is not supported for preallocated disk {name}.")
        }
        () if found.format == Some(DiskFormat::Cow) => format!("Sparsifying is not supported for QCOW2 disk {name}."),
        () if storage_domain::is_block(state, &domain) && found.wipe_after_delete == Some(true) => format!(
            "The underlying storage of {} doesn't support securely disk sparsifying which is required by {name}'s wipe \
             after delete property.",
            state.name_of(&domain)
        ),
        () if disk::images(state, path) > 1 => "Disks with snapshots are not supported.".to_owned(),
        () => {
            let images = [path.to_owned()];
            disk::check_legal(state, &images, SPARSIFY)?;
            return disk::check_images_not_locked(state, &images, SPARSIFY);
        }
    };
    Err(Fault::invalid(SPARSIFY, &reason))
}
