//! Maintenance of the hosted engine.

use crate::api::{ApiResponse, Call, Fault, Registry, Reply};
use ovirt_sdk::types::Vm;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "maintenance", maintenance);
}

/// Only the virtual machine of a hosted engine can be in maintenance.
fn maintenance(call: &mut Call<'_>) -> Result<Reply, Fault> {
    match call.state.find::<Vm>(&call.path())?.origin.as_deref() {
        Some("hosted_engine" | "managed_hosted_engine") => Ok(Reply::Completed),
        _ => {
            let text =
                "Moving to maintenance mode is currently only available for the VM containing the hosted engine.";
            Err(Fault::raw(ApiResponse::new("application/xml", 400, text.as_bytes().to_vec())))
        }
    }
}
