//! How far an operation is: what must not be touched by another one meanwhile, and what it ends with.

use std::time::Duration;

use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::behaviour::machines::guard;
use crate::behaviour::storage::attachments;
use crate::behaviour::storage::disks::{is_locked, set_locked};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Backup, BackupPhase, Snapshot, SnapshotStatus, SnapshotType, Template, TemplateStatus, Vm, VmStatus,
};

/// Releases disks.
pub(super) const UNLOCK: &str = "creation.unlock";
/// Ends an operation on a machine or a template, when its disks are there.
const SETTLE: &str = "creation.settle";

pub(super) fn register(registry: &mut Registry) {
    registry.effect(UNLOCK, |state, disks| disks.iter().for_each(|disk| set_locked(state, disk, false)));
    registry.effect(SETTLE, settle);
}

/// The status of a machine.
pub(super) fn status(state: &State, vm: &str) -> VmStatus {
    guard::status(state, vm).unwrap_or(VmStatus::Down)
}

pub(super) fn set_status(state: &mut State, vm: &str, status: VmStatus) {
    if let Some(vm) = state.get_mut::<Vm>(vm) {
        vm.status = Some(status);
    }
}

/// Refuses while another operation is going on with a machine.
pub(super) fn is_free(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    let snapshots = format!("{vm}/snapshots");
    let is_locked = |snapshot: &Snapshot| snapshot.snapshot_status == Some(SnapshotStatus::Locked);
    if state.list::<Snapshot>(&snapshots).any(|(_, snapshot)| is_locked(snapshot)) {
        return Err(Fault::cannot(
            what,
            "The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and try again.",
        ));
    }
    guard::not_locked(state, vm, what)?;
    if is_in_backup(state, vm) {
        return Err(Fault::cannot(what, "The VM is during a backup operation."));
    }
    guard::disks_not_locked(state, vm, what)
}

/// Refuses unless a machine is down.
pub(super) fn is_down(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match status(state, vm) {
        VmStatus::Down => Ok(()),
        _ => Err(Fault::cannot(what, "At least one of the VMs is not down.")),
    }
}

/// Refuses while a machine shows the state of a snapshot.
pub(super) fn is_not_in_preview(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match previewed(state, vm) {
        Some(_) => Err(Fault::cannot(what, "VM is previewing a Snapshot.")),
        None => Ok(()),
    }
}

/// The snapshot of a machine that keeps what there was before a preview, while there is one.
pub(super) fn previewed(state: &State, vm: &str) -> Option<String> {
    of_type(state, vm, &SnapshotType::Preview)
}

/// The first snapshot of a machine that is of a type.
pub(super) fn of_type(state: &State, vm: &str, kind: &SnapshotType) -> Option<String> {
    let snapshots = format!("{vm}/snapshots");
    let mut snapshots = state.list::<Snapshot>(&snapshots);
    snapshots.find(|(_, snapshot)| snapshot.snapshot_type.as_ref() == Some(kind)).map(|(path, _)| path)
}

/// Whether a backup of a machine goes on.
pub(super) fn is_in_backup(state: &State, vm: &str) -> bool {
    let over = [Some(BackupPhase::Succeeded), Some(BackupPhase::Failed)];
    state.list::<Backup>(&format!("{vm}/backups")).any(|(_, backup)| !over.contains(&backup.phase))
}

/// The disks of a machine or a template.
pub(super) fn disks(state: &State, owner: &str) -> Vec<String> {
    attachments::of(state, owner).into_iter().map(|(_, disk)| disk).collect()
}

/// Ends an operation on a machine or a template in a while, but not before its disks are there: it is down, or ready,
/// then, and an event says so unless its code is 0.
pub(super) fn settle_later(state: &mut State, owner: &str, delay: Duration, code: i64, text: &str) {
    let code = code.to_string();
    state.after(delay, SETTLE, &[owner, &code, text, "1"]);
}

fn settle(state: &mut State, arguments: &[String]) {
    let [owner, code, text, wait] = arguments else { return };
    if disks(state, owner).iter().any(|disk| is_locked(state, disk)) {
        let wait: u64 = wait.parse().unwrap_or(1);
        let next = wait.saturating_mul(2).to_string();
        state.after(Duration::from_secs(wait), SETTLE, &[owner, code, text, &next]);
        return;
    }
    if let Some(vm) = state.get_mut::<Vm>(owner) {
        vm.status = Some(VmStatus::Down);
    } else if let Some(template) = state.get_mut::<Template>(owner) {
        template.status = Some(TemplateStatus::Ok);
    } else {
        return;
    }
    if let Ok(code) = code.parse()
        && code != 0
    {
        state.event(code, Severity::Normal, text, &[owner]);
    }
}

/// The name of who asked for what happens now, for texts.
pub(super) fn by(state: &State) -> String {
    state.actor.user.clone()
}

/// The object that has an identifier in any of the collections of that name below a collection at the root.
pub(super) fn anywhere(state: &State, root: &str, collection: &str, id: &str) -> Option<String> {
    state.paths(root).iter().map(|owner| format!("{owner}/{collection}/{id}")).find(|path| state.contains(path))
}
