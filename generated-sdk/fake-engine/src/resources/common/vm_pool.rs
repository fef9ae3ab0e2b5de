//! The pool of a virtual machine.

use crate::resources::paths::VM_POOLS;
use crate::state::State;
use ovirt_sdk::types::{Vm, VmPool};

/// The note about a machine of a pool: who has taken it.
pub(crate) const TAKEN_BY: &str = "taken_by";

/// The pool of a machine.
pub(crate) fn pool_of<'s>(state: &'s State, vm: &str) -> Option<&'s VmPool> {
    let id = state.get::<Vm>(vm)?.vm_pool.as_ref()?.id.as_deref()?;
    state.get(&format!("{VM_POOLS}/{id}"))
}
