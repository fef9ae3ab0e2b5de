//! Snapshots: going back to one, for a look or for good.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::{
    command_locks, disk, disk_attachment, locks, references, snapshot, vm_status, vm_validation,
};
use crate::resources::paths::{DISKS, SNAPSHOTS};
use crate::resources::vms::snapshots::contents;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Disk, Snapshot, SnapshotStatus, SnapshotType, VmStatus};

/// What the engine calls the state from before a preview.
const BEFORE: &str = "Active VM before the preview";
const PREVIEW: &str = "preview Snapshot";
const REVERT: &str = "revert to Snapshot";
const MISSING: &str = "VM's Snapshot does not exist.";
const TIME: Duration = Duration::from_secs(5);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "preview_snapshot", preview);
    registry.on("vm", "commit_snapshot", commit);
    registry.on("vm", "undo_snapshot", undo);
    registry.on("snapshot", "restore", restore);
    on_effect!(registry, |state, SnapshotPreviewed { vm, snapshot, active, restore }| {
        shown(state, vm, snapshot, active, *restore);
    });
    on_effect!(registry, |state, SnapshotCommitted { vm }| committed(state, vm));
    on_effect!(registry, |state, SnapshotUndone { vm }| undone(state, vm));
}

fn preview(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let id = call.object::<Snapshot>("snapshot").and_then(|snapshot| snapshot.id);
    let id = id.ok_or_else(|| Fault::incomplete("Action", &["snapshot.id"], "previewsnapshot"))?;
    let vm = call.path();
    let snapshot = format!("{vm}/{SNAPSHOTS}/{id}");
    let state = &mut *call.state;
    check_preview(state, &vm, &snapshot)?;
    begin_preview(state, &vm, &snapshot, false);
    Ok(Reply::Pending)
}

fn commit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = call.path();
    let state = &mut *call.state;
    check_revert(state, &vm)?;
    begin_commit(state, &vm);
    Ok(Reply::Pending)
}

fn undo(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = call.path();
    let state = &mut *call.state;
    check_revert(state, &vm)?;
    begin_undo(state, &vm);
    Ok(Reply::Pending)
}

fn restore(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let snapshot = call.path();
    let vm = above(&snapshot, 2).to_owned();
    let state = &mut *call.state;
    check_preview(state, &vm, &snapshot)?;
    begin_preview(state, &vm, &snapshot, true);
    // The engine sets the parameter itself.
    call.set_parameter("async", Some(false));
    Ok(Reply::Completed)
}

/// Fails if a snapshot can't be previewed.
fn check_preview(state: &State, vm: &str, path: &str) -> Result<(), Fault> {
    command_locks::check_exclusive(state, vm, PREVIEW)?;
    vm_status::check_down(state, vm, PREVIEW)?;
    let snapshot = state.get::<Snapshot>(path).ok_or_else(|| Fault::invalid(PREVIEW, MISSING))?;
    locks::check_no_snapshot_operation(state, vm, PREVIEW)?;
    check_images(state, vm, PREVIEW)?;
    match snapshot.snapshot_type {
        Some(SnapshotType::Active) => Err(Fault::bad("Cannot preview Active VM snapshot.")),
        _ => Ok(()),
    }
}

/// Fails if the disks of a virtual machine can't be used.
fn check_images(state: &State, vm: &str, action: &str) -> Result<(), Fault> {
    let mut images = disk_attachment::disks(state, vm);
    images.retain(|disk| state.get::<Disk>(disk).is_some_and(disk::is_layered));
    if images.is_empty() {
        return Ok(());
    }
    vm_validation::check_data_center(state, vm, action)?;
    disk::check_legal(state, &images, action)?;
    disk::check_images_not_locked(state, &images, action)?;
    disk::check_domains(state, &images, action)
}

/// Fails if the preview of a virtual machine can't end.
fn check_revert(state: &State, vm: &str) -> Result<(), Fault> {
    command_locks::check_exclusive(state, vm, REVERT)?;
    snapshot::previewed(state, vm).ok_or_else(|| Fault::invalid(REVERT, MISSING))?;
    vm_validation::check_data_center(state, vm, REVERT)?;
    disk::check_domains(state, &disk_attachment::disks(state, vm), REVERT)?;
    locks::check_disks_not_locked(state, vm, REVERT)?;
    let allowed = [VmStatus::Down, VmStatus::Up, VmStatus::Suspended, VmStatus::UnknownValue];
    vm_status::check_status(state, vm, REVERT, &allowed)?;
    Ok(())
}

fn begin_commit(state: &mut State, vm: &str) {
    begin(state, vm, 94, "commit", Effect::SnapshotCommitted { vm: vm.to_owned() });
}

fn begin_undo(state: &mut State, vm: &str) {
    begin(state, vm, 650, "undo", Effect::SnapshotUndone { vm: vm.to_owned() });
}

fn begin(state: &mut State, vm: &str, code: i64, verb: &str, effect: Effect) {
    let name = state.name_of(vm);
    let previewed = snapshot::previewed(state, vm).unwrap_or_default();
    let description = snapshot::description(state, &previewed);
    state.begin_job(&format!("Restoring VM Snapshot {description} of VM {name}"));
    vm_status::set_status(state, vm, VmStatus::ImageLocked);
    let text = format!("{} asked for {verb} of the previewed snapshot of VM {name}.", references::acting_user(state));
    state.event(code, Severity::Normal, &text, &[vm]);
    state.after(TIME, effect);
}

/// Begins to show a snapshot; for good, when it is restored.
fn begin_preview(state: &mut State, vm: &str, snapshot: &str, restore: bool) {
    let name = state.name_of(vm);
    let description = snapshot::description(state, snapshot);
    let verb = if restore { "Restoring" } else { "Preview" };
    state.begin_job(&format!("{verb} VM Snapshot {description} of VM {name}"));
    vm_status::set_status(state, vm, VmStatus::ImageLocked);
    if let Some(before) = snapshot::find_by_type(state, vm, &SnapshotType::Active) {
        contents::save(state, vm, &before, |_| true);
        if let Some(before) = state.get_mut::<Snapshot>(&before) {
            before.snapshot_type = Some(SnapshotType::Preview);
            before.description = Some(BEFORE.to_owned());
        }
    }
    let active = snapshot::add_active(state, vm);
    contents::set_status(state, &active, SnapshotStatus::Locked);
    contents::set_status(state, snapshot, SnapshotStatus::Locked);
    let (code, text) = match restore {
        false => {
            (46, format!("{} began to preview snapshot {description} of VM {name}.", references::acting_user(state)))
        }
        _ => {
            (1190, format!("{} began to restore VM {name} to snapshot {description}.", references::acting_user(state)))
        }
    };
    state.event(code, Severity::Normal, &text, &[vm]);
    let (vm, snapshot) = (vm.to_owned(), snapshot.to_owned());
    state.after(TIME, Effect::SnapshotPreviewed { vm, snapshot, active, restore });
}

fn shown(state: &mut State, vm: &str, snapshot: &str, active: &str, restore: bool) {
    contents::restore(state, vm, snapshot);
    contents::add_layers(state, vm, |_| true);
    contents::set_status(state, active, SnapshotStatus::Ok);
    vm_status::set_status(state, vm, VmStatus::Down);
    let name = state.name_of(vm);
    if !restore {
        contents::set_status(state, snapshot, SnapshotStatus::InPreview);
        state.event(71, Severity::Normal, &format!("A snapshot of VM {name} is shown."), &[vm]);
    } else {
        keep(state, vm, snapshot);
        state.event(100, Severity::Normal, &format!("VM {name} has been restored to a snapshot."), &[vm]);
    }
}

fn committed(state: &mut State, vm: &str) {
    let snapshots = format!("{vm}/{SNAPSHOTS}");
    let is_shown = |snapshot: &Snapshot| snapshot.snapshot_status == Some(SnapshotStatus::InPreview);
    let found = state.list::<Snapshot>(&snapshots).find(|(_, snapshot)| is_shown(snapshot)).map(|(path, _)| path);
    if let Some(snapshot) = found {
        keep(state, vm, &snapshot);
    }
    vm_status::set_status(state, vm, VmStatus::Down);
    let text = format!("VM {} stays as its previewed snapshot has it.", state.name_of(vm));
    state.event(95, Severity::Normal, &text, &[vm]);
}

/// Commits the snapshot in preview: the state from before, and later snapshots, are lost.
fn keep(state: &mut State, vm: &str, snapshot: &str) {
    let kept: Vec<String> = disk_attachment::disks(state, vm);
    let path = format!("{vm}/{SNAPSHOTS}");
    let all = references::list_cloned::<Snapshot>(state, &path);
    let position = all.iter().position(|(path, _)| path == snapshot).unwrap_or(all.len());
    let mut lost: Vec<String> = Vec::new();
    for (index, (path, other)) in all.iter().enumerate() {
        let newer = index > position && other.snapshot_type == Some(SnapshotType::Regular);
        if newer || other.snapshot_type == Some(SnapshotType::Preview) {
            lost.extend(snapshot::saved_disks(state, path).into_iter().map(|(id, _)| format!("{DISKS}/{id}")));
            state.remove(path);
        }
    }
    // Disks that came after the snapshot belong to nothing any more.
    let older = references::list_cloned::<Snapshot>(state, &path);
    let used = |disk: &String| {
        kept.contains(disk) || older.iter().any(|(path, _)| state.contains(&format!("{path}/{DISKS}/{}", last(disk))))
    };
    let unused: Vec<String> = lost.into_iter().filter(|disk| !used(disk)).collect();
    for disk in unused {
        state.remove(&disk);
    }
    contents::set_status(state, snapshot, SnapshotStatus::Ok);
}

fn undone(state: &mut State, vm: &str) {
    let active = snapshot::find_by_type(state, vm, &SnapshotType::Active);
    if let Some(before) = snapshot::previewed(state, vm) {
        contents::restore(state, vm, &before);
        state.remove(&before);
    }
    if let Some(active) = active {
        state.remove(&active);
    }
    snapshot::add_active(state, vm);
    for path in state.paths(&format!("{vm}/{SNAPSHOTS}")) {
        contents::set_status(state, &path, SnapshotStatus::Ok);
    }
    vm_status::set_status(state, vm, VmStatus::Down);
    let text = format!("VM {} is as it was before its snapshot was previewed.", state.name_of(vm));
    state.event(651, Severity::Normal, &text, &[vm]);
}
