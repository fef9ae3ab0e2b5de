//! The software of hosts: installed, updated, certified.

use std::time::Duration;

use super::super::super::Registry;
use super::{apart, evacuation, install, set_status, states, status_of};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Host, HostStatus, Ssh, SshAuthenticationMethod};

/// Effect: the software of a host is there. Arguments: the host, what it becomes.
const INSTALLED: &str = "host_installed";
/// Effect: a host has started again with new software. Arguments as above.
const UPGRADED: &str = "host_upgraded";
/// Effect: the engine knows whether there are updates.
const CHECKED: &str = "host_checked";
/// Effect: a host has got its certificates.
const ENROLLED: &str = "host_enrolled";

const INSTALLATION: Duration = Duration::from_secs(60);
const CHECK: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "install", reinstall);
    registry.on("host", "approve", approve);
    registry.on("host", "enroll_certificate", enroll_certificate);
    registry.on("host", "refresh", refresh);
    registry.on("host", "upgrade_check", upgrade_check);
    registry.on("host", "upgrade", upgrade);
    registry.effect(INSTALLED, |state, arguments| {
        if let [host, then] = arguments {
            installed(state, host, then == "up");
        }
    });
    registry.effect(UPGRADED, |state, arguments| {
        if let [host, then] = arguments {
            upgraded(state, host, then == "up");
        }
    });
    registry.effect(CHECKED, |state, arguments| {
        if let Some(host) = arguments.first() {
            checked(state, host);
        }
    });
    registry.effect(ENROLLED, |state, arguments| {
        if let Some(host) = arguments.first() {
            enrolled(state, host);
        }
    });
}

/// Begins to install a host.
pub(super) fn begin(state: &mut State, host: &str, activate: bool) {
    set_status(state, host, HostStatus::Installing);
    let text = format!("Installing Host {}", state.name_of(host));
    state.event(509, Severity::Normal, &text, &[host]);
    state.after(INSTALLATION, INSTALLED, &[host, if activate { "up" } else { "maintenance" }]);
}

fn installed(state: &mut State, host: &str, activate: bool) {
    if status_of(state, host) != Some(HostStatus::Installing) {
        return;
    }
    install(state, host);
    let text = format!("Host {} installed", state.name_of(host));
    state.event(504, Severity::Normal, &text, &[host]);
    become_ready(state, host, activate);
}

fn become_ready(state: &mut State, host: &str, activate: bool) {
    if activate {
        states::begin(state, host, HostStatus::Initializing);
    } else {
        set_status(state, host, HostStatus::Maintenance);
    }
}

fn reinstall(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if !matches!(status_of(call.state, &path), Some(HostStatus::Maintenance | HostStatus::InstallFailed)) {
        return Err(Fault::conflict("Cannot install Host. Please move Host to Maintenance mode first."));
    }
    refuse_empty_password(call)?;
    let activate = call.flag("activate") != Some(false);
    call.job(&format!("Installing Host {}", call.state.name_of(&path)));
    begin(call.state, &path, activate);
    Ok(Reply::Done)
}

fn refuse_empty_password(call: &Call<'_>) -> Result<(), Fault> {
    let ssh = call.object::<Ssh>("ssh");
    let by_key = |ssh: &Ssh| ssh.authentication_method == Some(SshAuthenticationMethod::Publickey);
    let of_ssh = ssh.as_ref().filter(|ssh| !by_key(ssh)).and_then(|ssh| ssh.user.as_ref()?.password.clone());
    match call.parameter::<String>("root_password").or(of_ssh) {
        Some(password) if password.is_empty() => Err(Fault::bad("Cannot install Host with empty password.")),
        _ => Ok(()),
    }
}

fn approve(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if !matches!(status_of(call.state, &path), Some(HostStatus::PendingApproval | HostStatus::InstallFailed)) {
        return Err(Fault::conflict(
            "Cannot approve RHVH Host.\n-Host must be in \"Pending Approval\" or \"Install Failed\" status in order to \
             be approved.",
        ));
    }
    if let Some(cluster) = call.object::<Cluster>("cluster").and_then(|cluster| cluster.id)
        && call.state.contains(&format!("clusters/{cluster}"))
        && let Some(host) = call.state.get_mut::<Host>(&path)
    {
        host.cluster = Some(Box::new(Cluster::with_id(cluster)));
    }
    let name = call.state.name_of(&path);
    call.state.event(498, Severity::Normal, &format!("Host {name} was approved by {}", call.asked.user), &[&path]);
    let activate = call.flag("activate") != Some(false);
    call.job(&format!("Approving Host {name}"));
    begin(call.state, &path, activate);
    Ok(Reply::Done)
}

fn enroll_certificate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if status_of(call.state, &path) != Some(HostStatus::Maintenance) {
        return Err(Fault::conflict(
            "Cannot enroll certificate for Host. Operation can be performed only when Host status is Maintenance.",
        ));
    }
    let name = call.state.name_of(&path);
    call.job(&format!("Enrolling certificate for Host {name}"));
    let text = format!("Enrolling certificate for host {name} was started by {}", call.asked.user);
    call.state.event(880, Severity::Normal, &text, &[&path]);
    set_status(call.state, &path, HostStatus::Installing);
    call.state.after(CHECK, ENROLLED, &[&path]);
    Ok(Reply::Done)
}

fn enrolled(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::Maintenance);
    let text = format!("Enrolling certificate for host {} was completed successfully", state.name_of(host));
    state.event(881, Severity::Normal, &text, &[host]);
}

fn refresh(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if matches!(status_of(call.state, &path), Some(HostStatus::NonResponsive | HostStatus::Down)) {
        return Err(Fault::conflict("Cannot refresh Host capabilities. Host is in non responsive state."));
    }
    let name = call.state.name_of(&path);
    call.job(&format!("Refreshing Host {name} capabilities"));
    let text = format!("Successfully refreshed the capabilities of host {name}");
    call.state.event(606, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}

fn upgrade_check(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if !matches!(
        status_of(call.state, &path),
        Some(HostStatus::Up | HostStatus::Maintenance | HostStatus::NonOperational)
    ) {
        return Err(Fault::conflict(
            "Cannot check for updates of Host. Operation can be performed only when Host status is Up, Maintenance, \
             NonOperational.",
        ));
    }
    let name = call.state.name_of(&path);
    call.job(&format!("Checking for update availability on Host {name}"));
    call.state.event(
        884,
        Severity::Normal,
        &format!("Started to check for available updates on host {name}"),
        &[&path],
    );
    call.state.after(CHECK, CHECKED, &[&path]);
    Ok(Reply::Done)
}

/// There are updates, until the host is upgraded.
fn checked(state: &mut State, path: &str) {
    let is_new = state.note(path, UPGRADED).is_some();
    if let Some(host) = state.get_mut::<Host>(path) {
        host.update_available = Some(!is_new);
    }
    let found = if is_new { "no updates available" } else { "found updates for packages vdsm, qemu-kvm" };
    let text = format!("Check for available updates on host {} was completed: {found}", state.name_of(path));
    state.event(885, Severity::Normal, &text, &[path]);
}

fn upgrade(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let host = call.state.find::<Host>(&path)?;
    let status = host.status.clone();
    if !matches!(status, Some(HostStatus::Up | HostStatus::Maintenance | HostStatus::NonOperational)) {
        return Err(Fault::conflict(
            "Cannot upgrade Host. Operation can be performed only when Host status is Up, Maintenance, NonOperational.",
        ));
    }
    if host.update_available != Some(true) {
        return Err(Fault::conflict("Cannot upgrade Host. There are no available updates for the host."));
    }
    let name = call.state.name_of(&path);
    call.job(&format!("Upgrading Host {name}"));
    let text = format!("Host {name} upgrade was started by {}", call.asked.user);
    call.state.event(840, Severity::Normal, &text, &[&path]);
    if status == Some(HostStatus::Maintenance) {
        begin_upgrade(call.state, &path, false);
    } else {
        apart(call.state, |state| {
            state.set_note(&path, evacuation::UPGRADE, "true");
            states::prepare(state, &path, None);
        });
    }
    Ok(Reply::Done)
}

pub(super) fn begin_upgrade(state: &mut State, host: &str, activate: bool) {
    set_status(state, host, HostStatus::Installing);
    state.after(INSTALLATION, UPGRADED, &[host, if activate { "up" } else { "maintenance" }]);
}

fn upgraded(state: &mut State, path: &str, activate: bool) {
    match status_of(state, path) {
        Some(HostStatus::Installing) => {
            // It restarts with what was installed.
            set_status(state, path, HostStatus::Reboot);
            state.after(INSTALLATION, UPGRADED, &[path, if activate { "up" } else { "maintenance" }]);
        }
        Some(HostStatus::Reboot) => {
            if let Some(host) = state.get_mut::<Host>(path) {
                host.update_available = Some(false);
            }
            state.set_note(path, UPGRADED, "true");
            let text = format!("Host {} upgrade was completed successfully", state.name_of(path));
            state.event(842, Severity::Normal, &text, &[path]);
            become_ready(state, path, activate);
        }
        _ => {}
    }
}
