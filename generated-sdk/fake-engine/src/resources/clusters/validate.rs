//! The checks of new and changed clusters.

use crate::api::Fault;
use crate::path::join;
use crate::resources::common::bean::Violations;
use crate::resources::common::cluster_level::{self, LATEST};
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::{affinity, names};
use crate::resources::paths::{
    AFFINITY_LABELS, CLUSTERS, DATA_CENTERS, EXTERNAL_NETWORK_PROVIDERS, GLUSTER_VOLUMES, HOSTS, MAC_POOLS,
    OPENSTACK_NETWORK_PROVIDERS, VMS,
};
use crate::state::State;
use ovirt_sdk::types::{
    AffinityLabel, Architecture, BiosType, Cluster, DataCenter, Host, HostStatus, MemoryPolicy,
    ParallelMigrationsPolicy, RngSource, Version, Vm, VmStatus,
};

/// Checks single values.
pub(crate) fn check_values(cluster: &Cluster) -> Result<(), Fault> {
    let mut violations = Violations::default();
    let length = "Cluster name must not exceed 40 characters";
    let characters = "Cluster names may only contain letters, numbers, '-', or '_'.";
    violations.check_name("cluster.name", cluster.name.as_deref(), 40, length, characters);
    violations.check_length("cluster.description", cluster.description.as_deref(), 0, 4000);
    violations.check_length("cluster.cpuName", cpu_name(cluster), 0, 255);
    violations.into_result()
}

pub(crate) fn check_name(state: &State, cluster: &Cluster, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_name = |other: &Cluster| cluster.name.is_some() && other.name == cluster.name;
    match names::is_taken(state, CLUSTERS, own, has_name) {
        true => Err(Fault::cannot(action, "Cluster name is already in use.")),
        false => Ok(()),
    }
}

/// Checks a new cluster with all its fields.
pub(crate) fn check_new(state: &State, cluster: &Cluster) -> Result<(), Fault> {
    const ACTION: &str = "create Cluster";
    if cluster.virt_service != Some(false) && architecture_of(cluster).is_none() && !is_empty_cpu(cluster) {
        return Err(Fault::invalid(ACTION, "The chosen CPU is not supported."));
    }
    let data_center = path_of(DATA_CENTERS, &cluster.data_center).unwrap_or_default();
    let found = state.get::<DataCenter>(&data_center);
    if path_of(MAC_POOLS, &cluster.mac_pool).is_some_and(|pool| !state.contains(&pool)) {
        // The engine doesn't check it, but its database does.
        return Err(Fault::bad("Internal Engine Error"));
    }
    let is_lower = |other: &Version| version_number(Some(other)) > version_number(cluster.version.as_deref());
    if cluster.virt_service != Some(false) && found.and_then(|it| it.version.as_deref()).is_some_and(is_lower) {
        return Err(Fault::bad(
            "Cannot add Cluster with Compatibility Version that is lower than the Data Center Compatibility \
             Version.\n-Please upgrade your Cluster to a later Compatibility version first.",
        ));
    }
    let of_data_center = |other: &Cluster| references::refers_to(&other.data_center, &data_center);
    if found.is_some_and(|it| it.local == Some(true)) && !paths_where(state, CLUSTERS, of_data_center).is_empty() {
        return Err(Fault::bad("Cannot add more than one Cluster to a Data Center with \"Local Storage\"."));
    }
    check_services(cluster)?;
    check_settings(cluster, ACTION)?;
    check_memory(cluster)?;
    check_bios_type(cluster)?;
    check_provider(state, cluster, ACTION)
}

/// Checks the change of a cluster.
pub(crate) fn check_changed(state: &State, path: &str, old: &Cluster, new: &Cluster) -> Result<(), Fault> {
    const ACTION: &str = "edit Cluster";
    let hosts = paths_where(state, HOSTS, |host: &Host| references::refers_to(&host.cluster, path));
    let vms = paths_where(state, VMS, |vm: &Vm| references::refers_to(&vm.cluster, path));
    if new.version.as_deref().is_some_and(|version| !cluster_level::is_known(version)) {
        return Err(Fault::invalid(ACTION, "Selected Compatibility Version is not supported."));
    }
    check_lower_version(state, old, new, !hosts.is_empty())?;
    if old.data_center.is_some() && !same_data_center(old, new) {
        return Err(Fault::conflict("Cannot change Data Center association when editing a Cluster."));
    }
    check_cpu(state, old, new, &hosts, !vms.is_empty())?;
    let is_up = |path: &String| state.get::<Host>(path).is_some_and(|host| host.status == Some(HostStatus::Up));
    if old.data_center.is_none() && new.data_center.is_some() && hosts.iter().any(is_up) {
        return Err(Fault::conflict(
            "Cannot change Cluster.Trying to connect Cluster to Data Center with Hosts that are up.",
        ));
    }
    let is_suspended = |vm: &String| state.get::<Vm>(vm).is_some_and(|vm| vm.status == Some(VmStatus::Suspended));
    if cpu_name(old) != cpu_name(new) && vms.iter().any(is_suspended) {
        return Err(Fault::conflict(
            "Cannot update Cluster and change CPU Cluster level if there are suspended VMs in the Cluster",
        ));
    }
    check_services(new)?;
    if new.virt_service == Some(false) && !vms.is_empty() {
        return Err(Fault::conflict("Cannot disable virt service on the cluster as it contains VMs."));
    }
    if new.gluster_service == Some(false) && !state.paths(&join(path, GLUSTER_VOLUMES)).is_empty() {
        return Err(Fault::conflict("Cannot disable gluster service on the cluster as it contains volumes."));
    }
    check_settings(new, ACTION)?;
    check_bios_type(new)?;
    check_labels(state, &hosts, &vms)?;
    check_memory(new)?;
    check_provider(state, new, ACTION)?;
    let in_maintenance =
        |path: &String| state.get::<Host>(path).is_some_and(|host| host.status == Some(HostStatus::Maintenance));
    match old.fips_mode != new.fips_mode && !hosts.iter().all(in_maintenance) {
        true => Err(Fault::conflict(
            "Cannot update Cluster FIPS mode unless all Hosts attached to this Cluster are in Maintenance.",
        )),
        false => Ok(()),
    }
}

fn check_lower_version(state: &State, old: &Cluster, new: &Cluster, has_hosts: bool) -> Result<(), Fault> {
    let number = version_number(new.version.as_deref());
    if number >= version_number(old.version.as_deref()) {
        return Ok(());
    }
    if has_hosts {
        return Err(Fault::bad("Cluster compatibility version can't be decreased if there are hosts in the Cluster."));
    }
    let data_center = path_of(DATA_CENTERS, &old.data_center).and_then(|path| state.get::<DataCenter>(&path));
    match data_center.is_some_and(|it| version_number(it.version.as_deref()) > number) {
        true => {
            Err(Fault::bad("Cannot decrease cluster compatibility version beneath data center compatibility version."))
        }
        false => Ok(()),
    }
}

/// Checks a changed CPU type.
fn check_cpu(state: &State, old: &Cluster, new: &Cluster, hosts: &[String], has_vms: bool) -> Result<(), Fault> {
    if new.virt_service == Some(false) || (is_empty_cpu(old) && is_empty_cpu(new)) {
        return Ok(());
    }
    let in_maintenance =
        |path: &String| state.get::<Host>(path).is_some_and(|host| host.status == Some(HostStatus::Maintenance));
    let manufacturer = |cluster: &Cluster| cpu_name(cluster).and_then(|name| name.split_once(' ')).map(first_word);
    let illegal = || {
        Fault::conflict("Cannot change Cluster CPU type unless all Hosts attached to this Cluster are in Maintenance.")
    };
    if architecture_of(new).is_none() {
        return Err(illegal());
    }
    if !is_empty_cpu(old) && manufacturer(old) != manufacturer(new) && !hosts.iter().all(in_maintenance) {
        return Err(illegal());
    }
    let is_known = !matches!(architecture_of(old), None | Some(Architecture::Undefined));
    match is_known && architecture_of(old) != architecture_of(new) && (has_vms || !hosts.is_empty()) {
        true => Err(Fault::conflict(
            "Cannot change Cluster CPU architecture when there are Hosts or VMs attached to this Cluster.",
        )),
        false => Ok(()),
    }
}

/// The manufacturer in the name of a CPU type, which is the first or, after "Secure", the second word.
fn first_word((first, rest): (&str, &str)) -> String {
    if first == "Secure" { rest.split(' ').next().unwrap_or_default().to_owned() } else { first.to_owned() }
}

fn check_services(cluster: &Cluster) -> Result<(), Fault> {
    if cluster.virt_service == Some(false) && cluster.gluster_service != Some(true) {
        return Err(Fault::bad("At least one service [virt / gluster] must be enabled on the cluster."));
    }
    match cluster.trusted_service {
        Some(true) => Err(Fault::bad("Attestation server should be configured correctly.")),
        _ => Ok(()),
    }
}

/// Checks the settings of migrations and random number generators.
fn check_settings(cluster: &Cluster, action: &str) -> Result<(), Fault> {
    let policy = cluster.migration.as_ref().and_then(|it| it.parallel_migrations_policy.as_ref());
    if policy == Some(&ParallelMigrationsPolicy::Inherit) {
        return Err(Fault::bad("Cluster cannot inherit parallel migration settings."));
    }
    let is_allowed = |source: &RngSource| matches!(source, RngSource::Urandom | RngSource::Random | RngSource::Hwrng);
    match cluster.required_rng_sources.iter().flatten().all(is_allowed) {
        true => Ok(()),
        false => Err(Fault::invalid(
            action,
            "'RANDOM' random number generator source cannot be added to cluster additional random number generator \
             sources since it is implicitly required.",
        )),
    }
}

fn check_memory(cluster: &Cluster) -> Result<(), Fault> {
    let percent = |policy: &MemoryPolicy| policy.over_commit.as_ref().and_then(|it| it.percent);
    let is_overcommitted = cluster.memory_policy.as_deref().and_then(percent).is_some_and(|percent| percent > 100);
    let has_ksm = cluster.ksm.as_ref().is_some_and(|ksm| ksm.enabled == Some(true));
    match is_overcommitted && !has_ksm && cluster.ballooning_enabled != Some(true) {
        true => Err(Fault::conflict("KSM or ballooning must be enabled to allow memory optimization.")),
        false => Ok(()),
    }
}

fn check_bios_type(cluster: &Cluster) -> Result<(), Fault> {
    let is_q35 = cluster.bios_type.as_ref().is_some_and(|bios| *bios != BiosType::I440fxSeaBios);
    let is_other = matches!(architecture_of(cluster), Some(Architecture::Ppc64 | Architecture::S390x));
    match is_q35 && is_other {
        true => Err(Fault::conflict("Q35 chipset is allowed for x86 architecture only.")),
        false => Ok(()),
    }
}

/// Labels with implicit affinity groups come from old engines; clusters with such labels can't change.
fn check_labels(state: &State, hosts: &[String], vms: &[String]) -> Result<(), Fault> {
    let is_used = |label: &String| {
        let has = |key: &str, members: &[String]| {
            affinity::noted(state, label, key).iter().any(|id| members.contains(&join(key, id)))
        };
        has(HOSTS, hosts) || has(VMS, vms)
    };
    let implicit = |label: &AffinityLabel| label.has_implicit_affinity_group == Some(true);
    match paths_where(state, AFFINITY_LABELS, implicit).iter().any(is_used) {
        true => Err(Fault::cannot(
            "edit Cluster",
            "Implicit affinity groups are not supported in cluster version 4.4 and above. Please update/remove \
             affinity labels with the implicit affinity groups.",
        )),
        false => Ok(()),
    }
}

/// Fails if the provider of external networks doesn't exist.
fn check_provider(state: &State, cluster: &Cluster, action: &str) -> Result<(), Fault> {
    let first = cluster.external_network_providers.as_ref().and_then(|providers| providers.first());
    match first.and_then(|provider| provider.id.as_deref()) {
        Some(id) if !state.contains(&join(OPENSTACK_NETWORK_PROVIDERS, id)) => {
            Err(Fault::invalid(action, "The provider does not exist in the system."))
        }
        _ => Ok(()),
    }
}

fn same_data_center(old: &Cluster, new: &Cluster) -> bool {
    let id = |cluster: &Cluster| cluster.data_center.as_ref().and_then(|it| it.id.clone());
    id(old) == id(new)
}

fn cpu_name(cluster: &Cluster) -> Option<&str> {
    cluster.cpu.as_ref()?.type_.as_deref()
}

fn is_empty_cpu(cluster: &Cluster) -> bool {
    cpu_name(cluster).is_none_or(str::is_empty)
}

/// The architecture of the CPU type of a cluster, if its level has the type.
fn architecture_of(cluster: &Cluster) -> Option<Architecture> {
    let minor = cluster.version.as_ref().and_then(|version| version.minor).unwrap_or(LATEST);
    cluster_level::architecture_of(cpu_name(cluster)?, minor)
}

fn version_number(version: Option<&Version>) -> (Option<i64>, Option<i64>) {
    version.map_or((None, None), |version| (version.major, version.minor))
}

/// The collection of the providers that a cluster uses.
pub(crate) fn providers_of(cluster: &str) -> String {
    join(cluster, EXTERNAL_NETWORK_PROVIDERS)
}
