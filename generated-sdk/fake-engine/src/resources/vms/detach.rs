//! Detaching virtual machines from their pools.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::vm_pool::TAKEN_BY;
use crate::resources::common::{locks, references, vm_status};
use crate::resources::paths::VM_POOLS;
use crate::state::Severity;
use ovirt_sdk::types::{Vm, VmPool, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "detach", detach);
}

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = call.path();
    let state = &mut *call.state;
    let Some(pool) = state.find::<Vm>(&vm)?.vm_pool.as_ref().and_then(|pool| pool.id.clone()) else {
        return Err(Fault::conflict("Cannot detach VM from pool. VM is not attached to the VM-Pool."));
    };
    locks::check_free(state, &vm, "detach VM from VM-Pool")?;
    if vm_status::status_or_down(state, &vm) != VmStatus::Down {
        return Err(Fault::conflict("Cannot detach VM from VM-Pool. VM is running."));
    }
    let pool = format!("{VM_POOLS}/{pool}");
    if let Some(vm) = state.get_mut::<Vm>(&vm) {
        vm.vm_pool = None;
    }
    state.clear_note(&vm, TAKEN_BY);
    if let Some(pool) = state.get_mut::<VmPool>(&pool) {
        pool.size = pool.size.map(|size| size - 1);
    }
    let text = format!(
        "VM {} was removed from VM Pool {} by {}.",
        state.name_of(&vm),
        state.name_of(&pool),
        references::acting_user(state)
    );
    state.event(308, Severity::Normal, &text, &[&vm, &pool]);
    Ok(Reply::Completed)
}
