//! Which host a virtual machine runs on.

use std::collections::HashMap;

use crate::fake_engine::api::fault::Fault;
use crate::fake_engine::state::{State, last};
use crate::types::{Host, HostStatus, Vm};

/// The path of the host of a cluster that is up, has the fewest machines, and is not the one that a machine leaves.
pub(crate) fn place_elsewhere(state: &State, cluster: &str, left: &str) -> Result<String, Fault> {
    let mut candidates = candidates(state, cluster);
    candidates.retain(|path| last(path) != last(left));
    least_loaded(state, candidates).ok_or_else(|| no_host("migrate"))
}

/// The paths of the machines that run on a host.
pub(crate) fn machines_on(state: &State, host: &str) -> Vec<String> {
    let runs_there = |vm: &Vm| vm.host.as_ref().and_then(|host| host.id.as_deref()) == Some(last(host));
    state.list::<Vm>("vms").filter(|(_, vm)| runs_there(vm)).map(|(path, _)| path).collect()
}

fn candidates(state: &State, cluster: &str) -> Vec<String> {
    let can_run = |host: &Host| {
        host.status == Some(HostStatus::Up)
            && host.cluster.as_ref().and_then(|cluster| cluster.id.as_deref()) == Some(last(cluster))
    };
    state.list::<Host>("hosts").filter(|(_, host)| can_run(host)).map(|(path, _)| path).collect()
}

fn least_loaded(state: &State, candidates: Vec<String>) -> Option<String> {
    if candidates.len() < 2 {
        return candidates.into_iter().next();
    }
    let mut load: HashMap<&str, usize> = HashMap::new();
    for host in state.list::<Vm>("vms").filter_map(|(_, vm)| vm.host.as_ref()?.id.as_deref()) {
        *load.entry(host).or_default() += 1;
    }
    candidates.into_iter().min_by_key(|path| load.get(last(path)).copied().unwrap_or_default())
}

fn no_host(action: &str) -> Fault {
    Fault::conflict(&format!(
        "Cannot {action} VM. There are no hosts to use. Check that the cluster contains at least one host in Up state."
    ))
}
