//! Watchdogs of virtual machines, templates and instance types.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::references;
use ovirt_sdk::types::Watchdog;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_watchdogs", "add", add);
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["action", "model"])?;
    let watchdog: Watchdog = call.body()?;
    let (owner, path) = (call.parent(), call.path());
    if !call.state.paths(&path).is_empty() {
        // The engine has no text for this.
        return Err(Fault::conflict("WATCHDOG_ALREADY_EXISTS"));
    }
    Ok(Reply::Created(call.state.insert(&path, references::refer_to_owner(watchdog, &owner))))
}
