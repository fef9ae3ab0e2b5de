//! The checks of new and changed hosts.

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::{names, network, scheduler};
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, HOST_DEVICES, HOSTS, NETWORKS, STORAGE_DOMAINS, VMS};
use crate::state::State;
use ovirt_sdk::types::{Agent, Cluster, DataCenter, Host, HostStatus, List, SshAuthenticationMethod, Vm, VmAffinity};

/// Checks single values.
pub(crate) fn check_values(host: &Host) -> Result<(), Fault> {
    const NAME: &str = "vdsStatic.name";
    const ADDRESS: &str = "vdsStatic.hostName";
    let mut violations = Violations::default();
    violations.check_length(NAME, host.name.as_deref(), 1, 255);
    if host.name.as_deref().is_some_and(|name| !names::is_plain_with_periods(name)) {
        violations.add(NAME, "Host name must be formed of alphanumeric characters, numbers or \"-_.\"");
    }
    violations.check_length(ADDRESS, host.address.as_deref(), 0, 255);
    if host.address.as_deref().is_some_and(|address| !is_address(address)) {
        violations.add(ADDRESS, "Host address must be a FQDN or a valid IP address");
    }
    if host.port.is_some_and(|port| !(1..=65535).contains(&port)) {
        violations.add("vdsStatic.port", "The Port number must be between 1 and 65535.");
    }
    let priority = host.spm.as_ref().and_then(|spm| spm.priority);
    violations.check_least("vdsStatic.vdsSpmPriority", priority, -1);
    if priority.is_some_and(|priority| priority > 10) {
        violations.add("vdsStatic.vdsSpmPriority", "must be less than or equal to 10");
    }
    violations.into_result()
}

/// Whether a text is a host name or an IP address.
fn is_address(text: &str) -> bool {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

pub(crate) fn check_name(state: &State, host: &Host, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_name = |other: &Host| {
        host.name.as_deref().zip(other.name.as_deref()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    match names::is_taken(state, HOSTS, own, has_name) {
        true => {
            Err(Fault::cannot(action, "The Host name is already in use, please choose a unique name and try again."))
        }
        false => Ok(()),
    }
}

pub(crate) fn check_address(state: &State, host: &Host, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_address = |other: &Host| host.address.is_some() && other.address == host.address;
    match names::is_taken(state, HOSTS, own, has_address) {
        true => Err(Fault::cannot(action, "Host with the same address already exists.")),
        false => Ok(()),
    }
}

/// A data center with local storage has one host.
pub(crate) fn check_local_storage(state: &State, cluster: &str, data_center: Option<&str>) -> Result<(), Fault> {
    let data_center = data_center.and_then(|path| state.get::<DataCenter>(path));
    let has_hosts = || state.each::<Host>(HOSTS).any(|host| references::refers_to(&host.cluster, cluster));
    match data_center.is_some_and(|it| it.local == Some(true)) && has_hosts() {
        true => Err(Fault::bad("Cannot add more than one Host to \"Local Storage\" Data Center")),
        false => Ok(()),
    }
}

/// The engine needs a password or its key to log in to a new host.
pub(crate) fn check_credentials(host: &Host) -> Result<(), Fault> {
    let ssh = host.ssh.as_deref();
    let by_key = ssh.is_some_and(|ssh| ssh.authentication_method == Some(SshAuthenticationMethod::Publickey));
    let password = ssh.and_then(|ssh| ssh.user.as_ref()?.password.as_deref()).or(host.root_password.as_deref());
    match by_key || host.external_host_provider.is_some() || password.is_some_and(|password| !password.is_empty()) {
        true => Ok(()),
        false => Err(Fault::bad("Cannot install Host with empty password.")),
    }
}

/// Checks the fence agents of a host.
pub(crate) fn check_power_management(host: &Host, agents: Option<&List<Agent>>, action: &str) -> Result<(), Fault> {
    if host.power_management.as_ref().and_then(|it| it.enabled) != Some(true) {
        return Ok(());
    }
    let agents = agents.filter(|agents| !agents.is_empty()).ok_or_else(|| no_agent(action))?;
    let is_missing = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    match agents.iter().any(|agent| is_missing(&agent.username) || is_missing(&agent.password)) {
        true => Err(Fault::invalid(action, "Power Management is enabled for Host but Agent credentials are missing.")),
        false => Ok(()),
    }
}

pub(crate) fn no_agent(action: &str) -> Fault {
    Fault::invalid(action, "Power Management is enabled for Host but no Agent type selected.")
}

/// Whether the address and the cluster of a host can change.
fn is_editable(host: &Host) -> bool {
    matches!(
        host.status,
        Some(
            HostStatus::NonResponsive
                | HostStatus::Maintenance
                | HostStatus::Down
                | HostStatus::Unassigned
                | HostStatus::InstallFailed
                | HostStatus::PendingApproval
                | HostStatus::InstallingOs
        )
    )
}

fn not_editable() -> Fault {
    Fault::cannot(
        "edit Host",
        "Host parameters cannot be modified while Host is operational.\nPlease switch Host to Maintenance mode first.",
    )
}

/// Checks whether the address of a host can change.
pub(crate) fn check_new_address(host: &Host) -> Result<(), Fault> {
    match host.status {
        _ if !is_editable(host) => Err(not_editable()),
        Some(HostStatus::InstallFailed) => Ok(()),
        _ => Err(Fault::bad(
            "Host Address can not be modified due to Security restrictions.  In order to change Host Address, Host \
             has to be reinstalled",
        )),
    }
}

/// Checks whether a host can move to another cluster.
pub(crate) fn check_new_cluster(
    state: &State,
    path: &str,
    host: &Host,
    cluster: &str,
    has_new_agents: bool,
) -> Result<(), Fault> {
    const ACTION: &str = "edit Host";
    if !is_editable(host) {
        return Err(not_editable());
    }
    let Some(target) = state.get::<Cluster>(cluster) else {
        return Err(Fault::invalid(ACTION, "Cluster ID is not valid."));
    };
    check_local_storage(state, cluster, path_of(DATA_CENTERS, &target.data_center).as_deref())?;
    let architecture = |cluster: &Cluster| cluster.cpu.as_ref().and_then(|cpu| cpu.architecture.clone());
    let own = path_of(CLUSTERS, &host.cluster).and_then(|path| state.get::<Cluster>(&path));
    let is_known = |it: &ovirt_sdk::types::Architecture| *it != ovirt_sdk::types::Architecture::Undefined;
    let architectures = own.and_then(architecture).filter(is_known).zip(architecture(target).filter(is_known));
    if architectures.is_some_and(|(one, other)| one != other) {
        return Err(Fault::cannot(ACTION, "The host and destination cluster architectures do not match."));
    }
    let management = |cluster: &str| {
        let networks = state.paths(&format!("{cluster}/{NETWORKS}")).into_iter();
        networks.filter(|path| network::is_management(state, cluster, path)).map(|path| last(&path).to_owned()).next()
    };
    let own = path_of(CLUSTERS, &host.cluster).unwrap_or_default();
    if host.status != Some(HostStatus::PendingApproval) && management(&own) != management(cluster) {
        return Err(Fault::cannot(
            ACTION,
            "Moving a host to a cluster with different management network is not allowed. That might cause \
             connectivity loss.",
        ));
    }
    // After it has moved the host, the engine updates it without its agents.
    let is_enabled = host.power_management.as_ref().and_then(|it| it.enabled) == Some(true);
    if is_enabled && !has_new_agents {
        return Err(no_agent(ACTION));
    }
    match scheduler::vms_on(state, path).is_empty() {
        true => Ok(()),
        false => Err(not_editable()),
    }
}

/// Checks whether a host can be removed.
pub(crate) fn check_removal(state: &State, path: &str, force: bool) -> Result<(), Fault> {
    const ACTION: &str = "remove Host";
    let host = state.find::<Host>(path)?;
    let is_removable = is_editable(host) || host.status == Some(HostStatus::NonOperational);
    if !is_removable {
        return Err(Fault::cannot(ACTION, "Host is operational. Please switch Host to Maintenance mode first."));
    }
    if !scheduler::vms_on(state, path).is_empty() {
        return Err(Fault::cannot(ACTION, "One or more VMs are still running on this Host."));
    }
    let is_pinned = |vm: &Vm| {
        let policy = vm.placement_policy.as_deref();
        let hosts = policy.and_then(|policy| policy.hosts.as_ref());
        hosts.is_some_and(|hosts| hosts.iter().any(|it| it.id == host.id))
    };
    let pinned = paths_where(state, VMS, is_pinned);
    let names = |fits: &dyn Fn(&String) -> bool| {
        let fitting = pinned.iter().filter(|vm| fits(vm));
        fitting.map(|vm| state.name_of(vm)).collect::<Vec<_>>().join(",")
    };
    let affinity = |vm: &String| state.get::<Vm>(vm)?.placement_policy.as_ref()?.affinity.clone();
    let never_migrated = names(&|vm| affinity(vm) == Some(VmAffinity::Pinned));
    if !never_migrated.is_empty() {
        return Err(Fault::cannot(
            ACTION,
            &format!(
                "The following VMs are set to run specifically only on this Host: {never_migrated}.\nIn order to \
                 remove Host, you need to remove the association between the VMs and the Host (Using Edit VM \
                 properties)."
            ),
        ));
    }
    let with_devices = names(&|vm| !state.paths(&format!("{vm}/{HOST_DEVICES}")).is_empty());
    if !with_devices.is_empty() {
        let why = format!("The following VMs are assigned with host devices from this Host: {with_devices}.");
        return Err(Fault::cannot(ACTION, &why));
    }
    let cluster = path_of(CLUSTERS, &host.cluster).and_then(|path| state.get::<Cluster>(&path));
    let data_center = cluster.and_then(|cluster| path_of(DATA_CENTERS, &cluster.data_center));
    let is_local = |path: &String| state.get::<DataCenter>(path).is_some_and(|it| it.local == Some(true));
    let has_storage = |path: &String| !state.paths(&format!("{path}/{STORAGE_DOMAINS}")).is_empty();
    match data_center.is_some_and(|path| is_local(&path) && has_storage(&path)) && !force {
        true => Err(Fault::conflict(
            "Cannot remove Host, as it contains a local Storage Domain. Please activate the Host and remove the Data \
             Center first.\n- If Host cannot be activated, use the Force-Remove option on the Data Center object.\n- \
             Please note that this action is destructive.",
        )),
        false => Ok(()),
    }
}
