//! Snapshots: removing them.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::above;
use crate::resources::common::{
    command_locks, disk, disk_attachment, locks, references, snapshot, vm_status, vm_validation,
};
use crate::resources::paths::{DISKS, SNAPSHOTS};
use crate::resources::vms::snapshots::contents;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Snapshot, SnapshotStatus, SnapshotType, VmStatus};

const WHAT: &str = "remove Snapshot";
/// How long it takes to merge the layers of a machine that is down, or that runs.
const DOWN: Duration = Duration::from_secs(5);
const LIVE: Duration = Duration::from_secs(15);

pub(super) fn register(registry: &mut Registry) {
    registry.on("snapshot", "remove", remove);
    on_effect!(registry, |state, SnapshotRemoved { snapshot, disks }| merged(state, snapshot, disks));
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let snapshot = call.path();
    let vm = above(&snapshot, 2).to_owned();
    let state = &mut *call.state;
    check(state, &vm, &snapshot)?;
    let before = vm_status::status_or_down(state, &vm);

    let description = snapshot::description(state, &snapshot);
    let name = state.name_of(&vm);
    state.begin_job(&format!("Removing Snapshot {description} of VM {name}"));
    contents::set_status(state, &snapshot, SnapshotStatus::Locked);
    let is_down = before == VmStatus::Down;
    let mut disks = Vec::new();
    for (id, _) in snapshot::saved_disks(state, &snapshot) {
        let disk = format!("{DISKS}/{id}");
        disk::set_locked(state, &disk, true);
        disks.push(disk);
    }
    let text = format!("{} began to remove snapshot '{description}' of VM '{name}'.", references::acting_user(state));
    state.event(342, Severity::Normal, &text, &[&vm]);
    let effect = Effect::SnapshotRemoved { snapshot, disks };
    state.after(if is_down { DOWN } else { LIVE }, effect);
    Ok(Reply::Completed)
}

/// Fails if a snapshot can't be removed.
fn check(state: &State, vm: &str, path: &str) -> Result<(), Fault> {
    let is_regular = state.find::<Snapshot>(path)?.snapshot_type == Some(SnapshotType::Regular);
    command_locks::check_exclusive(state, vm, WHAT)?;
    locks::check_not_in_backup(state, vm, WHAT)?;
    vm_validation::check_data_center(state, vm, WHAT)?;
    let images = images(state, vm, path);
    let is_being_merged = |(other, snapshot): (String, &Snapshot)| {
        let is_locked = snapshot.snapshot_status == Some(SnapshotStatus::Locked);
        is_locked
            && snapshot::saved_disks(state, &other).iter().any(|(id, _)| images.contains(&format!("{DISKS}/{id}")))
    };
    if state.list::<Snapshot>(&format!("{vm}/{SNAPSHOTS}")).any(is_being_merged) {
        return Err(locks::snapshot_operation(WHAT));
    }
    snapshot::check_not_in_preview(state, vm, WHAT)?;
    if !is_regular {
        return Err(Fault::cannot(WHAT, "The operation is only allowed for regular snapshots."));
    }
    let status = vm_status::status_or_down(state, vm);
    let is_live = matches!(status, VmStatus::Up | VmStatus::Paused);
    if !is_live && status != VmStatus::Down {
        let why = format!("VM {} must be in status Down, Up or Paused.", state.name_of(vm));
        return Err(Fault::cannot(WHAT, &why));
    }
    disk::check_images_not_locked(state, &images, WHAT)?;
    if is_live {
        let attached = disk_attachment::disks_and_activity(state, vm);
        let mut unplugged = images.clone();
        unplugged.retain(|image| !attached.iter().any(|(disk, is_active)| disk == image && *is_active));
        if !unplugged.is_empty() {
            let names: Vec<String> = unplugged.iter().map(|disk| state.name_of(disk)).collect();
            let why = format!("The following disks are either unplugged or unattached: \n {}", names.join("\n"));
            return Err(Fault::cannot(WHAT, &why));
        }
    }
    disk::check_domains(state, &images, WHAT)
}

/// The disks with an image in a snapshot. Those of the active snapshot are the disks of the virtual machine.
fn images(state: &State, vm: &str, path: &str) -> Vec<String> {
    match state.get::<Snapshot>(path).and_then(|snapshot| snapshot.snapshot_type.as_ref()) {
        Some(SnapshotType::Active) => disk_attachment::disks(state, vm),
        _ => snapshot::saved_disks(state, path).iter().map(|(id, _)| format!("{DISKS}/{id}")).collect(),
    }
}

fn merged(state: &mut State, snapshot: &str, disks: &[String]) {
    let vm = above(snapshot, 2).to_owned();
    let description = snapshot::description(state, snapshot);
    disks.iter().for_each(|disk| disk::set_locked(state, disk, false));
    state.remove(snapshot);
    let text = format!("Snapshot '{description}' of VM '{}' has been removed.", state.name_of(&vm));
    state.event(356, Severity::Normal, &text, &[&vm]);
}
