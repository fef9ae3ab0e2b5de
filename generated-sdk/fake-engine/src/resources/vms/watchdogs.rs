//! Watchdogs of virtual machines, templates and instance types.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{references, vm_status};
use crate::resources::paths::{VMS, is_in};
use ovirt_sdk::types::{Watchdog, WatchdogAction, WatchdogModel};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_watchdogs", "add", add);
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["action", "model"])?;
    let mut watchdog: Watchdog = call.body()?;
    let owner = call.parent();
    if is_in(&owner, VMS) {
        vm_status::check_not_locked(call.state, &owner, "add watchdog")?;
    }
    if !call.state.paths(&call.path()).is_empty() {
        return Err(Fault::conflict("Cannot add watchdog. A watchdog already exists on the VM."));
    }
    watchdog.action.get_or_insert(WatchdogAction::None);
    watchdog.model.get_or_insert(WatchdogModel::I6300esb);
    let path = call.path();
    Ok(Reply::Created(call.state.insert(&path, references::refer_to_owner(watchdog, &owner))))
}
