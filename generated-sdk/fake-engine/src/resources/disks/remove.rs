//! Removing disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::{disk, logical_unit, storage_domain};
use crate::resources::paths::{DISK_ATTACHMENTS, TEMPLATES, is_in};
use crate::signal::Signal;
use crate::state::{Severity, State};

const REMOVING: Duration = Duration::from_secs(3);

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk", "storage_domain_disk", "attached_storage_domain_disk", "vm_disk"] {
        registry.on(service, "remove", remove);
    }
    on_effect!(registry, |state, DiskRemoved { disk }| removed(state, disk));
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    begin_disk_removal(call, &path)?;
    Ok(Reply::Completed)
}

/// Begins to remove a disk for good.
pub(crate) fn begin_disk_removal(call: &mut Call<'_>, path: &str) -> Result<(), Fault> {
    disk::check_free(call.state, path, "remove")?;
    disk::check_unused(call.state, path, "remove")?;
    if disk::owners(call.state, path).iter().any(|owner| is_in(owner, TEMPLATES)) {
        return Err(Fault::conflict("Cannot remove Virtual Disk. Removing the Template Snapshot is not allowed."));
    }
    if let Some(domain) = disk::domain_of(call.state, path) {
        storage_domain::check_usable(call.state, &domain, "remove", "Virtual Disk")?;
    }
    let name = call.state.name_of(path);
    call.job(&format!("Removing Disk {name}"));
    disk::set_locked(call.state, path, true);
    let user = call.state.actor.user.clone();
    let text = format!("Disk {name} is being removed (User: {user})");
    call.state.event(2038, Severity::Normal, &text, &[path]);
    call.state.after(REMOVING, Effect::DiskRemoved { disk: path.to_owned() });
    Ok(())
}

fn removed(state: &mut State, path: &str) {
    if !state.contains(path) {
        return;
    }
    let domain = disk::domain_of(state, path);
    let place = domain.as_deref().map(|domain| format!(" from storage domain {}", state.name_of(domain)));
    let text = format!("Disk {} was removed{}", state.name_of(path), place.unwrap_or_default());
    let about: Vec<&str> = domain.as_deref().into_iter().collect();
    state.event(2014, Severity::Normal, &text, &about);
    remove_disk(state, path);
}

/// Removes a disk and its attachments at once.
pub(crate) fn remove_disk(state: &mut State, disk: &str) {
    for owner in disk::owners(state, disk) {
        state.remove(&format!("{owner}/{DISK_ATTACHMENTS}/{}", last(disk)));
    }
    state.emit(&Signal::DiskRemoved { disk: disk.to_owned() });
    logical_unit::release(state, disk);
    state.contents.remove(disk);
    state.remove(disk);
}
