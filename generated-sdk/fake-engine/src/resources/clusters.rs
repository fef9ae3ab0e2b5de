//! Clusters.

pub(crate) mod affinity_groups;
pub(crate) mod defaults;
pub(crate) mod enabled_features;
pub(crate) mod external_network_providers;
pub(crate) mod gluster_volumes;
pub(crate) mod networks;
pub(crate) mod upgrade;
pub(crate) mod validate;

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::clusters::defaults::{
    complete_cluster, complete_policy_properties, drop_ignored_values, merge_policy_properties, set_defaults_of_new,
};
use crate::resources::clusters::enabled_features::enable_all;
use crate::resources::clusters::external_network_providers::use_providers;
use crate::resources::clusters::networks::attach_management_network;
use crate::resources::common::cluster_level::{self, LATEST};
use crate::resources::common::fields::fill_unset;
use crate::resources::common::network::{self, DEFAULT_CLUSTER, MANAGEMENT};
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::paths::{
    CPU_PROFILES, DATA_CENTERS, HOSTS, NETWORK_ATTACHMENTS, NETWORKS, TEMPLATES, VM_POOLS, VMS, is_in,
};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Cluster, CpuProfile, DataCenter, Host, Network, NetworkAttachment, Template, Vm, VmPool};

pub(super) fn register(registry: &mut Registry) {
    registry.on("clusters", "add", add);
    registry.on("cluster", "update", update);
    registry.on("cluster", "remove", remove);
    registry.on("cluster", "sync_all_networks", sync_all_networks);
    registry.render("cluster", show);
    affinity_groups::register(registry);
    enabled_features::register(registry);
    gluster_volumes::register(registry);
    networks::register(registry);
    upgrade::register(registry);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut cluster: Cluster = call.body()?;
    let parent = Some(call.parent()).filter(|parent| is_in(parent, DATA_CENTERS));
    let data_center = parent.or_else(|| path_of(DATA_CENTERS, &cluster.data_center)).unwrap_or_default();
    cluster.data_center = Some(Box::new(DataCenter::with_id(last(&data_center))));
    if !call.state.contains(&data_center) {
        let text = format!("Entity not found: Datacenter: id={}", last(&data_center));
        return Err(Fault::operation(404, &text));
    }
    if cluster.version.as_deref().is_some_and(|version| !cluster_level::is_known(version)) {
        // The engine fails before it checks the version.
        return Err(Fault::operation(
            500,
            "java.lang.NullPointerException: Cannot invoke \"org.ovirt.engine.core.bll.CommandBase.getParameters()\" \
             because \"commandBase\" is null",
        ));
    }
    validate::check_values(&cluster)?;
    validate::check_name(call.state, &cluster, None, "create Cluster")?;
    let wanted_network = cluster.management_network.take();
    let sent_policy = cluster.migration.as_ref().and_then(|it| it.policy.clone());
    drop_ignored_values(&mut cluster);
    set_defaults_of_new(&mut cluster);
    complete_cluster(call.state, &mut cluster);
    if let Some(migration) = cluster.migration.as_mut() {
        migration.policy = sent_policy;
    }
    complete_policy_properties(call.state, &mut cluster);
    validate::check_new(call.state, &cluster)?;
    let management = management_network(call.state, wanted_network.as_deref(), &data_center)?;
    let providers = cluster.external_network_providers.take();
    let features = cluster.enabled_features.take();
    let path = call.store(Box::new(cluster))?;
    attach_management_network(call.state, &path, &management);
    enable_all(call.state, &path, features)?;
    use_providers(call.state, &path, providers);
    let name = call.state.name_of(&path);
    call.state.insert(CPU_PROFILES, CpuProfile::new().name(name.as_str()).cluster(Cluster::with_id(last(&path))));
    call.state.event(809, Severity::Normal, &format!("Cluster {name} was added by {}", call.request.user), &[&path]);
    Ok(Reply::Created(path))
}

/// The network over which a new cluster is managed: the wanted one, or that of the other clusters of the data center.
fn management_network(state: &State, wanted: Option<&Network>, data_center: &str) -> Result<String, Fault> {
    const ACTION: &str = "create Cluster";
    let belongs = |network: &Network| references::refers_to(&network.data_center, data_center);
    if let Some(id) = wanted.and_then(|network| network.id.as_deref()) {
        let path = format!("{NETWORKS}/{id}");
        return match state.get::<Network>(&path) {
            None => Err(Fault::bad("The specified Logical Network doesn't exist.")),
            Some(network) if !belongs(network) => {
                Err(Fault::invalid(ACTION, "Network belongs to a different data-center."))
            }
            Some(network) if network.external_provider.is_some() => {
                Err(Fault::invalid(ACTION, "Management network has to be not external one."))
            }
            Some(_) => Ok(path),
        };
    }
    let networks = paths_where(state, NETWORKS, belongs);
    let named = networks.iter().find(|path| state.name_of(path) == MANAGEMENT);
    named.or_else(|| networks.first().filter(|_| networks.len() == 1)).cloned().ok_or_else(|| {
        Fault::invalid(ACTION, "No single suitable network was found to serve as the management network.")
    })
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Cluster = call.body()?;
    let path = call.path();
    let old = call.state.find::<Cluster>(&path)?.clone();
    validate::check_values(&change)?;
    validate::check_name(call.state, &change, Some(&path), "edit Cluster")?;
    drop_ignored_values(&mut change);
    let providers = change.external_network_providers.take();
    let wanted_network = path_of(NETWORKS, &change.management_network.take());
    merge_policy_properties(&old, &mut change);
    let mut merged = change.clone();
    fill_unset(&mut merged, &old, &["data_center"]);
    if merged.data_center.as_ref().is_none_or(|data_center| data_center.id.is_none()) {
        merged.data_center.clone_from(&old.data_center);
    }
    complete_policy_properties(call.state, &mut merged);
    merged.external_network_providers.clone_from(&providers);
    validate::check_changed(call.state, &path, &old, &merged)?;
    if let Some(network) = wanted_network {
        set_management_network(call.state, &path, &network)?;
    }
    if let Some(cpu) = merged.cpu.as_deref() {
        let minor = merged.version.as_ref().and_then(|version| version.minor).unwrap_or(LATEST);
        let mut cpu = cpu.clone();
        let known = cpu.type_.as_deref().and_then(|name| cluster_level::architecture_of(name, minor));
        cpu.architecture = known.or(cpu.architecture);
        change.cpu = Some(Box::new(cpu));
    }
    let reply = call.change(&change)?;
    if let Some(cluster) = call.state.get_mut::<Cluster>(&path) {
        cluster.custom_scheduling_policy_properties = merged.custom_scheduling_policy_properties;
    }
    if let Some(providers) = providers {
        for old in call.state.paths(&validate::providers_of(&path)) {
            call.state.remove(&old);
        }
        use_providers(call.state, &path, Some(providers));
    }
    let text = format!("Cluster {} was updated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(811, Severity::Normal, &text, &[&path]);
    Ok(reply)
}

/// Sets the network over which a cluster is managed.
fn set_management_network(state: &mut State, cluster: &str, network: &str) -> Result<(), Fault> {
    let hosts = paths_where(state, HOSTS, |host: &Host| references::refers_to(&host.cluster, cluster));
    if !hosts.is_empty() && !network::is_management(state, cluster, network) {
        let why = "Changing management network in a non-empty cluster is not allowed.";
        return Err(Fault::invalid("edit Cluster", why));
    }
    if !state.contains(network) {
        return Err(Fault::bad("The specified Logical Network doesn't exist."));
    }
    attach_management_network(state, cluster, network);
    Ok(())
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_removal(call.state, &path)?;
    let name = call.state.name_of(&path);
    for profile in
        paths_where(call.state, CPU_PROFILES, |profile: &CpuProfile| references::refers_to(&profile.cluster, &path))
    {
        call.state.remove(&profile);
    }
    let reply = call.remove()?;
    call.state.event(813, Severity::Normal, &format!("Cluster {name} was removed by {}", call.request.user), &[]);
    Ok(reply)
}

/// Fails if a cluster can't be removed. The fault names all reasons.
fn check_removal(state: &State, path: &str) -> Result<(), Fault> {
    let cluster = state.find::<Cluster>(path)?;
    let has_hosts = state.each::<Host>(HOSTS).any(|host| references::refers_to(&host.cluster, path));
    let has_vms = state.each::<Vm>(VMS).any(|vm| references::refers_to(&vm.cluster, path));
    let has_templates = state.each::<Template>(TEMPLATES).any(|it| references::refers_to(&it.cluster, path));
    let has_pools = state.each::<VmPool>(VM_POOLS).any(|pool| references::refers_to(&pool.cluster, path));
    let reasons: Vec<&str> = [
        (cluster.name.as_deref() == Some(DEFAULT_CLUSTER), "Cannot remove default Host Cluster."),
        (has_hosts, "Cannot remove Cluster. Cluster contains one or more Hosts"),
        (has_vms, "Cannot remove Cluster. One or more VMs are still assigned to the Cluster"),
        (has_templates, "Cannot remove Cluster. One or more Template(s) are still associated with the Cluster"),
        (has_pools, "Cannot remove Cluster.One or more VM-Pools are still associated with it"),
    ]
    .into_iter()
    .filter_map(|(applies, reason)| applies.then_some(reason))
    .collect();
    if reasons.is_empty() { Ok(()) } else { Err(Fault::conflict(&reasons.join(", "))) }
}

/// Shows the network over which a cluster is managed, with all content.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    if context.request.flag("all_content") != Some(true) {
        return;
    }
    let shown: &mut dyn std::any::Any = shown;
    let Some(cluster) = shown.downcast_mut::<Cluster>() else { return };
    let networks = context.state.paths(&format!("{path}/{NETWORKS}"));
    let managing = networks.into_iter().find(|network| network::is_management(context.state, path, network));
    cluster.management_network =
        managing.map(|network| Box::new(Network::with_id(last(&network)).href(network.as_str())));
}

/// Synchronizes the networks of all hosts of a cluster.
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
