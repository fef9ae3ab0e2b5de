//! Checks of the settings of a virtual machine.

use crate::api::Fault;
use crate::resources::paths::VMS;
use crate::state::State;
use ovirt_sdk::types::Vm;

/// Refuses names that no machine can have, and those that another one than `own` has.
pub(crate) fn check_name(state: &State, name: Option<&str>, own: Option<&str>, what: &str) -> Result<(), Fault> {
    let Some(name) = name else { return Ok(()) };
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(Fault::bad(&format!(
            "Can not {what}. The given name contains special characters. Only lower-case and upper-case letters, \
             numbers, '_', '-', '.' are allowed."
        )));
    }
    if name.chars().count() > 255 {
        return Err(Fault::bad(&format!("Cannot {what}. The given name is too long.")));
    }
    match state.by_name(VMS, name) {
        Some(taken) if Some(taken.as_str()) != own => {
            Err(Fault::cannot(what, "The VM name is already in use, please choose a unique name and try again."))
        }
        _ => Ok(()),
    }
}

/// Refuses settings of memory that contradict each other.
pub(crate) fn check_memory(vm: &Vm, what: &str) -> Result<(), Fault> {
    let Some(memory) = vm.memory else { return Ok(()) };
    let policy = vm.memory_policy.as_deref();
    if policy.and_then(|policy| policy.guaranteed).is_some_and(|guaranteed| guaranteed > memory) {
        return Err(Fault::cannot(what, "Physical Memory Guaranteed cannot exceed Memory Size."));
    }
    match policy.and_then(|policy| policy.max) {
        Some(max) if max < memory => {
            let (memory, max) = (memory >> 20, max >> 20);
            let why = format!("Memory size ({memory}MB) cannot exceed maximum memory size ({max}MB).");
            Err(Fault::cannot(what, &why))
        }
        _ => Ok(()),
    }
}

/// Refuses to import a machine that is there already.
pub(crate) fn check_id(state: &State, path: &str) -> Result<(), Fault> {
    if !state.contains(path) {
        return Ok(());
    }
    let name = state.name_of(path);
    Err(Fault::conflict(&format!(
        "Import VM failed - VM ID already exists in the system. Please remove the VM ({name}) from the system first"
    )))
}
