//! Screenshots of virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{display, vm_status};
use crate::state::Severity;
use ovirt_sdk::types::VmStatus;

const SCREENSHOT: &str = "screenshot VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "screenshot", screenshot);
}

fn screenshot(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ALLOWED: [VmStatus; 5] =
        [VmStatus::Up, VmStatus::PoweringUp, VmStatus::PoweringDown, VmStatus::RebootInProgress, VmStatus::Migrating];
    let path = call.path();
    if display::protocols(call.state, &path).is_empty() {
        return Err(Fault::cannot(SCREENSHOT, "Cannot make a screenshot of a headless VM."));
    }
    vm_status::check_status(call.state, &path, SCREENSHOT, &ALLOWED)?;
    let text = format!("Screenshot of VM {} was taken successfully.", call.state.name_of(&path));
    call.state.event(13502, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
