//! Locks on virtual machines, templates and their disks while an operation is in progress.

use std::time::Duration;

use crate::api::{Fault, Registry, on_effect};
use crate::effect::Effect;
use crate::resources::common::disk::is_locked;
use crate::resources::common::{disk_attachment, vm_status};
use crate::resources::paths::{BACKUPS, SNAPSHOTS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Backup, BackupPhase, Snapshot, SnapshotStatus, Template, TemplateStatus, Vm, VmStatus};

pub(in crate::resources) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, VmOrTemplateCompleted { owner, event, text, wait }| {
        settle(state, owner, *event, text, *wait);
    });
}

/// Refuses while another operation is going on with a machine.
pub(crate) fn check_free(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    let snapshots = format!("{vm}/{SNAPSHOTS}");
    let is_locked = |snapshot: &Snapshot| snapshot.snapshot_status == Some(SnapshotStatus::Locked);
    if state.list::<Snapshot>(&snapshots).any(|(_, snapshot)| is_locked(snapshot)) {
        return Err(Fault::cannot(
            what,
            "The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and try again.",
        ));
    }
    vm_status::check_not_locked(state, vm, what)?;
    if is_in_backup(state, vm) {
        return Err(Fault::cannot(what, "The VM is during a backup operation."));
    }
    check_disks_not_locked(state, vm, what)
}

/// Whether a backup of a machine goes on.
pub(crate) fn is_in_backup(state: &State, vm: &str) -> bool {
    let over = [Some(BackupPhase::Succeeded), Some(BackupPhase::Failed)];
    state.list::<Backup>(&format!("{vm}/{BACKUPS}")).any(|(_, backup)| !over.contains(&backup.phase))
}

/// Ends an operation on a machine or a template in a while, but not before its disks are there: it is down, or ready,
/// then, and an event says so unless its code is 0.
pub(crate) fn settle_later(state: &mut State, owner: &str, delay: Duration, code: i64, text: &str) {
    let effect = Effect::VmOrTemplateCompleted { owner: owner.to_owned(), event: code, text: text.to_owned(), wait: 1 };
    state.after(delay, effect);
}

fn settle(state: &mut State, owner: &str, code: i64, text: &str, wait: u64) {
    if disk_attachment::disks(state, owner).iter().any(|disk| is_locked(state, disk)) {
        let (owner, text, next) = (owner.to_owned(), text.to_owned(), wait.saturating_mul(2));
        let effect = Effect::VmOrTemplateCompleted { owner, event: code, text, wait: next };
        state.after(Duration::from_secs(wait), effect);
        return;
    }
    if let Some(vm) = state.get_mut::<Vm>(owner) {
        vm.status = Some(VmStatus::Down);
    } else if let Some(template) = state.get_mut::<Template>(owner) {
        template.status = Some(TemplateStatus::Ok);
    } else {
        return;
    }
    if code != 0 {
        state.event(code, Severity::Normal, text, &[owner]);
    }
}

/// Refuses when disks of the machine, or of the template, are locked.
pub(crate) fn check_disks_not_locked(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    let mut locked: Vec<String> =
        disk_attachment::disks_and_activity(state, path).into_iter().map(|(path, _)| path).collect();
    locked.retain(|disk| is_locked(state, disk));
    if locked.is_empty() {
        return Ok(());
    }
    let names = state.names_of(&locked);
    Err(Fault::conflict(&format!(
        "Cannot {what}: The following disks are locked: {names}. Please try again in a few minutes."
    )))
}
