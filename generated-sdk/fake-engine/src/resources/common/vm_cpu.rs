//! Checks of the CPUs of virtual machines.

use crate::api::Fault;
use crate::state::State;
use ovirt_sdk::types::{Architecture, BiosType, Cluster, CpuPinningPolicy, Vm};

const MOST_CPU_SHARES: i64 = 262_144;
const MOST_CORES: i64 = 254;
const MOST_THREADS: i64 = 8;
/// The cores and threads of a socket must fit into an APIC ID on the I440FX chipset.
const APIC_BITS: u32 = 8;

/// The architecture of a cluster.
pub(crate) fn architecture_of(state: &State, cluster: &str) -> Option<Architecture> {
    state.get::<Cluster>(cluster)?.cpu.as_ref()?.architecture.clone()
}

/// The number of virtual CPUs.
pub(crate) fn cpus(vm: &Vm) -> i64 {
    let (sockets, cores, threads) = topology(vm);
    sockets.saturating_mul(cores).saturating_mul(threads)
}

fn topology(vm: &Vm) -> (i64, i64, i64) {
    let topology = vm.cpu.as_ref().and_then(|cpu| cpu.topology.as_deref());
    let count = |number: Option<i64>| number.unwrap_or(1);
    topology.map_or((1, 1, 1), |it| (count(it.sockets), count(it.cores), count(it.threads)))
}

/// Fails if a virtual machine has more CPUs than a cluster allows.
pub(crate) fn check(state: &State, vm: &Vm, cluster: &str, action: &str) -> Result<(), Fault> {
    let minor = state.get::<Cluster>(cluster).and_then(|cluster| cluster.version.as_ref()?.minor).unwrap_or(7);
    let is_x86 = architecture_of(state, cluster).is_none_or(|it| it == Architecture::X8664);
    let most_cpus = match (is_x86, minor) {
        (true, 6..) => 710,
        (true, 5) => 512,
        _ => 384,
    };
    let most_sockets = if minor >= 6 { 10_000 } else { 16 };
    let (sockets, cores, threads) = topology(vm);
    let too_many = |what: &str| Err(Fault::cannot(action, what));
    if cpus(vm) > most_cpus {
        return too_many("Maximum number of CPUs exceeded.");
    }
    if sockets > most_sockets {
        return too_many("Maximum number of sockets exceeded.");
    }
    if cores > MOST_CORES {
        return too_many("Maximum number of CPUs per socket exceeded.");
    }
    if threads > MOST_THREADS {
        return too_many("Maximum number of threads per cpu exceeded");
    }
    if cores < 1 {
        return Err(Fault::conflict("Minimum number of CPU per socket cannot be less than 1"));
    }
    if sockets < 1 {
        return Err(Fault::conflict("Minimum number of sockets cannot be less then 1"));
    }
    if threads < 1 {
        return Err(Fault::conflict("Minimum number of threads per CPU cannot be less than 1"));
    }
    if vm.cpu_shares.is_some_and(|shares| !(0..=MOST_CPU_SHARES).contains(&shares)) {
        return Err(Fault::bad("Cannot set the cpu shares to the requested value. It has to be between 0 and 262144."));
    }
    let is_i440fx = vm.bios.as_ref().and_then(|bios| bios.type_.as_ref()) == Some(&BiosType::I440fxSeaBios);
    match is_x86 && is_i440fx && bits(threads) + bits(cores) > APIC_BITS {
        true => Err(Fault::bad("Too many cores and threads")),
        false => Ok(()),
    }
}

/// The number of bits that are needed to number some items.
fn bits(count: i64) -> u32 {
    i64::BITS - (count - 1).max(0).leading_zeros()
}

/// Fails if virtual CPUs are pinned in a wrong way.
pub(crate) fn check_pinning(vm: &Vm, action: &str) -> Result<(), Fault> {
    let pins: Vec<_> =
        vm.cpu.as_ref().and_then(|cpu| cpu.cpu_tune.as_ref()?.vcpu_pins.as_ref()).into_iter().flatten().collect();
    let is_manual = vm.cpu_pinning_policy == Some(CpuPinningPolicy::Manual);
    if pins.is_empty() {
        return match is_manual {
            true => Err(Fault::invalid(
                action,
                "The CPU Pinning policy is set to 'Manual' but no cpu pinning string is provided.",
            )),
            false => Ok(()),
        };
    }
    if vm
        .cpu_pinning_policy
        .as_ref()
        .is_some_and(|policy| !matches!(policy, CpuPinningPolicy::Manual | CpuPinningPolicy::None))
    {
        return Err(Fault::invalid(
            action,
            "Manual CPU pinning string is defined but the CPU Pinning Policy is not set to Manual",
        ));
    }
    let hosts = vm.placement_policy.as_ref().and_then(|policy| policy.hosts.as_ref());
    if hosts.is_none_or(|hosts| hosts.is_empty()) {
        return Err(Fault::bad("Cannot set host CPU pinning when a host is not selected"));
    }
    let mut seen = Vec::new();
    for pin in pins {
        let vcpu = pin.vcpu.unwrap_or(0);
        if vcpu >= cpus(vm) {
            return Err(Fault::bad("CPU pinning validation failed - virtual CPU does not exist in vm."));
        }
        if seen.contains(&vcpu) {
            return Err(Fault::bad("Cannot configure CPU pinning twice to the same vCPU."));
        }
        seen.push(vcpu);
        if pin.cpu_set.as_deref().unwrap_or_default().is_empty() {
            return Err(Fault::bad("Cannot pin a vCPU to no pCPU."));
        }
    }
    Ok(())
}
