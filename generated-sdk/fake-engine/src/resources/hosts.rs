//! Hosts.

pub(crate) mod activate;
pub(crate) mod commit_net_config;
pub(crate) mod copy_host_networks;
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
pub(crate) mod wiring;

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::network::data_center_of;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::scheduler;
use crate::resources::hosts::facts::complete_new;
use crate::resources::hosts::fence_agents::add_agent;
use crate::resources::hosts::install::begin;
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::{apart, status_of};
use crate::resources::paths::{CLUSTERS, FENCE_AGENTS, HOSTS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Agent, Cluster, Host, HostStatus, List, Vm, VmStatus, VmSummary};

pub(super) fn register(registry: &mut Registry) {
    registry.on("hosts", "add", add);
    registry.on("host", "update", update);
    registry.on("host", "remove", remove);
    registry.render("host", show);
    activate::register(registry);
    commit_net_config::register(registry);
    copy_host_networks::register(registry);
    deactivate::register(registry);
    enroll_certificate::register(registry);
    fence::register(registry);
    fence_agents::register(registry);
    force_select_spm::register(registry);
    install::register(registry);
    iscsi::register(registry);
    network_attachments::register(registry);
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
    call.require(&["name", "address"])?;
    let mut host: Host = call.body()?;
    call.check_name(&host).map_err(|_| name_taken("add"))?;
    let cluster = match path_of(CLUSTERS, &host.cluster) {
        Some(cluster) => cluster,
        None => call
            .state
            .by_name(CLUSTERS, "Default")
            .ok_or_else(|| Fault::bad("Cannot add Host. Cluster ID is not valid."))?,
    };
    call.state.find::<Cluster>(&cluster)?;
    host.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    refuse_address(call.state, &host, None, "add")?;
    refuse_without_login(&host)?;
    let agents = agents_of(&mut host);
    complete_new(call.state, &mut host);
    check_fencing(&host, agents.as_ref().is_some_and(|agents| !agents.is_empty()), "add")?;
    let path = call.store(Box::new(host))?;
    for agent in agents.into_iter().flatten() {
        add_agent(call.state, &path, agent);
    }
    let name = call.state.name_of(&path);
    call.state.event(42, Severity::Normal, &format!("Host {name} was added by {}", call.request.user), &[&path]);
    let activate = call.flag("activate") != Some(false);
    call.job(&format!("Adding new Host {name} to Cluster {}", call.state.name_of(&cluster)));
    apart(call.state, |state| begin(state, &path, activate));
    Ok(Reply::Created(path))
}

fn name_taken(action: &str) -> Fault {
    Fault::conflict(&format!(
        "Cannot {action} Host. The Host name is already in use, please choose a unique name and try again."
    ))
}

fn refuse_address(state: &State, host: &Host, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let Some(address) = host.address.as_ref() else { return Ok(()) };
    let same = |other: &Host| other.address.as_ref() == Some(address);
    match paths_where(state, HOSTS, same).iter().all(|path| Some(path.as_str()) == own) {
        true => Ok(()),
        false => Err(Fault::conflict(&format!("Cannot {action} Host. Host with the same address already exists."))),
    }
}

/// The engine needs a way to log in to the machine that becomes a host.
fn refuse_without_login(host: &Host) -> Result<(), Fault> {
    let ssh = host.ssh.as_deref();
    let by_key =
        ssh.is_some_and(|ssh| ssh.authentication_method == Some(ovirt_sdk::types::SshAuthenticationMethod::Publickey));
    let password = ssh.and_then(|ssh| ssh.user.as_ref()?.password.as_deref()).or(host.root_password.as_deref());
    if by_key || host.external_host_provider.is_some() || password.is_some_and(|password| !password.is_empty()) {
        return Ok(());
    }
    Err(Fault::bad("Cannot install Host with empty password."))
}

/// Agents that come with a host; they live in a collection of their own.
fn agents_of(host: &mut Host) -> Option<List<Agent>> {
    host.agents.take().or_else(|| host.power_management.as_mut()?.agents.take())
}

fn check_fencing(host: &Host, has_agents: bool, action: &str) -> Result<(), Fault> {
    let enabled = host.power_management.as_ref().and_then(|it| it.enabled) == Some(true);
    if enabled && !has_agents {
        return Err(Fault::conflict(&format!(
            "Cannot {action} Host. Power Management is enabled for Host but no Agent type selected."
        )));
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Host = call.body()?;
    let path = call.path();
    let old = call.state.find::<Host>(&path)?.clone();
    call.check_name(&change).map_err(|_| name_taken("edit"))?;
    refuse_address(call.state, &change, Some(&path), "edit")?;
    let is_idle =
        matches!(old.status, Some(HostStatus::Maintenance | HostStatus::InstallFailed | HostStatus::PendingApproval));
    let moves = change.address.is_some() && change.address != old.address;
    if let Some(cluster) = path_of(CLUSTERS, &change.cluster)
        && !references::refers_to(&old.cluster, &cluster)
    {
        let other = call.state.find::<Cluster>(&cluster)?;
        let own = path_of(CLUSTERS, &old.cluster).and_then(|path| call.state.get::<Cluster>(&path));
        if !is_idle {
            return Err(Fault::conflict(
                "Cannot edit Host. Operation can be performed only when Host status is Maintenance.",
            ));
        }
        if own.is_some_and(|own| own.data_center.is_some() && own.data_center != other.data_center) {
            return Err(Fault::conflict("Cannot edit Host. Target cluster belongs to different Data Center."));
        }
    }
    if moves && !is_idle {
        return Err(Fault::conflict(
            "Cannot edit Host. Host parameters cannot be modified while Host is operational.\nPlease switch Host to \
             Maintenance mode first.",
        ));
    }
    let agents = agents_of(&mut change);
    let has_agents = agents.as_ref().is_some_and(|agents| !agents.is_empty())
        || (agents.is_none() && !call.state.paths(&format!("{path}/{FENCE_AGENTS}")).is_empty());
    check_fencing(&change, has_agents, "edit")?;
    // What the engine finds out by itself.
    change.status = None;
    change.summary = None;
    change.root_password = None;
    change.update_available = None;
    let kernel = change.os.as_ref().is_some_and(|os| os.custom_kernel_cmdline.is_some());
    let reply = call.update(&change)?;
    if kernel && let Some(host) = call.state.get_mut::<Host>(&path) {
        host.reinstallation_required = Some(true);
    }
    if let Some(agents) = agents {
        for agent in call.state.paths(&format!("{path}/{FENCE_AGENTS}")) {
            call.state.remove(&agent);
        }
        for agent in agents {
            add_agent(call.state, &path, agent);
        }
    }
    let text = format!("Host {} configuration was updated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(43, Severity::Normal, &text, &[&path]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let removable = matches!(
        status_of(call.state, &path),
        Some(
            HostStatus::Maintenance
                | HostStatus::NonResponsive
                | HostStatus::NonOperational
                | HostStatus::Down
                | HostStatus::InstallFailed
                | HostStatus::InstallingOs
                | HostStatus::PendingApproval
        )
    );
    if !removable && call.flag("force") != Some(true) {
        return Err(Fault::conflict(
            "Cannot remove Host. Host is operational. Please switch Host to Maintenance mode first.",
        ));
    }
    if !scheduler::vms_on(call.state, &path).is_empty() {
        return Err(Fault::conflict("Cannot remove Host. One or more VMs are still running on this Host."));
    }
    let text = format!("Host {} was removed by {}", call.state.name_of(&path), call.request.user);
    let data_center = data_center_of(call.state, &path);
    let reply = call.remove()?;
    if let Some(data_center) = data_center {
        elect_spm(call.state, &data_center);
    }
    call.state.event(44, Severity::Normal, &text, &[]);
    Ok(reply)
}

/// What follows from the machines that run on a host.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(host) = shown.downcast_mut::<Host>() else { return };
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
