//! Detaching virtual machines from their pools.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::vm_pool::TAKEN_BY;
use crate::resources::common::{references, vm_status};
use crate::resources::paths::VM_POOLS;
use crate::state::Severity;
use ovirt_sdk::types::{Vm, VmPool, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "detach", detach);
}

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const DETACH: &str = "detach VM from VM-Pool";
    let vm = call.path();
    let state = &mut *call.state;
    let Some(pool) = references::path_of(VM_POOLS, &state.find::<Vm>(&vm)?.vm_pool) else {
        // The engine checks the permission on the pool first.
        return Err(Fault::forbidden("User is not authorized to perform this action."));
    };
    vm_status::check_not_locked(state, &vm, DETACH)?;
    if vm_status::status_or_down(state, &vm) != VmStatus::Down {
        return Err(Fault::cannot(DETACH, "VM is running."));
    }
    if let Some(vm) = state.get_mut::<Vm>(&vm) {
        vm.vm_pool = None;
    }
    state.clear_note(&vm, TAKEN_BY);
    if let Some(pool) = state.get_mut::<VmPool>(&pool) {
        pool.size = pool.size.map(|size| size - 1);
    }
    let (name, of_pool) = (state.name_of(&vm), state.name_of(&pool));
    let text = format!("VM {name} was removed from VM Pool {of_pool} by {}.", references::acting_user(state));
    state.event(308, Severity::Normal, &text, &[&vm, &pool]);
    Ok(Reply::Completed)
}
