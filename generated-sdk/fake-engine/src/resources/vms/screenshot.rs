//! Screenshots of virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::vm_status;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "screenshot", screenshot);
}

fn screenshot(call: &mut Call<'_>) -> Result<Reply, Fault> {
    vm_status::check_running(call.state, &call.path(), "screenshot VM")?;
    Ok(Reply::Completed)
}
