//! Choosing hosts for virtual machines.

use std::collections::HashMap;

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::vm_status::runs;
use crate::resources::paths::{HOSTS, VMS};
use crate::state::State;
use ovirt_sdk::types::{Host, HostStatus, Vm, VmPlacementPolicy, VmStatus};

/// Finds the host for a machine: one of its cluster that is up, to which it may be bound, that it does not run on
/// already, and that has the memory that it must have; the one with the most of it.
pub(crate) fn choose(state: &State, vm: &Vm, policy: Option<&VmPlacementPolicy>, what: &str) -> Result<String, Fault> {
    let cluster = vm.cluster.as_ref().and_then(|cluster| cluster.id.as_deref());
    let of_cluster = |host: &Host| host.cluster.as_ref().and_then(|cluster| cluster.id.as_deref()) == cluster;
    let current = vm.host.as_ref().and_then(|host| host.id.as_deref());
    let up = |(path, host): &(String, &Host)| {
        of_cluster(host) && host.status == Some(HostStatus::Up) && current != Some(last(path))
    };
    let hosts: Vec<(String, &Host)> = state.list::<Host>(HOSTS).filter(up).collect();
    if hosts.is_empty() {
        return Err(refused(
            what,
            "There are no hosts to use. Check that the cluster contains at least one host in Up state.",
        ));
    }
    let wanted = guaranteed(vm);
    let bound = policy.and_then(|policy| policy.hosts.as_ref()).filter(|hosts| !hosts.is_empty());
    let used = used(state);
    let mut reasons = Vec::new();
    let mut best: Option<(i64, String)> = None;
    for (path, host) in hosts {
        let name = state.name_of(&path);
        let all = host.max_scheduling_memory.or(host.memory);
        let free = all.map(|all| all.saturating_sub(used.get(last(&path)).copied().unwrap_or_default()));
        if bound.is_some_and(|bound| !bound.iter().any(|it| it.id.as_deref() == Some(last(&path)))) {
            reasons.push(format!(
                "The host {name} did not satisfy internal filter PinToHost because the host is not present in the \
                 pinning list."
            ));
        } else if free.is_some_and(|free| free < wanted) {
            let free = free.unwrap_or_default() >> 20;
            reasons.push(format!(
                "The host {name} did not satisfy internal filter Memory because its available memory is too low \
                 ({free} MB) to run the VM."
            ));
        } else {
            let free = free.unwrap_or(i64::MAX);
            if best.as_ref().is_none_or(|(other, _)| *other < free) {
                best = Some((free, path));
            }
        }
    }
    match best {
        Some((_, path)) => Ok(path),
        None => Err(refused(what, &reasons.join(", "))),
    }
}

fn refused(what: &str, why: &str) -> Fault {
    let why =
        "There is no host that satisfies current scheduling constraints. See below for details:, ".to_owned() + why;
    Fault::cannot(what, &why)
}

/// The memory that machines have on the hosts on which they run.
fn used(state: &State) -> HashMap<&str, i64> {
    let mut used = HashMap::new();
    for vm in state.each::<Vm>(VMS).filter(|vm| vm.status.as_ref().is_some_and(runs)) {
        if let Some(host) = vm.host.as_ref().and_then(|host| host.id.as_deref()) {
            let used: &mut i64 = used.entry(host).or_default();
            *used = used.saturating_add(guaranteed(vm));
        }
    }
    used
}

/// The memory that a machine must have.
fn guaranteed(vm: &Vm) -> i64 {
    vm.memory_policy.as_ref().and_then(|policy| policy.guaranteed).or(vm.memory).unwrap_or_default()
}

/// The paths of the machines that run on a host.
pub(crate) fn vms_on(state: &State, host: &str) -> Vec<String> {
    let here = |vm: &Vm| vm.host.as_ref().and_then(|it| it.id.as_deref()) == Some(last(host));
    let running = state.list::<Vm>(VMS).filter(|(_, vm)| here(vm) && vm.status.as_ref().is_some_and(runs));
    running.map(|(path, _)| path).collect()
}

/// Whether a machine may leave its host while it runs.
pub(crate) fn may_migrate(vm: &Vm) -> bool {
    let affinity = vm.placement_policy.as_ref().and_then(|policy| policy.affinity.clone());
    affinity != Some(ovirt_sdk::types::VmAffinity::Pinned)
}

/// Whether a machine can be moved now.
pub(crate) fn can_move(vm: &Vm) -> bool {
    matches!(vm.status, Some(VmStatus::Up | VmStatus::PoweringUp | VmStatus::Paused | VmStatus::RebootInProgress))
}
