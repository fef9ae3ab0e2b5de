//! What has to hold before something is done to a virtual machine, and how the engine says that it does not.

use crate::api::fault::{Fault, capital};
use crate::behaviour::storage::disks::is_locked;
use crate::state::{State, last};
use ovirt_sdk::types::{DiskAttachment, Vm, VmStatus};

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

/// The path of the machine that a path below it belongs to; itself for a machine.
pub(super) fn machine_of(path: &str) -> String {
    path.split('/').take(2).collect::<Vec<_>>().join("/")
}

/// How the engine calls a state in its messages.
pub(super) fn words(status: &VmStatus) -> String {
    let text = status.to_string();
    if *status == VmStatus::UnknownValue {
        return "Unknown".to_owned();
    }
    let word = |word: &str| match word {
        "for" | "in" => word.to_owned(),
        _ => capital(word),
    };
    text.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// Refuses names that no machine can have, and those that another one than `own` has.
pub(crate) fn name(state: &State, name: Option<&str>, own: Option<&str>, what: &str) -> Result<(), Fault> {
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
    match state.by_name("vms", name) {
        Some(taken) if Some(taken.as_str()) != own => {
            Err(Fault::cannot(what, "The VM name is already in use, please choose a unique name and try again."))
        }
        _ => Ok(()),
    }
}

/// Refuses settings of memory that contradict each other.
pub(crate) fn memory(vm: &Vm, what: &str) -> Result<(), Fault> {
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

/// Refuses when a task of the engine holds the machine or one of its disks; `what` is what was going to be done, as in
/// "Cannot run VM".
pub(crate) fn not_locked(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    if status(state, path)? == VmStatus::ImageLocked {
        return Err(Fault::conflict(&format!("Cannot {what}: VM is locked. Please try again in a few minutes.")));
    }
    Ok(())
}

/// Refuses when disks of the machine, or of the template, are locked.
pub(crate) fn disks_not_locked(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    let mut locked: Vec<String> = disks(state, path).into_iter().map(|(path, _)| path).collect();
    locked.retain(|disk| is_locked(state, disk));
    if locked.is_empty() {
        return Ok(());
    }
    let names = state.names_of(&locked);
    Err(Fault::conflict(&format!(
        "Cannot {what}: The following disks are locked: {names}. Please try again in a few minutes."
    )))
}

/// The paths of the disks that are attached to a machine or a template, and whether they are active.
pub(crate) fn disks(state: &State, path: &str) -> Vec<(String, bool)> {
    let attached = state.list::<DiskAttachment>(&format!("{path}/diskattachments"));
    let disk = |(path, attachment): (String, &DiskAttachment)| {
        let id = attachment.disk.as_ref().and_then(|disk| disk.id.clone()).unwrap_or_else(|| last(&path).to_owned());
        (format!("disks/{id}"), attachment.active != Some(false))
    };
    attached.map(disk).collect()
}

/// Refuses what can't be done in the state in which a machine is.
pub(super) fn wrong_status(status: &VmStatus, what: &str) -> Fault {
    Fault::conflict(&format!("Cannot {what} because the VM is in {} status.", words(status)))
}

/// Refuses unless a process runs for the machine; gives its state.
pub(super) fn running(state: &State, path: &str, what: &str) -> Result<VmStatus, Fault> {
    not_locked(state, path, what)?;
    let status = status(state, path)?;
    match runs(&status) {
        true => Ok(status),
        false => Err(Fault::conflict(&format!("Cannot {what}. VM is not running."))),
    }
}

/// Refuses unless the machine is up.
pub(super) fn up(state: &State, path: &str, what: &str) -> Result<(), Fault> {
    match running(state, path, what)? {
        VmStatus::Up => Ok(()),
        status => Err(wrong_status(&status, what)),
    }
}
