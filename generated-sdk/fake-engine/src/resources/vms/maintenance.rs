//! Maintenance of the hosted engine.

use crate::api::{Call, Fault, Registry, Reply};
use ovirt_sdk::types::Vm;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "maintenance", maintenance);
}

/// Only the machine in which an engine runs has a maintenance of its own.
fn maintenance(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.flag("maintenance_enabled").is_none() {
        return Err(Fault::incomplete("Action", &["maintenanceEnabled"], "maintenance"));
    }
    let path = call.path();
    let vm = call.state.find::<Vm>(&path)?;
    match vm.origin.as_deref() {
        Some("hosted_engine" | "managed_hosted_engine") => Ok(Reply::Completed),
        _ => Err(Fault::conflict("Cannot set HA maintenance. The VM is not the hosted engine.")),
    }
}
