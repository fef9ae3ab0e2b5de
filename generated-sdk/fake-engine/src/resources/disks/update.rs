//! Updating and extending disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::units::GIB;
use crate::resources::common::{disk, storage_domain};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskFormat};

const EXTENDING: Duration = Duration::from_secs(3);

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk"] {
        registry.on(service, "update", update);
    }
    on_effect!(registry, |state, DiskExtended { disk, size }| extended(state, disk, *size));
}

/// Changes a disk.
fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Disk = call.body()?;
    let path = call.path();
    change_disk(call, &path, change)?;
    Ok(Reply::Object(path))
}

/// Changes a disk as it was asked for; a larger size is a job.
pub(crate) fn change_disk(call: &mut Call<'_>, path: &str, mut change: Disk) -> Result<(), Fault> {
    let disk = call.state.find::<Disk>(path)?.clone();
    let size = change.provisioned_size.take();
    let name = change.alias.clone().or_else(|| change.name.clone());
    change.name.clone_from(&name);
    change.alias = name;
    // What a disk is can't be changed, and what it holds is not told by clients.
    (change.format, change.sparse, change.status, change.storage_type) = (None, None, None, None);
    (change.image_id, change.actual_size, change.total_size, change.content_type) = (None, None, None, None);
    (change.storage_domains, change.storage_domain, change.snapshot, change.lun_storage) = (None, None, None, None);
    let grows = size.filter(|size| Some(*size) != disk.provisioned_size);
    if grows.is_some() || change != Disk::new() {
        disk::check_free(call.state, path, "edit")?;
    }
    if change.shareable == Some(true) && disk.format == Some(DiskFormat::Cow) {
        return Err(Fault::conflict(
            "Cannot edit Virtual Disk. Disk's volume format is not supported for shareable disk.",
        ));
    }
    if let Some(size) = grows {
        let old = disk.provisioned_size.unwrap_or(0);
        if size < old {
            return Err(Fault::conflict(
                "Cannot edit Virtual Disk. New disk size must be larger than the current disk size.",
            ));
        }
        if let Some(domain) = disk::domain_of(call.state, path) {
            storage_domain::check_usable(call.state, &domain, "extend", "Virtual Disk")?;
            let needed = if disk.sparse == Some(true) { 0 } else { size - old };
            storage_domain::check_space(call.state, &domain, needed, "extend", "Virtual Disk")?;
        }
    }
    let object = call.state.object_mut(path).ok_or_else(Fault::not_found)?;
    crate::api::merge(object, &change);
    if let Some(size) = grows {
        let name = call.state.name_of(path);
        call.job(&format!("Extending Disk {name} to {} GB", size / GIB));
        disk::set_locked(call.state, path, true);
        call.state.after(EXTENDING, Effect::DiskExtended { disk: path.to_owned(), size });
    }
    Ok(())
}

fn extended(state: &mut State, path: &str, size: i64) {
    if let Some(disk) = state.get_mut::<Disk>(path) {
        disk.provisioned_size = Some(size);
        if disk.sparse != Some(true) {
            disk.actual_size = Some(size);
        }
        disk::set_locked(state, path, false);
        let text = format!("Disk {} has the size {} GB", state.name_of(path), size / GIB);
        state.event(371, Severity::Normal, &text, &[path]);
    }
}
