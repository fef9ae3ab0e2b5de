//! Suspending virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::locks;
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::vms::guest;
use crate::resources::vms::snapshots::stateless::stateless_snapshot;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Vm, VmStatus};

const HIBERNATE: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "suspend", suspend);
    on_effect!(registry, |state, VmHibernated { vm }| hibernated(state, vm));
}

fn suspend(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const HIBERNATE_VM: &str = "hibernate VM";
    let path = call.path();
    match vm_status::check_running(call.state, &path, HIBERNATE_VM)? {
        VmStatus::Up => {}
        status => return Err(wrong_status(&status, HIBERNATE_VM)),
    }
    let vm = call.state.find::<Vm>(&path)?;
    if vm.stateless == Some(true) || stateless_snapshot(call.state, &path).is_some() {
        return Err(Fault::conflict("Cannot suspend VM, VM is stateless."));
    }
    if vm.vm_pool.is_some() {
        return Err(Fault::conflict("Cannot suspend VM that belongs to a VM-Pool."));
    }
    locks::check_disks_not_locked(call.state, &path, HIBERNATE_VM)?;
    let name = call.state.name_of(&path);
    call.job(&format!("Hibernating VM {name}"));
    call.state.find_mut::<Vm>(&path)?.status = Some(VmStatus::SavingState);
    let text = format!("Suspending VM {name} was initiated by User {}.", call.state.actor.user);
    call.state.event(501, Severity::Normal, &text, &[&path]);
    call.state.after(HIBERNATE, Effect::VmHibernated { vm: path });
    Ok(Reply::Completed)
}

fn hibernated(state: &mut State, path: &str) {
    if state.get::<Vm>(path).is_none_or(|vm| vm.status != Some(VmStatus::SavingState)) {
        return;
    }
    guest::disappear(state, path);
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::Suspended);
        vm.host = None;
    }
    let text = format!("VM {} is suspended.", state.name_of(path));
    state.event(503, Severity::Normal, &text, &[path]);
}
