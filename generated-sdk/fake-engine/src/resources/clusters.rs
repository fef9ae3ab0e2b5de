//! Clusters.

pub(crate) mod affinity_groups;
pub(crate) mod defaults;
pub(crate) mod enabled_features;
pub(crate) mod external_network_providers;
pub(crate) mod gluster_volumes;
pub(crate) mod networks;
pub(crate) mod upgrade;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::clusters::defaults::complete_cluster;
use crate::resources::clusters::enabled_features::enable_all;
use crate::resources::clusters::external_network_providers::use_providers;
use crate::resources::clusters::networks::attach_management_network;
use crate::resources::common::cluster_level::{self, LATEST};
use crate::resources::common::network::{self, MANAGEMENT};
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::paths::{CPU_PROFILES, DATA_CENTERS, HOSTS, NETWORK_ATTACHMENTS, NETWORKS, TEMPLATES, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, CpuProfile, DataCenter, Host, HostStatus, Network, NetworkAttachment, Template, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("clusters", "add", add);
    registry.on("cluster", "update", update);
    registry.on("cluster", "remove", remove);
    registry.on("cluster", "sync_all_networks", sync_all_networks);
    affinity_groups::register(registry);
    enabled_features::register(registry);
    gluster_volumes::register(registry);
    networks::register(registry);
    upgrade::register(registry);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "data_center.name|id"])?;
    let mut cluster: Cluster = call.body()?;
    call.check_name(&cluster)?;
    let data_center = path_of(DATA_CENTERS, &cluster.data_center).unwrap_or_default();
    call.state.find::<DataCenter>(&data_center)?;
    check(&cluster, LATEST, "add")?;
    let management = management_network(call.state, &cluster, &data_center)?;
    cluster.management_network = None;
    let providers = cluster.external_network_providers.take();
    let features = cluster.enabled_features.take();
    complete_cluster(call.state, &mut cluster);
    let path = call.store(Box::new(cluster))?;
    attach_management_network(call.state, &path, &management);
    enable_all(call.state, &path, features)?;
    use_providers(call.state, &path, providers);
    let name = call.state.name_of(&path);
    call.state.insert(CPU_PROFILES, CpuProfile::new().name(name.as_str()).cluster(Cluster::with_id(last(&path))));
    call.state.event(809, Severity::Normal, &format!("Cluster {name} was added by {}", call.request.user), &[&path]);
    Ok(Reply::Created(path))
}

/// Refuses a version or a type of processor that does not exist.
fn check(cluster: &Cluster, minor: i64, action: &str) -> Result<(), Fault> {
    let version = cluster.version.as_deref();
    if version.is_some_and(|version| !cluster_level::is_known(version)) {
        return Err(Fault::bad(&format!("Cannot {action} Cluster. Selected Compatibility Version is not supported.")));
    }
    let minor = version.and_then(|version| version.minor).unwrap_or(minor);
    let cpu = cluster.cpu.as_ref().and_then(|cpu| cpu.type_.as_deref()).filter(|cpu| !cpu.is_empty());
    match cpu {
        Some(cpu) if cluster_level::architecture_of(cpu, minor).is_none() => {
            Err(Fault::bad(&format!("Cannot {action} Cluster. The chosen CPU is not supported.")))
        }
        _ => Ok(()),
    }
}

/// The network that a new cluster is managed over: the one that is asked for, or that of the other clusters of its data
/// center.
fn management_network(state: &State, cluster: &Cluster, data_center: &str) -> Result<String, Fault> {
    let belongs = |network: &Network| references::refers_to(&network.data_center, data_center);
    if let Some(path) = path_of(NETWORKS, &cluster.management_network) {
        return match state.find::<Network>(&path)? {
            network if belongs(network) => Ok(path),
            _ => Err(Fault::conflict(&format!(
                "Cannot add Cluster. The following Logical Networks: {} do not exist in the Data Center: {}.",
                last(&path),
                last(data_center)
            ))),
        };
    }
    let of_data_center = paths_where(state, NETWORKS, belongs);
    let named = of_data_center.iter().find(|path| state.name_of(path) == MANAGEMENT);
    named.or_else(|| of_data_center.first().filter(|_| of_data_center.len() == 1)).cloned().ok_or_else(|| {
        Fault::conflict("Cannot add Cluster. No single suitable network was found to serve as the management network.")
    })
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Cluster = call.body()?;
    let path = call.path();
    let old = call.state.find::<Cluster>(&path)?.clone();
    let old_minor = old.version.as_ref().and_then(|version| version.minor).unwrap_or(LATEST);
    check(&change, old_minor, "edit")?;
    let hosts = paths_where(call.state, HOSTS, |host: &Host| references::refers_to(&host.cluster, &path));
    let is_up = |path: &String| call.state.get::<Host>(path).is_some_and(|it| it.status == Some(HostStatus::Up));
    let up: Vec<String> = hosts.iter().filter(|path| is_up(path)).cloned().collect();
    if let Some(data_center) = path_of(DATA_CENTERS, &change.data_center) {
        call.state.find::<DataCenter>(&data_center)?;
        if !references::refers_to(&old.data_center, &data_center) && old.data_center.is_some() {
            let text = "Cannot edit Cluster. Change of Data Center ID is not allowed.";
            return Err(Fault::conflict(text));
        }
        if old.data_center.is_none() && !up.is_empty() {
            return Err(Fault::conflict(
                "Cannot change Cluster.Trying to connect Cluster to Data Center with Hosts that are up.",
            ));
        }
    }
    if let Some(minor) = change.version.as_ref().and_then(|version| version.minor)
        && let Some(data_center) = path_of(DATA_CENTERS, &old.data_center)
        && call.state.get::<DataCenter>(&data_center).and_then(|it| it.version.as_ref()?.minor) > Some(minor)
    {
        return Err(Fault::conflict(
            "Cannot change Cluster compatibility version to a version that is lower than that of its Data Center.",
        ));
    }
    if let Some(cpu) = change.cpu.as_mut()
        && let Some(kind) = cpu.type_.as_deref()
    {
        let architecture = cluster_level::architecture_of(kind, old_minor);
        let known = old.cpu.as_ref().and_then(|cpu| cpu.architecture.clone());
        if architecture.is_some() && known.is_some() && architecture != known && !hosts.is_empty() {
            return Err(Fault::conflict(
                "Cannot update Cluster and change CPU Cluster name if there are hosts or virtual machines in the \
                 Cluster. This CPU name is incompatible with all other available CPUs",
            ));
        }
        cpu.architecture = architecture;
    }
    if let Some(network) = path_of(NETWORKS, &change.management_network) {
        if !hosts.is_empty() && !network::is_management(call.state, &path, &network) {
            return Err(Fault::conflict(
                "Cannot edit Cluster. Changing management network in a non-empty cluster is not allowed.",
            ));
        }
        call.state.find::<Network>(&network)?;
        attach_management_network(call.state, &path, &network);
        change.management_network = None;
    }
    let reply = call.update(&change)?;
    let text = format!("Cluster {} was updated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(811, Severity::Normal, &text, &[&path]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let state = &mut *call.state;
    if !paths_where(state, HOSTS, |host: &Host| references::refers_to(&host.cluster, &path)).is_empty() {
        return Err(Fault::conflict("Cannot remove Cluster. Cluster contains one or more Hosts"));
    }
    if !paths_where(state, VMS, |vm: &Vm| references::refers_to(&vm.cluster, &path)).is_empty() {
        return Err(Fault::conflict("Cannot remove Cluster. One or more VMs are still assigned to the Cluster"));
    }
    if !paths_where(state, TEMPLATES, |template: &Template| references::refers_to(&template.cluster, &path)).is_empty()
    {
        return Err(Fault::conflict(
            "Cannot remove Cluster. One or more Template(s) are still associated with the Cluster",
        ));
    }
    let name = state.name_of(&path);
    for profile in
        paths_where(state, CPU_PROFILES, |profile: &CpuProfile| references::refers_to(&profile.cluster, &path))
    {
        state.remove(&profile);
    }
    let reply = call.remove()?;
    call.state.event(813, Severity::Normal, &format!("Cluster {name} was removed by {}", call.request.user), &[]);
    Ok(reply)
}

/// Puts the networks of all hosts of a cluster into the state that the engine wants.
fn sync_all_networks(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let hosts = paths_where(call.state, HOSTS, |host: &Host| references::refers_to(&host.cluster, &path));
    let name = call.state.name_of(&path);
    call.state.event(10906, Severity::Normal, &format!("Sync of all networks of Cluster {name} was started"), &[&path]);
    for host in &hosts {
        for attachment in call.state.paths(&format!("{host}/{NETWORK_ATTACHMENTS}")) {
            if let Some(attachment) = call.state.get_mut::<NetworkAttachment>(&attachment) {
                attachment.in_sync = Some(true);
            }
        }
    }
    let text = format!("Networks of Cluster {name} are in sync on: {}", call.state.names_of(&hosts));
    call.state.event(10908, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
