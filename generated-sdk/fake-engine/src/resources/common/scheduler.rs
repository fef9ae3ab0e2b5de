//! Choosing hosts for virtual machines.

use std::collections::HashMap;

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::vm_status::has_process;
use crate::resources::common::{affinity, network};
use crate::resources::paths::{AFFINITY_GROUPS, CLUSTERS, HOSTS, NETWORKS, NICS, VMS, VNIC_PROFILES};
use crate::state::State;
use ovirt_sdk::types::{
    AffinityGroup, Cluster, Host, HostStatus, Network, Nic, Vm, VmAffinity, VmPlacementPolicy, VmStatus, VnicProfile,
};

const NO_HOSTS: &str = "There are no hosts to use. Check that the cluster contains at least one host in Up state.";

/// The virtual machine and the conditions for which a host is chosen.
pub(crate) struct Placement<'a> {
    /// The path of the virtual machine.
    pub(crate) vm: &'a str,
    /// Its settings for the run: they can differ from the stored ones.
    pub(crate) settings: &'a Vm,
    /// The only host that is acceptable, if the client named one.
    pub(crate) only: Option<&'a str>,
    /// A host that is not acceptable.
    pub(crate) except: Option<&'a str>,
    /// The action, such as "run VM".
    pub(crate) action: &'a str,
}

/// The data that the filters use.
struct Search<'a> {
    state: &'a State,
    placement: &'a Placement<'a>,
    /// The memory that running virtual machines use, by the identifiers of their hosts.
    used: HashMap<&'a str, i64>,
}

/// The name of a filter, and a function that returns why a host at a path is not acceptable.
type Filter = (&'static str, fn(&Search<'_>, &str, &Host) -> Option<String>);

/// The engine's internal filters, in the order in which they apply.
const FILTERS: [Filter; 6] = [
    ("PinToHost", is_pinned_elsewhere),
    ("CPU", has_too_few_cores),
    ("Memory", has_too_little_memory),
    ("Network", misses_networks),
    ("VmAffinityGroups", violates_affinity),
    ("Migration", is_current_host),
];

/// Finds the host for a virtual machine: one of its cluster that is up and that no filter rejects. Hosts of the placement
/// policy come first, then those with the most free memory.
pub(crate) fn choose(state: &State, placement: &Placement<'_>) -> Result<String, Fault> {
    let cluster = placement.settings.cluster.as_ref().and_then(|cluster| cluster.id.as_deref());
    let is_candidate = |(path, host): &(String, &Host)| {
        host.cluster.as_ref().and_then(|cluster| cluster.id.as_deref()) == cluster
            && host.status == Some(HostStatus::Up)
            && placement.only.is_none_or(|only| last(only) == last(path))
            && placement.except != Some(path.as_str())
    };
    let mut hosts: Vec<(String, &Host)> = state.list::<Host>(HOSTS).filter(is_candidate).collect();
    if hosts.is_empty() {
        return Err(Fault::bad(NO_HOSTS));
    }
    let search = Search { state, placement, used: used_memory(state) };
    let mut rejections = Vec::new();
    for (filter, reject) in FILTERS {
        hosts.retain(|(path, host)| {
            let Some(reason) = reject(&search, path, host) else { return true };
            let name = state.name_of(path);
            rejections.push(format!("The host {name} did not satisfy internal filter {filter} because {reason}."));
            false
        });
    }
    let preferred = dedicated_hosts(placement.settings.placement_policy.as_deref());
    let rank = |(path, host): &(String, &Host)| {
        (preferred.contains(&last(path)), search.free_memory(path, host).unwrap_or(i64::MAX))
    };
    let best = hosts.iter().rev().max_by_key(|host| rank(host));
    best.map(|(path, _)| path.clone()).ok_or_else(|| {
        let reasons = rejections.join(", ");
        let why = format!(
            "There is no host that satisfies current scheduling constraints. See below for details:, {reasons}"
        );
        Fault::cannot(placement.action, &why)
    })
}

/// The hosts that a placement policy names.
fn dedicated_hosts(policy: Option<&VmPlacementPolicy>) -> Vec<&str> {
    policy
        .and_then(|policy| policy.hosts.as_ref())
        .into_iter()
        .flatten()
        .filter_map(|host| host.id.as_deref())
        .collect()
}

fn is_pinned_elsewhere(search: &Search<'_>, path: &str, _: &Host) -> Option<String> {
    let policy = search.placement.settings.placement_policy.as_deref();
    let hosts = dedicated_hosts(policy);
    let is_pinned = policy.and_then(|policy| policy.affinity.as_ref()) == Some(&VmAffinity::Pinned);
    let is_elsewhere = is_pinned && !hosts.is_empty() && !hosts.contains(&last(path));
    is_elsewhere.then(|| "the host is not present in the pinning list.".to_owned())
}

fn has_too_few_cores(search: &Search<'_>, _: &str, host: &Host) -> Option<String> {
    let count = |number: Option<i64>| number.unwrap_or(1);
    let wanted = search.placement.settings.cpu.as_ref().and_then(|cpu| cpu.topology.as_deref())?;
    let wanted = count(wanted.sockets).saturating_mul(count(wanted.cores)).saturating_mul(count(wanted.threads));
    let topology = host.cpu.as_ref().and_then(|cpu| cpu.topology.as_deref())?;
    let cluster = host.cluster.as_ref().and_then(|cluster| cluster.id.as_deref())?;
    let counts_threads = search.state.get::<Cluster>(&format!("{CLUSTERS}/{cluster}"))?.threads_as_cores == Some(true);
    let threads = if counts_threads { count(topology.threads) } else { 1 };
    let cores = count(topology.sockets).saturating_mul(count(topology.cores)).saturating_mul(threads);
    (wanted > cores).then(|| "it has an insufficient amount of CPU cores to run the VM".to_owned())
}

fn has_too_little_memory(search: &Search<'_>, path: &str, host: &Host) -> Option<String> {
    let free = search.free_memory(path, host)?;
    let vm = search.placement.settings;
    let is_too_little = !is_current(vm, path) && free < guaranteed_memory(vm);
    is_too_little.then(|| format!("its available memory is too low ({} MB) to run the VM", free >> 20))
}

fn misses_networks(search: &Search<'_>, path: &str, _: &Host) -> Option<String> {
    let Search { state, placement, .. } = *search;
    let nics = state.list::<Nic>(&format!("{}/{NICS}", placement.vm));
    let profiles = nics
        .filter(|(_, nic)| nic.plugged != Some(false))
        .filter_map(|(_, nic)| nic.vnic_profile.as_deref()?.id.clone());
    let mut missing: Vec<String> = profiles
        .filter_map(|id| state.get::<VnicProfile>(&format!("{VNIC_PROFILES}/{id}"))?.network.as_ref()?.id.clone())
        .map(|id| format!("{NETWORKS}/{id}"))
        .filter(|network| state.get::<Network>(network).is_some_and(|it| it.external_provider.is_none()))
        .filter(|network| network::attachment_of(state, path, network).is_none())
        .map(|network| state.name_of(&network))
        .collect();
    missing.dedup();
    (!missing.is_empty()).then(|| format!("network(s) {} are missing", missing.join(", ")))
}

/// Checks the enforced affinity groups of the virtual machine: a negative one forbids the hosts of its other virtual
/// machines, a positive one requires one of them. The engine leaves out the names of the groups.
fn violates_affinity(search: &Search<'_>, path: &str, _: &Host) -> Option<String> {
    let Search { state, placement, .. } = *search;
    let cluster = placement.settings.cluster.as_ref()?.id.as_deref()?;
    for (group, settings) in state.list::<AffinityGroup>(&format!("{CLUSTERS}/{cluster}/{AFFINITY_GROUPS}")) {
        let rule = settings.vms_rule.as_deref();
        let is_enforced = rule.is_some_and(|rule| rule.enabled == Some(true) && rule.enforcing == Some(true));
        let members = affinity::noted(state, &group, VMS);
        if !is_enforced || !members.iter().any(|id| id == last(placement.vm)) {
            continue;
        }
        let is_other = |id: &&String| *id != last(placement.vm);
        let hosts: Vec<&str> = members
            .iter()
            .filter(is_other)
            .filter_map(|id| state.get::<Vm>(&format!("{VMS}/{id}")))
            .filter(|vm| vm.status.as_ref().is_some_and(has_process))
            .filter_map(|vm| vm.host.as_ref()?.id.as_deref())
            .collect();
        let is_positive = rule.and_then(|rule| rule.positive) == Some(true);
        let is_here = hosts.contains(&last(path));
        if !is_positive && is_here {
            return Some("it matched negative affinity rules ".to_owned());
        }
        if is_positive && !hosts.is_empty() && !is_here {
            return Some("it did not match positive affinity rules ".to_owned());
        }
    }
    None
}

fn is_current_host(search: &Search<'_>, path: &str, _: &Host) -> Option<String> {
    is_current(search.placement.settings, path).then(|| "it currently hosts the VM.".to_owned())
}

fn is_current(vm: &Vm, host: &str) -> bool {
    vm.host.as_ref().and_then(|current| current.id.as_deref()) == Some(last(host))
}

impl Search<'_> {
    fn free_memory(&self, path: &str, host: &Host) -> Option<i64> {
        let all = host.max_scheduling_memory.or(host.memory)?;
        Some(all.saturating_sub(self.used.get(last(path)).copied().unwrap_or_default()))
    }
}

/// The memory that running virtual machines use, by the identifiers of their hosts.
fn used_memory(state: &State) -> HashMap<&str, i64> {
    let mut used = HashMap::new();
    for vm in state.each::<Vm>(VMS).filter(|vm| vm.status.as_ref().is_some_and(has_process)) {
        if let Some(host) = vm.host.as_ref().and_then(|host| host.id.as_deref()) {
            let used: &mut i64 = used.entry(host).or_default();
            *used = used.saturating_add(guaranteed_memory(vm));
        }
    }
    used
}

fn guaranteed_memory(vm: &Vm) -> i64 {
    vm.memory_policy.as_ref().and_then(|policy| policy.guaranteed).or(vm.memory).unwrap_or_default()
}

/// The paths of the virtual machines that run on a host.
pub(crate) fn vms_on(state: &State, host: &str) -> Vec<String> {
    let running = state.list::<Vm>(VMS);
    let running = running.filter(|(_, vm)| is_current(vm, host) && vm.status.as_ref().is_some_and(has_process));
    running.map(|(path, _)| path).collect()
}

/// Whether a virtual machine may leave its host while it is running.
pub(crate) fn may_migrate(vm: &Vm) -> bool {
    let affinity = vm.placement_policy.as_ref().and_then(|policy| policy.affinity.as_ref());
    affinity != Some(&VmAffinity::Pinned)
}

/// Whether the status of a virtual machine allows a migration.
pub(crate) fn can_migrate_now(vm: &Vm) -> bool {
    matches!(vm.status, Some(VmStatus::Up | VmStatus::PoweringUp | VmStatus::Paused | VmStatus::RebootInProgress))
}
