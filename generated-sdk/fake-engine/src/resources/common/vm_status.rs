//! The status of a virtual machine, and checks of it.

use crate::api::{Fault, capitalized};
use crate::resources::paths::{VMS, is_in};
use crate::state::State;
use ovirt_sdk::types::{Vm, VmStatus};

/// The states in which a process runs for a machine.
pub(crate) fn runs(status: &VmStatus) -> bool {
    !matches!(status, VmStatus::Down | VmStatus::Suspended | VmStatus::ImageLocked | VmStatus::Unassigned)
}

/// The state of the machine at a path.
pub(crate) fn status(state: &State, path: &str) -> Result<VmStatus, Fault> {
    Ok(state.find::<Vm>(path)?.status.clone().unwrap_or(VmStatus::Down))
}

/// Whether a process runs for the machine at a path.
pub(crate) fn is_running(state: &State, path: &str) -> bool {
    status(state, path).is_ok_and(|status| runs(&status))
}

/// How the engine calls a state in its messages.
fn words(status: &VmStatus) -> String {
    let text = status.to_string();
    if *status == VmStatus::UnknownValue {
        return "Unknown".to_owned();
    }
    let word = |word: &str| match word {
        "for" | "in" => word.to_owned(),
        _ => capitalized(word),
    };
    text.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// Refuses when a task of the engine holds the machine or one of its disks; `what` is what was going to be done, as in
/// "Cannot run VM".
pub(crate) fn check_not_locked(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    if status(state, path)? == VmStatus::ImageLocked {
        return Err(Fault::conflict(&format!("Cannot {what}: VM is locked. Please try again in a few minutes.")));
    }
    Ok(())
}

/// Refuses what can't be done in the state in which a machine is.
pub(crate) fn wrong_status(status: &VmStatus, what: &str) -> Fault {
    Fault::conflict(&format!("Cannot {what} because the VM is in {} status.", words(status)))
}

/// Refuses unless a process runs for the machine; gives its state.
pub(crate) fn check_running(state: &State, path: &str, what: &str) -> Result<VmStatus, Fault> {
    check_not_locked(state, path, what)?;
    let status = status(state, path)?;
    match runs(&status) {
        true => Ok(status),
        false => Err(Fault::conflict(&format!("Cannot {what}. VM is not running."))),
    }
}

/// Refuses unless the machine is up.
pub(crate) fn check_up(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    match check_running(state, path, what)? {
        VmStatus::Up => Ok(()),
        status => Err(wrong_status(&status, what)),
    }
}

/// The status of a machine.
pub(crate) fn status_or_down(state: &State, vm: &str) -> VmStatus {
    status(state, vm).unwrap_or(VmStatus::Down)
}

pub(crate) fn set_status(state: &mut State, vm: &str, status: VmStatus) {
    if let Some(vm) = state.get_mut::<Vm>(vm) {
        vm.status = Some(status);
    }
}

/// Refuses unless a machine is down.
pub(crate) fn check_down(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    match status_or_down(state, vm) {
        VmStatus::Down => Ok(()),
        _ => Err(Fault::cannot(what, "At least one of the VMs is not down.")),
    }
}

/// Refuses while a machine runs; what is no machine never does.
pub(crate) fn check_stopped(state: &State, owner: &str, what: &str) -> Result<(), Fault> {
    if !is_in(owner, VMS) {
        return Ok(());
    }
    check_not_locked(state, owner, what)?;
    match is_running(state, owner) {
        true => Err(Fault::conflict(&format!("Cannot {what}. VM is running."))),
        false => Ok(()),
    }
}
