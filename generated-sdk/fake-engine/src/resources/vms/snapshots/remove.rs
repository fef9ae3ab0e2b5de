//! Snapshots: removing them.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::above;
use crate::resources::common::{disk, locks, references, snapshot, vm_status};
use crate::resources::paths::DISKS;
use crate::resources::vms::snapshots::contents;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Snapshot, SnapshotStatus, SnapshotType, VmStatus};

const WHAT: &str = "remove Snapshot";
/// How long it takes to merge the layers of a machine that is down, or that runs.
const DOWN: Duration = Duration::from_secs(5);
const LIVE: Duration = Duration::from_secs(15);

pub(super) fn register(registry: &mut Registry) {
    registry.on("snapshot", "remove", remove);
    on_effect!(registry, |state, SnapshotRemoved { snapshot, vm_status, disks }| {
        merged(state, snapshot, vm_status, disks);
    });
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let snapshot = call.path();
    let vm = above(&snapshot, 2).to_owned();
    let state = &mut *call.state;
    let is_regular = state.find::<Snapshot>(&snapshot)?.snapshot_type == Some(SnapshotType::Regular);
    locks::check_free(state, &vm, WHAT)?;
    snapshot::check_not_in_preview(state, &vm, WHAT)?;
    if !is_regular {
        return Err(Fault::cannot(WHAT, "The operation is only allowed for regular snapshots."));
    }
    let before = vm_status::status_or_down(state, &vm);
    if !matches!(before, VmStatus::Down | VmStatus::Up | VmStatus::Paused) {
        let why = format!("VM {} must be in status Down, Up or Paused.", state.name_of(&vm));
        return Err(Fault::cannot(WHAT, &why));
    }

    let description = snapshot::description(state, &snapshot);
    let name = state.name_of(&vm);
    state.begin_job(&format!("Removing Snapshot {description} of VM {name}"));
    contents::set_status(state, &snapshot, SnapshotStatus::Locked);
    let is_down = before == VmStatus::Down;
    let mut disks = Vec::new();
    if is_down {
        vm_status::set_status(state, &vm, VmStatus::ImageLocked);
    }
    for (id, _) in snapshot::saved_disks(state, &snapshot) {
        let disk = format!("{DISKS}/{id}");
        disk::set_locked(state, &disk, true);
        disks.push(disk);
    }
    let text = format!("{} began to remove snapshot '{description}' of VM '{name}'.", references::acting_user(state));
    state.event(342, Severity::Normal, &text, &[&vm]);
    let effect = Effect::SnapshotRemoved { snapshot, vm_status: before, disks };
    state.after(if is_down { DOWN } else { LIVE }, effect);
    Ok(Reply::Completed)
}

fn merged(state: &mut State, snapshot: &str, before: &VmStatus, disks: &[String]) {
    let vm = above(snapshot, 2).to_owned();
    let description = snapshot::description(state, snapshot);
    disks.iter().for_each(|disk| disk::set_locked(state, disk, false));
    state.remove(snapshot);
    if vm_status::status_or_down(state, &vm) == VmStatus::ImageLocked && *before == VmStatus::Down {
        vm_status::set_status(state, &vm, VmStatus::Down);
    }
    let text = format!("Snapshot '{description}' of VM '{}' has been removed.", state.name_of(&vm));
    state.event(356, Severity::Normal, &text, &[&vm]);
}
