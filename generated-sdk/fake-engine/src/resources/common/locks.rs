//! Locks on virtual machines, templates and their disks while an operation is in progress.

use std::time::Duration;

use crate::api::{Fault, Registry, on_effect};
use crate::effect::Effect;
use crate::resources::common::{command_locks, disk, disk_attachment, snapshot};
use crate::resources::paths::BACKUPS;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Backup, BackupPhase, Template, TemplateStatus, Vm, VmStatus};

pub(in crate::resources) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, VmOrTemplateCompleted { owner, event, text, is_new, wait }| {
        settle(state, owner, *event, text, *is_new, *wait);
    });
}

/// Fails if an operation on a snapshot of a virtual machine is in progress.
pub(crate) fn check_no_locked_snapshot(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match snapshot::is_any_locked(state, vm) {
        true => Err(snapshot_operation(what)),
        false => Ok(()),
    }
}

/// The fault while an operation on a snapshot of the virtual machine is in progress.
pub(crate) fn snapshot_operation(what: &str) -> Fault {
    Fault::cannot(
        what,
        "The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and try again.",
    )
}

/// Fails if an operation on a snapshot of a virtual machine is in progress, or if the virtual machine previews one.
pub(crate) fn check_no_snapshot_operation(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    check_no_locked_snapshot(state, vm, what)?;
    snapshot::check_not_in_preview(state, vm, what)
}

/// Fails if a backup of a virtual machine is in progress.
pub(crate) fn check_not_in_backup(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    let over = [Some(BackupPhase::Succeeded), Some(BackupPhase::Failed)];
    match state.list::<Backup>(&format!("{vm}/{BACKUPS}")).any(|(_, backup)| !over.contains(&backup.phase)) {
        true => Err(Fault::cannot(what, "The VM is during a backup operation.")),
        false => Ok(()),
    }
}

/// Ends the creation of a virtual machine or a template later, as [`settle_later`] does. If it fails, the new object
/// disappears.
pub(crate) fn complete_later(state: &mut State, owner: &str, delay: Duration, code: i64, text: &str) {
    let (owner, text) = (owner.to_owned(), text.to_owned());
    state.after(delay, Effect::VmOrTemplateCompleted { owner, event: code, text, is_new: true, wait: 1 });
}

/// Ends an operation on a virtual machine or a template later, when its disks are no longer locked. It is `down` or `ok`
/// then, and the event with the code is logged, unless the code is 0.
pub(crate) fn settle_later(state: &mut State, owner: &str, delay: Duration, code: i64, text: &str) {
    let (owner, text) = (owner.to_owned(), text.to_owned());
    state.after(delay, Effect::VmOrTemplateCompleted { owner, event: code, text, is_new: false, wait: 1 });
}

fn settle(state: &mut State, owner: &str, code: i64, text: &str, is_new: bool, wait: u64) {
    if disk_attachment::disks(state, owner).iter().any(|disk| disk::is_locked(state, disk)) {
        let (owner, text, next) = (owner.to_owned(), text.to_owned(), wait.saturating_mul(2));
        let effect = Effect::VmOrTemplateCompleted { owner, event: code, text, is_new, wait: next };
        state.after(Duration::from_secs(wait), effect);
        return;
    }
    if unlock(state, owner) && code != 0 {
        state.event(code, Severity::Normal, text, &[owner]);
    }
}

/// Ends the operation that locks a virtual machine or a template; returns whether the object exists.
pub(crate) fn unlock(state: &mut State, owner: &str) -> bool {
    command_locks::release(state, owner);
    if let Some(vm) = state.get_mut::<Vm>(owner) {
        vm.status = Some(VmStatus::Down);
    } else if let Some(template) = state.get_mut::<Template>(owner) {
        template.status = Some(TemplateStatus::Ok);
    } else {
        return false;
    }
    true
}

/// Fails if disks of a virtual machine or a template are locked.
pub(crate) fn check_disks_not_locked(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    disk::check_images_not_locked(state, &disk_attachment::disks(state, path), what)
}
