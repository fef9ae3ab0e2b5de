//! Installing and approving hosts.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::hosts::activate;
use crate::resources::hosts::facts::report_facts;
use crate::resources::hosts::status::{set_status, status_of};
use crate::resources::paths::CLUSTERS;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Host, HostStatus, Ssh, SshAuthenticationMethod};

pub(crate) const INSTALLATION: Duration = Duration::from_secs(60);

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "install", reinstall);
    registry.on("host", "approve", approve);
    on_effect!(registry, |state, HostInstalled { host, activate }| installed(state, host, *activate));
}

/// Starts the installation of a host.
pub(crate) fn begin(state: &mut State, host: &str, activate: bool) {
    set_status(state, host, HostStatus::Installing);
    let text = format!("Installing Host {}", state.name_of(host));
    state.event(509, Severity::Normal, &text, &[host]);
    state.after(INSTALLATION, Effect::HostInstalled { host: host.to_owned(), activate });
}

fn installed(state: &mut State, host: &str, activate: bool) {
    if status_of(state, host) != Some(HostStatus::Installing) {
        return;
    }
    report_facts(state, host);
    let text = format!("Host {} installed", state.name_of(host));
    state.event(504, Severity::Normal, &text, &[host]);
    activate::become_ready(state, host, activate);
}

fn reinstall(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let status = status_of(call.state, &path);
    let is_installable = matches!(
        status,
        Some(
            HostStatus::Maintenance | HostStatus::NonOperational | HostStatus::InstallFailed | HostStatus::InstallingOs
        )
    );
    if !is_installable {
        return Err(Fault::conflict("Cannot install Host. Please move Host to Maintenance mode first."));
    }
    check_password(call)?;
    let activate = call.flag("activate") == Some(true);
    call.job_titled(&format!("Installing Host {}", call.state.name_of(&path)));
    begin(call.state, &path, activate);
    Ok(Reply::Completed)
}

fn check_password(call: &Call<'_>) -> Result<(), Fault> {
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
    let status = status_of(call.state, &path);
    if !matches!(status, Some(HostStatus::PendingApproval | HostStatus::InstallFailed | HostStatus::InstallingOs)) {
        return Err(Fault::conflict(
            "Cannot approve RHVH Host.\n-Host must be in \"Pending Approval\" or \"Install Failed\" status in order to \
             be approved.",
        ));
    }
    if let Some(cluster) = call.object::<Cluster>("cluster").and_then(|cluster| cluster.id)
        && call.state.contains(&format!("{CLUSTERS}/{cluster}"))
        && let Some(host) = call.state.get_mut::<Host>(&path)
    {
        host.cluster = Some(Box::new(Cluster::with_id(cluster)));
    }
    let name = call.state.name_of(&path);
    call.state.event(498, Severity::Normal, &format!("Host {name} was approved by {}", call.request.user), &[&path]);
    let activate = call.flag("activate") != Some(false);
    call.job();
    begin(call.state, &path, activate);
    Ok(Reply::Completed)
}
