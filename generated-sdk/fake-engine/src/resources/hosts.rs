//! Hosts.

pub(crate) mod activate;
pub(crate) mod commit_net_config;
pub(crate) mod copy_host_networks;
pub(crate) mod cpu_units;
pub(crate) mod deactivate;
pub(crate) mod enroll_certificate;
pub(crate) mod evacuation;
pub(crate) mod facts;
pub(crate) mod fence;
pub(crate) mod fence_agents;
pub(crate) mod force_select_spm;
pub(crate) mod install;
pub(crate) mod iscsi;
pub(crate) mod network_attachments;
pub(crate) mod network_changes;
pub(crate) mod nics;
pub(crate) mod refresh;
pub(crate) mod setup_networks;
pub(crate) mod spm;
pub(crate) mod status;
pub(crate) mod storage;
pub(crate) mod storage_connection_extensions;
pub(crate) mod sync_all_networks;
pub(crate) mod unregistered_storage_domains_discover;
pub(crate) mod upgrade;
pub(crate) mod upgrade_steps;
pub(crate) mod validate;
pub(crate) mod wiring;

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::fields::fill_unset;
use crate::resources::common::network::{DEFAULT_CLUSTER, data_center_of};
use crate::resources::common::references::{self, path_of};
use crate::resources::hosts::facts::complete_new;
use crate::resources::hosts::fence_agents::add_agent;
use crate::resources::hosts::install::begin;
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::without_job;
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, FENCE_AGENTS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Agent, Cluster, Host, List, Vm, VmStatus, VmSummary};

pub(super) fn register(registry: &mut Registry) {
    registry.on("hosts", "add", add);
    registry.on("host", "update", update);
    registry.on("host", "remove", remove);
    registry.render("host", show);
    activate::register(registry);
    commit_net_config::register(registry);
    copy_host_networks::register(registry);
    cpu_units::register(registry);
    deactivate::register(registry);
    enroll_certificate::register(registry);
    fence::register(registry);
    fence_agents::register(registry);
    force_select_spm::register(registry);
    install::register(registry);
    iscsi::register(registry);
    network_attachments::register(registry);
    network_changes::register(registry);
    nics::register(registry);
    refresh::register(registry);
    setup_networks::register(registry);
    storage::register(registry);
    storage_connection_extensions::register(registry);
    sync_all_networks::register(registry);
    unregistered_storage_domains_discover::register(registry);
    upgrade::register(registry);
    upgrade_steps::register(registry);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "add Host";
    call.require(&["name", "address"])?;
    let mut host: Host = call.body()?;
    let cluster = match path_of(CLUSTERS, &host.cluster) {
        Some(cluster) => cluster,
        None => call.state.by_name(CLUSTERS, DEFAULT_CLUSTER).unwrap_or_default(),
    };
    let name = host.name.clone().unwrap_or_default();
    validate::check_values(&host)?;
    let Some(data_center) = call.state.get::<Cluster>(&cluster).map(|cluster| cluster.data_center.clone()) else {
        return Err(Fault::invalid(ACTION, "Cluster ID is not valid."));
    };
    host.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    validate::check_name(call.state, &host, None, ACTION)?;
    validate::check_address(call.state, &host, None, ACTION)?;
    validate::check_local_storage(call.state, &cluster, path_of(DATA_CENTERS, &data_center).as_deref())?;
    validate::check_credentials(&host)?;
    let agents = agents_of(&mut host);
    validate::check_power_management(&host, agents.as_ref(), ACTION)?;
    complete_new(call.state, &mut host);
    let path = call.store(Box::new(host))?;
    for agent in agents.into_iter().flatten() {
        add_agent(call.state, &path, agent);
    }
    call.state.event(42, Severity::Normal, &format!("Host {name} was added by {}", call.request.user), &[&path]);
    let activate = call.flag("activate") != Some(false);
    without_job(call.state, |state| begin(state, &path, activate));
    Ok(Reply::Created(path))
}

/// Removes the fence agents from a host in a request, and returns them. They are stored in their own collection.
fn agents_of(host: &mut Host) -> Option<List<Agent>> {
    host.agents.take().or_else(|| host.power_management.as_mut()?.agents.take())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "edit Host";
    let mut change: Host = call.body()?;
    let path = call.path();
    let old = call.state.find::<Host>(&path)?.clone();
    let known_agents = call.state.paths(&format!("{path}/{FENCE_AGENTS}"));
    let agents = agents_of(&mut change);
    let new_cluster =
        path_of(CLUSTERS, &change.cluster).filter(|cluster| !references::refers_to(&old.cluster, cluster));
    if let Some(cluster) = &new_cluster {
        validate::check_new_cluster(call.state, &path, &old, cluster, agents.is_some())?;
    }
    validate::check_values(&change)?;
    if change.address.is_some() && change.address != old.address {
        validate::check_new_address(&old)?;
    }
    validate::check_name(call.state, &change, Some(&path), ACTION)?;
    validate::check_address(call.state, &change, Some(&path), ACTION)?;
    if change.port.is_some() && change.port != old.port {
        return Err(Fault::bad("The Host Port number cannot be changed without reinstalling the Host."));
    }
    let mut merged = change.clone();
    fill_unset(&mut merged, &old, &[]);
    let is_enabled = merged.power_management.as_ref().and_then(|it| it.enabled) == Some(true);
    match &agents {
        Some(agents) => validate::check_power_management(&merged, Some(agents), ACTION)?,
        None if is_enabled && known_agents.is_empty() => return Err(validate::no_agent(ACTION)),
        None => {}
    }
    // The host reports these fields itself.
    change.status = None;
    change.summary = None;
    change.root_password = None;
    change.update_available = None;
    let has_new_kernel = change.os.as_ref().is_some_and(|os| os.custom_kernel_cmdline.is_some());
    let reply = call.change(&change)?;
    if has_new_kernel && let Some(host) = call.state.get_mut::<Host>(&path) {
        host.reinstallation_required = Some(true);
    }
    if agents.is_some() || (is_enabled && change.power_management.is_some()) {
        replace_agents(call.state, &path, agents);
    }
    let text = format!("Host {} configuration was updated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(43, Severity::Normal, &text, &[&path]);
    Ok(reply)
}

/// Replaces the fence agents of a host. Without new ones, the old ones get new identifiers.
fn replace_agents(state: &mut State, host: &str, agents: Option<List<Agent>>) {
    let collection = format!("{host}/{FENCE_AGENTS}");
    let old: Vec<Agent> = state.each::<Agent>(&collection).cloned().collect();
    for agent in state.paths(&collection) {
        state.remove(&agent);
    }
    for mut agent in agents.map_or(old, List::into_vec) {
        agent.id = None;
        add_agent(state, host, agent);
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    validate::check_removal(call.state, &path, call.flag("force") == Some(true))?;
    let text = format!("Host {} was removed by {}", call.state.name_of(&path), call.request.user);
    let data_center = data_center_of(call.state, &path);
    let reply = call.remove()?;
    if let Some(data_center) = data_center {
        elect_spm(call.state, &data_center);
    }
    call.state.event(44, Severity::Normal, &text, &[]);
    Ok(reply)
}

/// Shows the fields that follow from the virtual machines on a host.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(host) = shown.downcast_mut::<Host>() else { return };
    if context.request.flag("all_content") == Some(true) {
        host.network_operation_in_progress = Some(false);
    }
    let (mut active, mut migrating, mut total, mut memory) = (0, 0, 0, 0);
    for (_, vm) in state.list::<Vm>(VMS).filter(|(_, vm)| references::refers_to(&vm.host, path)) {
        total += 1;
        memory += vm.memory.unwrap_or_default();
        match vm.status {
            Some(VmStatus::Migrating) => migrating += 1,
            Some(VmStatus::Down) => {}
            _ => active += 1,
        }
    }
    host.summary = Some(Box::new(VmSummary::new().active(active + migrating).migrating(migrating).total(total)));
    if let Some(free) = host.max_scheduling_memory {
        host.max_scheduling_memory = Some((free - memory).max(0));
    }
}
