//! Pinning virtual CPUs and NUMA nodes.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::command_locks;
use ovirt_sdk::types::{CpuPinningPolicy, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "auto_pin_cpu_and_numa_nodes", pin);
}

fn pin(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const EDIT: &str = "edit VM";
    if call.flag("optimize_cpu_settings") != Some(true) {
        let reason = "The input is unsupported. `Pin` CPU Pinning policy is not supported.";
        return Err(Fault::reason(400, reason));
    }
    let path = call.path();
    command_locks::check_exclusive(call.state, &path, EDIT)?;
    call.state.find_mut::<Vm>(&path)?.cpu_pinning_policy = Some(CpuPinningPolicy::ResizeAndPinNuma);
    Ok(Reply::Completed)
}
