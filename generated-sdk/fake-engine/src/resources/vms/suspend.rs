//! Suspending virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::command_locks::{CommandLock, LockMode};
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::common::{command_locks, disk, disk_attachment, host_device, locks, references, snapshot};
use crate::resources::vms::guest;
use crate::resources::vms::snapshots::stateless::stateless_snapshot;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Vm, VmStatus};

const SAVING: Duration = Duration::from_secs(10);
const HIBERNATE: &str = "hibernate VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "suspend", suspend);
    on_effect!(registry, |state, VmHibernated { vm }| hibernated(state, vm));
}

fn suspend(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_suspendable(call.state, &path)?;
    let name = call.state.name_of(&path);
    call.job();
    vm_status::set_status(call.state, &path, VmStatus::SavingState);
    let lock = CommandLock { mode: LockMode::Exclusive, holder: &path, reason: "VM is hibernating.", name: "" };
    command_locks::acquire(call.state, &path, lock);
    let text = format!("Suspending VM {name} was initiated by User {}.", references::acting_user(call.state));
    call.state.event(501, Severity::Normal, &text, &[&path]);
    call.state.after(SAVING, Effect::VmHibernated { vm: path });
    Ok(Reply::Pending)
}

fn check_suspendable(state: &State, path: &str) -> Result<(), Fault> {
    command_locks::check_exclusive(state, path, HIBERNATE)?;
    match vm_status::status(state, path)? {
        VmStatus::Up => {}
        status @ (VmStatus::WaitForLaunch | VmStatus::NotResponding) => return Err(wrong_status(&status, HIBERNATE)),
        _ => return Err(Fault::cannot(HIBERNATE, "VM is not up.")),
    }
    locks::check_not_in_backup(state, path, HIBERNATE)?;
    if disk_attachment::disks(state, path).iter().any(|disk| disk::is_locked(state, disk)) {
        let text = "Cannot suspend VM. VM has asynchronous running tasks, please retry later.";
        return Err(Fault::conflict(text));
    }
    let vm = state.find::<Vm>(path)?;
    if vm.vm_pool.is_some() {
        return Err(Fault::conflict("Cannot suspend VM that belongs to a  VM-Pool."));
    }
    if vm.stateless == Some(true) || stateless_snapshot(state, path).is_some() {
        return Err(Fault::conflict("Cannot suspend VM, VM is stateless."));
    }
    if host_device::has_capability(state, path, "scsi") {
        return Err(Fault::cannot(HIBERNATE, "VM has SCSI host devices attached."));
    }
    snapshot::check_not_in_preview(state, path, HIBERNATE)
}

fn hibernated(state: &mut State, path: &str) {
    command_locks::release(state, path);
    if vm_status::status_or_down(state, path) != VmStatus::SavingState {
        return;
    }
    guest::forget(state, path);
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::Suspended);
        vm.host = None;
    }
    let text = format!("VM {} is suspended.", state.name_of(path));
    state.event(503, Severity::Normal, &text, &[path]);
}
