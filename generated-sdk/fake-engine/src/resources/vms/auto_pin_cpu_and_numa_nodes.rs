//! Pinning virtual CPUs and NUMA nodes.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::vm_status;
use ovirt_sdk::types::{CpuPinningPolicy, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "auto_pin_cpu_and_numa_nodes", pin);
}

fn pin(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const PIN: &str = "edit VM";
    if call.flag("optimize_cpu_settings").is_none() {
        return Err(Fault::incomplete("Action", &["optimizeCpuSettings"], "autoPinCpuAndNumaNodes"));
    }
    let path = call.path();
    vm_status::check_not_locked(call.state, &path, PIN)?;
    let vm = call.state.find_mut::<Vm>(&path)?;
    if vm.placement_policy.as_ref().and_then(|policy| policy.hosts.as_ref()).is_none_or(|hosts| hosts.is_empty()) {
        return Err(Fault::conflict(&format!("Cannot {PIN}. VM must be pinned to at least one host.")));
    }
    vm.cpu_pinning_policy = Some(CpuPinningPolicy::ResizeAndPinNuma);
    Ok(Reply::Completed)
}
