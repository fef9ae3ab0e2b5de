//! The status of a virtual machine, and checks of it.

use crate::api::{Fault, capitalized};
use crate::state::State;
use ovirt_sdk::types::{Vm, VmStatus};

/// Whether a virtual machine in a status has a process on a host.
pub(crate) fn has_process(status: &VmStatus) -> bool {
    !matches!(status, VmStatus::Down | VmStatus::Suspended | VmStatus::ImageLocked | VmStatus::Unassigned)
}

/// The status of the virtual machine at a path.
pub(crate) fn status(state: &State, path: &str) -> Result<VmStatus, Fault> {
    Ok(state.find::<Vm>(path)?.status.clone().unwrap_or(VmStatus::Down))
}

/// The status of the virtual machine at a path; `Down` if it doesn't exist.
pub(crate) fn status_or_down(state: &State, path: &str) -> VmStatus {
    status(state, path).unwrap_or(VmStatus::Down)
}

pub(crate) fn set_status(state: &mut State, path: &str, status: VmStatus) {
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(status);
    }
}

/// Whether the virtual machine at a path has a process on a host.
pub(crate) fn is_running(state: &State, path: &str) -> bool {
    status(state, path).is_ok_and(|status| has_process(&status))
}

/// Fails if the image of a virtual machine is locked. `action` is an action such as "run VM".
pub(crate) fn check_not_locked(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    match status(state, path)? {
        VmStatus::ImageLocked => {
            Err(Fault::conflict(&format!("Cannot {action}: VM is locked. Please try again in a few minutes.")))
        }
        _ => Ok(()),
    }
}

/// The fault for an action that the status of a virtual machine doesn't allow.
pub(crate) fn wrong_status(status: &VmStatus, action: &str) -> Fault {
    Fault::conflict(&format!("Cannot {action} because the VM is in {} status.", display_name(status)))
}

/// The fault for an action on a virtual machine that is being hibernated or restored.
pub(crate) fn saving_or_restoring(action: &str) -> Fault {
    Fault::cannot(action, "VM is in saving/restoring state.\n-Please try again when the VM is either up or down.")
}

/// A status as the engine's messages name it.
fn display_name(status: &VmStatus) -> String {
    if *status == VmStatus::UnknownValue {
        return "Unknown".to_owned();
    }
    let word = |word: &str| match word {
        "for" | "in" => word.to_owned(),
        _ => capitalized(word),
    };
    status.to_string().split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// Fails if the status of a virtual machine is none of the allowed ones; returns it.
pub(crate) fn check_status(state: &State, path: &str, action: &str, allowed: &[VmStatus]) -> Result<VmStatus, Fault> {
    let status = status(state, path)?;
    if allowed.contains(&status) { Ok(status) } else { Err(wrong_status(&status, action)) }
}

/// Fails if a virtual machine isn't down.
pub(crate) fn check_down(state: &State, vm: &str, action: &str) -> Result<(), Fault> {
    match status_or_down(state, vm) {
        VmStatus::Down => Ok(()),
        _ => Err(Fault::cannot(action, "At least one of the VMs is not down.")),
    }
}
