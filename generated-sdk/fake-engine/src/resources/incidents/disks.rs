//! Work on disks that fails.

use crate::api::{Registry, on_failure};
use crate::path::{above, last};
use crate::resources::common::units::GIB;
use crate::resources::common::{disk, disk_lock, references, snapshot};
use crate::resources::paths::{DISKS, VMS, is_in};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, DiskStatus};

pub(super) fn register(registry: &mut Registry) {
    on_failure!(registry, |state, DiskReady { disk, event: _, text: _ }| not_created(state, disk));
    on_failure!(registry, |state, DiskRemoved { disk }| not_removed(state, disk));
    on_failure!(registry, |state, DiskExtended { disk, size }| not_extended(state, disk, *size));
    on_failure!(registry, |state, DiskMoved { disk, storage_domain, profile: _ }| {
        not_moved(state, disk, storage_domain);
    });
    on_failure!(registry, |state, TemplateDiskCopied { disk, storage_domain }| not_copied(state, disk, storage_domain));
    on_failure!(registry, |state, DiskConverted { disk, format: _, sparse: _ }| disk::set_locked(state, disk, false));
    on_failure!(registry, |state, DiskShrunk { disk, event, text: _ }| not_shrunk(state, disk, *event));
    on_failure!(registry, |state, DiskSnapshotRemoved { disk_snapshot }| not_merged(state, disk_snapshot));
    on_failure!(registry, |state, DiskUnlocked { disk }| disk::set_locked(state, disk, false));
    on_failure!(registry, |state, DiskLockReleased { disk }| disk_lock::release(state, disk));
}

/// A new disk or a copy stays behind as illegal.
fn not_created(state: &mut State, path: &str) {
    disk::set_illegal(state, path);
    let owners = disk::owners(state, path);
    let (code, text) = match owners.iter().find(|owner| is_in(owner, VMS)) {
        Some(vm) => (98, format!("Add-Disk operation failed to complete on VM {}.", state.name_of(vm))),
        None => (2022, "Add-Disk operation failed to complete.".to_owned()),
    };
    let about: Vec<&str> = [path].into_iter().chain(owners.iter().map(String::as_str)).collect();
    state.event(code, Severity::Error, &text, &about);
}

/// A disk that could not be removed is illegal.
fn not_removed(state: &mut State, path: &str) {
    disk::set_illegal(state, path);
    let domain = disk::domain_of(state, path).map(|domain| state.name_of(&domain)).unwrap_or_default();
    let (name, user) = (state.name_of(path), references::acting_user(state));
    let text = format!("Failed to remove disk {name} from storage domain {domain} (User: {user}).");
    state.event(2015, Severity::Warning, &text, &[path]);
}

fn not_extended(state: &mut State, path: &str, size: i64) {
    disk::set_locked(state, path, false);
    let (name, user) = (state.name_of(path), references::acting_user(state));
    let text = format!("Failed to extend size of the disk '{name}' to {} GB, User: {user}.", size / GIB);
    state.event(370, Severity::Error, &text, &[path]);
}

fn not_moved(state: &mut State, path: &str, to: &str) {
    disk::set_locked(state, path, false);
    let (name, target, user) = (state.name_of(path), state.name_of(to), references::acting_user(state));
    let text = format!("User {user} has failed to move disk {name} to domain {target}.");
    state.event(2011, Severity::Error, &text, &[path, to]);
}

fn not_copied(state: &mut State, path: &str, to: &str) {
    disk::set_locked(state, path, false);
    let (name, target, user) = (state.name_of(path), state.name_of(to), references::acting_user(state));
    let text = format!("User {user} finished with error copying disk {name} to domain {target}.");
    state.event(2007, Severity::Error, &text, &[path, to]);
}

/// The event of the successful end tells a reduction from sparsifying.
fn not_shrunk(state: &mut State, path: &str, event: i64) {
    const REDUCED: i64 = 382;
    disk::set_locked(state, path, false);
    let name = state.name_of(path);
    let (code, text) = match event {
        REDUCED => (383, format!("Failed to reduce Disk '{name}'.")),
        _ => (1327, format!("Failed to sparsify {name}.")),
    };
    state.event(code, Severity::Error, &text, &[path]);
}

/// An image that could not be merged is illegal in its snapshot.
fn not_merged(state: &mut State, path: &str) {
    if let Some(image) = state.get_mut::<Disk>(path) {
        image.status = Some(DiskStatus::Illegal);
    }
    let disk = format!("{}/{}", DISKS, last(path));
    disk::set_locked(state, &disk, false);
    let vm = references::top_level_object(path);
    let (name, vm_name, user) = (state.name_of(&disk), state.name_of(&vm), references::acting_user(state));
    let snapshot = snapshot::description(state, above(path, 2));
    let text = format!(
        "Failed to complete deletion of Disk '{name}' from snapshot(s) '{snapshot}' of VM '{vm_name}' (User: {user})."
    );
    state.event(376, Severity::Error, &text, &[&disk]);
}
