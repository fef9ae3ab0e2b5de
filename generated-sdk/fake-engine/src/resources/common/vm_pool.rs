//! The pool of a virtual machine.

use crate::note::Note;
use crate::resources::paths::VM_POOLS;
use crate::state::State;
use ovirt_sdk::types::{Vm, VmPool};

/// The identifier of the user who has taken a VM of a pool.
pub(crate) const TAKEN_BY: Note<String> = Note::new("taken_by");

/// The pool of a machine.
pub(crate) fn pool_of<'s>(state: &'s State, vm: &str) -> Option<&'s VmPool> {
    let id = state.get::<Vm>(vm)?.vm_pool.as_ref()?.id.as_deref()?;
    state.get(&format!("{VM_POOLS}/{id}"))
}
