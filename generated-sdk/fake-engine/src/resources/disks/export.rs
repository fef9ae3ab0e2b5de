//! Exporting disks to image repositories.

use crate::api::{Call, Fault, Registry, Reply};
use crate::effect::Effect;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{disk, storage_domain};
use crate::resources::disks::copy::{self, COPYING};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskStorageType};

const EXPORT: &str = "export Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk", "template_disk"] {
        registry.on(service, "export", export);
    }
}

fn export(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let to = copy::target_domain(call, "export")?;
    check(call.state, &path, &to)?;
    let name = call.state.name_of(&path);
    call.job_titled(&format!("Exporting Disk {name} from domain {}", call.state.name_of(&to)));
    disk::set_locked(call.state, &path, true);
    disk_lock::acquire(call.state, &path, LockHolder::Export);
    call.state.after(COPYING, Effect::DiskUnlocked { disk: path });
    Ok(Reply::Completed)
}

fn check(state: &State, path: &str, to: &str) -> Result<(), Fault> {
    disk_lock::check(state, path, EXPORT)?;
    if state.find::<Disk>(path)?.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::invalid(EXPORT, "Action is unsupported for the specified disk type (LUN)."));
    }
    // The storage domain is a repository: it isn't attached to a data center and thus never active.
    if storage_domain::status(state, to).is_none() {
        return Err(Fault::invalid(EXPORT, "Storage Domain doesn't exist."));
    }
    if disk::images(state, path) > 1 {
        return Err(Fault::cannot(
            EXPORT,
            "Disk configuration (${volumeFormat} ${volumeType} backup-${backup}) is incompatible with the storage \
             domain type.",
        ));
    }
    if !disk::running_owners(state, path).is_empty() {
        return Err(Fault::cannot(EXPORT, "VM is running."));
    }
    disk::check_images_not_locked(state, &[path.to_owned()], EXPORT)
}
