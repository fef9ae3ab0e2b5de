//! Removing disks.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{disk, locks, logical_unit, references, storage_domain};
use crate::resources::paths::{DISK_ATTACHMENTS, TEMPLATES, VMS, is_in};
use crate::signal::Signal;
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskContentType, DiskStorageType};

const REMOVAL: Duration = Duration::from_secs(3);
const REMOVE: &str = "remove Virtual Disk";

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

/// Starts to remove a disk with its data.
pub(crate) fn begin_disk_removal(call: &mut Call<'_>, path: &str) -> Result<(), Fault> {
    check_removable(call.state, path)?;
    let name = call.state.name_of(path);
    call.job_titled(&format!("Removing Disk {name}"));
    disk::set_locked(call.state, path, true);
    disk_lock::acquire(call.state, path, LockHolder::Removal);
    let from = disk::domain_of(call.state, path).map(|domain| format!(" from domain {}", call.state.name_of(&domain)));
    let user = references::acting_user(call.state);
    let text = format!("Removal of Disk {name}{} was initiated by {user}.", from.unwrap_or_default());
    disk::log(call.state, 2038, &text, path, &[]);
    call.state.after(REMOVAL, Effect::DiskRemoved { disk: path.to_owned() });
    Ok(())
}

fn check_removable(state: &State, path: &str) -> Result<(), Fault> {
    let found = state.find::<Disk>(path)?;
    disk_lock::check(state, path, REMOVE)?;
    disk::check_vms_not_locked(state, path, REMOVE)?;
    if !disk::running_owners(state, path).is_empty() {
        return Err(Fault::cannot(REMOVE, "At least one of the VMs is not down."));
    }
    if found.content_type == Some(DiskContentType::Iso) {
        let vms = disk::vms_with_iso(state, path);
        if !vms.is_empty() {
            let names = vms.iter().map(|vm| state.name_of(vm)).collect::<Vec<_>>().join(",");
            let reason = format!("The disk is an ISO disk attached as CDROM to the following VMs/Templates: {names}.");
            return Err(Fault::cannot(REMOVE, &reason));
        }
    }
    if found.storage_type == Some(DiskStorageType::Lun) {
        return Ok(());
    }
    let owners = disk::owners(state, path);
    if owners.iter().any(|owner| is_in(owner, TEMPLATES)) {
        let reason = "A storage domain must be specified when deleting one of a template's disk's copies.";
        return Err(Fault::invalid(REMOVE, reason));
    }
    if let Some(domain) = disk::domain_of(state, path) {
        storage_domain::check_usable(state, &domain, REMOVE)?;
        storage_domain::check_destination(state, &domain, REMOVE)?;
    }
    if disk::is_locked(state, path) {
        let reason = "Related operation is currently in progress. Please try again later.";
        return Err(Fault::cannot(REMOVE, reason));
    }
    let vms = owners.iter().filter(|owner| is_in(owner, VMS));
    vms.into_iter().try_for_each(|vm| locks::check_no_snapshot_operation(state, vm, REMOVE))
}

fn removed(state: &mut State, path: &str) {
    if !state.contains(path) {
        return;
    }
    let domain = disk::domain_of(state, path);
    let from = domain.as_deref().map(|domain| format!(" from domain {}", state.name_of(domain)));
    let (name, user) = (state.name_of(path), references::acting_user(state));
    let text = format!("Disk {name} was successfully removed{} (User {user}).", from.unwrap_or_default());
    disk::log(state, 2014, &text, path, &[]);
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
