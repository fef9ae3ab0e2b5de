//! Work on virtual machines, their snapshots and templates that fails.

use crate::api::{Registry, on_failure};
use crate::path::above;
use crate::resources::common::{command_locks, disk, disk_attachment, locks, references, snapshot, vm_status};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{HOSTS, TEMPLATES, is_in};
use crate::resources::vms::snapshots::contents;
use crate::resources::vms::{backups, migrate, start};
use crate::state::{Severity, State};
use ovirt_sdk::types::{SnapshotStatus, Template, TemplateStatus, Vm, VmStatus};

/// The message of a host that can't start a virtual machine.
const NOT_STARTED: &str = "internal error: process exited while connecting to monitor";

pub(super) fn register(registry: &mut Registry) {
    on_failure!(registry, |state, VmLaunched { vm }| start::fail_launch(state, vm, NOT_STARTED));
    on_failure!(registry, |state, VmMigrated { vm }| migrate::failed(state, vm));
    on_failure!(registry, |state, VmStopped { vm }| not_stopped(state, vm));
    on_failure!(registry, |state, VmHibernated { vm }| not_hibernated(state, vm));
    on_failure!(registry, |state, VmRemoved { vm: _, disks }| set_illegal(state, disks));
    on_failure!(registry, |state, VmOrTemplateCompleted { owner, event: _, text: _, is_new, wait: _ }| {
        not_completed(state, owner, *is_new);
    });
    on_failure!(registry, |state, TemplateRemoved { template }| template_not_removed(state, template));
    on_failure!(registry, |state, SnapshotCreated { snapshot, disks }| snapshot_not_taken(state, snapshot, disks));
    on_failure!(registry, |state, SnapshotRemoved { snapshot, disks }| snapshot_not_removed(state, snapshot, disks));
    on_failure!(registry, |state, SnapshotPreviewed { vm, snapshot, active, restore }| {
        not_previewed(state, vm, snapshot, active, *restore);
    });
    on_failure!(registry, |state, SnapshotCommitted { vm }| {
        preview_not_ended(state, vm, 96, "Failed to commit Snapshot-Preview for VM");
    });
    on_failure!(registry, |state, SnapshotUndone { vm }| {
        preview_not_ended(state, vm, 652, "Failed to undo Snapshot-Preview for VM");
    });
    on_failure!(registry, |state, BackupAdvanced { backup }| backups::failed(state, backup));
}

fn not_stopped(state: &mut State, path: &str) {
    let Some(vm) = state.get_mut::<Vm>(path).filter(|vm| vm.status == Some(VmStatus::PoweringDown)) else { return };
    vm.status = Some(VmStatus::Up);
    let host = references::path_of(HOSTS, &vm.host).unwrap_or_default();
    let (name, on, user) = (state.name_of(path), state.name_of(&host), references::acting_user(state));
    let text = format!("Failed to power off VM {name} (Host: {on}, User: {user}).");
    state.event(56, Severity::Error, &text, &[path, &host]);
}

fn not_hibernated(state: &mut State, path: &str) {
    command_locks::release(state, path);
    if vm_status::status_or_down(state, path) != VmStatus::SavingState {
        return;
    }
    vm_status::set_status(state, path, VmStatus::Up);
    let text = format!("Failed to complete suspending of VM {}.", state.name_of(path));
    state.event(521, Severity::Error, &text, &[path]);
}

fn set_illegal(state: &mut State, disks: &[String]) {
    disks.iter().for_each(|disk| disk::set_illegal(state, disk));
}

/// A new virtual machine or template disappears with its disks. Other operations just end.
fn not_completed(state: &mut State, path: &str, is_new: bool) {
    if !is_new {
        disk_attachment::disks(state, path).iter().for_each(|disk| disk::set_locked(state, disk, false));
        locks::unlock(state, path);
        return;
    }
    let name = state.name_of(path);
    let (code, text) = match is_in(path, TEMPLATES) {
        true => (52, format!("Failed to complete creation of Template {name}.")),
        false => (60, format!("Failed to complete VM {name} creation.")),
    };
    state.event(code, Severity::Error, &text, &[path]);
    command_locks::release(state, path);
    for disk in disk_attachment::disks(state, path) {
        if disk::owners(state, &disk).iter().all(|owner| owner == path) {
            remove_disk(state, &disk);
        }
    }
    state.remove(path);
}

fn template_not_removed(state: &mut State, path: &str) {
    set_illegal(state, &disk_attachment::disks(state, path));
    if let Some(template) = state.get_mut::<Template>(path) {
        template.status = Some(TemplateStatus::Illegal);
    }
}

/// The new snapshot disappears.
fn snapshot_not_taken(state: &mut State, path: &str, disks: &[String]) {
    let vm = above(path, 2).to_owned();
    disks.iter().for_each(|disk| disk::set_locked(state, disk, false));
    command_locks::release(state, path);
    let (description, name) = (snapshot::description(state, path), state.name_of(&vm));
    state.remove(path);
    let text = format!("Failed to complete snapshot '{description}' creation for VM '{name}'.");
    state.event(69, Severity::Error, &text, &[&vm]);
}

fn snapshot_not_removed(state: &mut State, path: &str, disks: &[String]) {
    let vm = above(path, 2).to_owned();
    disks.iter().for_each(|disk| disk::set_locked(state, disk, false));
    contents::set_status(state, path, SnapshotStatus::Ok);
    let (description, name) = (snapshot::description(state, path), state.name_of(&vm));
    let text = format!("Failed to delete snapshot '{description}' for VM '{name}'.");
    state.event(357, Severity::Error, &text, &[&vm]);
}

/// The virtual machine has its state from before, which becomes the active snapshot again.
fn not_previewed(state: &mut State, vm: &str, path: &str, active: &str, restore: bool) {
    let description = snapshot::description(state, path);
    contents::set_status(state, path, SnapshotStatus::Ok);
    if let Some(before) = snapshot::previewed(state, vm) {
        state.remove(&before);
    }
    contents::set_status(state, active, SnapshotStatus::Ok);
    vm_status::set_status(state, vm, VmStatus::Down);
    let name = state.name_of(vm);
    let (code, text) = match restore {
        true => (101, format!("Failed to complete restoring from Snapshot of VM {name}.")),
        false => (99, format!("Failed to complete Snapshot-Preview {description} for VM {name}.")),
    };
    state.event(code, Severity::Error, &text, &[vm]);
}

/// The virtual machine stays in the preview.
fn preview_not_ended(state: &mut State, vm: &str, code: i64, text: &str) {
    vm_status::set_status(state, vm, VmStatus::Down);
    let text = format!("{text} {}.", state.name_of(vm));
    state.event(code, Severity::Error, &text, &[vm]);
}
