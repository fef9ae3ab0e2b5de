//! Snapshots: going back to one, for a look or for good.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::{disk_attachment, locks, references, snapshot, vm_status};
use crate::resources::paths::{DISKS, SNAPSHOTS};
use crate::resources::vms::snapshots::contents;
use crate::state::{Severity, State};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{Snapshot, SnapshotStatus, SnapshotType, VmStatus};

/// What the engine calls the state from before a preview.
const BEFORE: &str = "Active VM before the preview";
const PREVIEW: &str = "preview Snapshot";
const REVERT: &str = "revert to Snapshot";
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
    let kind = state.get::<Snapshot>(&snapshot).ok_or_else(|| Fault::no_such(Snapshot::INFO.name, &id))?;
    if kind.snapshot_type == Some(SnapshotType::Active) {
        return Err(Fault::conflict("Cannot preview Active VM snapshot."));
    }
    check(state, &vm, PREVIEW)?;
    snapshot::check_not_in_preview(state, &vm, PREVIEW)?;
    begin_preview(state, &vm, &snapshot, false);
    Ok(Reply::Pending)
}

fn commit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = call.path();
    let state = &mut *call.state;
    check(state, &vm, REVERT)?;
    in_preview(state, &vm)?;
    begin_commit(state, &vm);
    Ok(Reply::Pending)
}

fn undo(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = call.path();
    let state = &mut *call.state;
    check(state, &vm, REVERT)?;
    in_preview(state, &vm)?;
    begin_undo(state, &vm);
    Ok(Reply::Pending)
}

fn restore(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let snapshot = call.path();
    let vm = above(&snapshot, 2).to_owned();
    let state = &mut *call.state;
    let wanted = state.find::<Snapshot>(&snapshot)?.clone();
    check(state, &vm, REVERT)?;
    match (snapshot::previewed(state, &vm), wanted.snapshot_status) {
        (Some(_), Some(SnapshotStatus::InPreview)) => begin_commit(state, &vm),
        (Some(before), _) if before == snapshot => begin_undo(state, &vm),
        (Some(_), _) => return Err(Fault::cannot(REVERT, "VM is previewing a Snapshot.")),
        (None, _) if wanted.snapshot_type == Some(SnapshotType::Active) => {
            return Err(Fault::conflict("Cannot preview Active VM snapshot."));
        }
        (None, _) => begin_preview(state, &vm, &snapshot, true),
    }
    // The engine sets the parameter itself.
    call.set_parameter("async", Some(false));
    Ok(Reply::Completed)
}

/// Refuses unless nothing else goes on with the machine and it is down.
fn check(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    locks::check_free(state, vm, what)?;
    vm_status::check_down(state, vm, what)
}

fn in_preview(state: &State, vm: &str) -> Result<String, Fault> {
    let why = "to a Snapshot that is not being previewed. Please select the correct Snapshot to restore to: Either the \
               one being previewed, or the one before the preview.";
    snapshot::previewed(state, vm).ok_or_else(|| Fault::conflict(&format!("Cannot {REVERT} {why}")))
}

fn begin_commit(state: &mut State, vm: &str) {
    begin(state, vm, 94, "commit", Effect::SnapshotCommitted { vm: vm.to_owned() });
}

fn begin_undo(state: &mut State, vm: &str) {
    begin(state, vm, 650, "undo", Effect::SnapshotUndone { vm: vm.to_owned() });
}

fn begin(state: &mut State, vm: &str, code: i64, verb: &str, effect: Effect) {
    let name = state.name_of(vm);
    state.begin_job(&format!("{verb} of the previewed Snapshot of VM {name}"));
    vm_status::set_status(state, vm, VmStatus::ImageLocked);
    let text = format!("{} asked for {verb} of the previewed snapshot of VM {name}.", references::acting_user(state));
    state.event(code, Severity::Normal, &text, &[vm]);
    state.after(TIME, effect);
}

/// Begins to show a snapshot; for good, when it is restored.
fn begin_preview(state: &mut State, vm: &str, snapshot: &str, restore: bool) {
    let name = state.name_of(vm);
    let description = snapshot::description(state, snapshot);
    let verb = if restore { "Restoring" } else { "Previewing" };
    state.begin_job(&format!("{verb} Snapshot {description} of VM {name}"));
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
