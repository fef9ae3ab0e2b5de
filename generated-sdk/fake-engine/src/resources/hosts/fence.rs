//! Fencing hosts: starting, stopping and restarting them through their power management.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::network::data_center_of;
use crate::resources::common::references::path_of;
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::{set_status, status_of};
use crate::resources::hosts::{activate, deactivate};
use crate::resources::paths::{CLUSTERS, FENCE_AGENTS};
use crate::signal::Signal;
use crate::state::{Severity, State};
use ovirt_sdk::types::{FenceType, Host, HostStatus, PowerManagement, PowerManagementStatus};

const START: Duration = Duration::from_secs(60);

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "fence", fence);
    on_effect!(registry, |state, HostStarted { host, activate }| started(state, host, *activate));
}

fn fence(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let text = call.parameter::<String>("fence_type");
    let text = text.ok_or_else(|| Fault::incomplete("Action", &["fenceType"], "fence"))?;
    let kind = text.to_ascii_lowercase();
    let kind: FenceType = kind.parse().unwrap_or(FenceType::Unknown(kind));
    let status = status_of(call.state, &path).ok_or_else(Fault::not_found)?;
    let name = call.state.name_of(&path);
    match &kind {
        FenceType::Manual => return confirm_rebooted(call, &path, &status),
        FenceType::Unknown(text) => {
            let text = text.to_uppercase();
            return Err(Fault::new(
                400,
                "Invalid value",
                format!(
                    "{text} is not a member of FenceType. Possible values for FenceType are: manual, restart, start, \
                     stop, status"
                ),
            ));
        }
        _ => {}
    }
    check_power_management(call.state, &path, &kind, &status)?;
    let user = call.request.user.clone();
    let cluster = call.state.get::<Host>(&path).and_then(|host| path_of(CLUSTERS, &host.cluster)).unwrap_or_default();
    let cluster = call.state.name_of(&cluster);
    match kind {
        FenceType::Status => {
            let is_off = status == HostStatus::Down;
            let answer = if is_off { PowerManagementStatus::Off } else { PowerManagementStatus::On };
            let text = format!("Host {name} power management status is {}", if is_off { "off" } else { "on" });
            call.state.event(496, Severity::Normal, &text, &[&path]);
            let management = PowerManagement::new().status(answer);
            return Ok(Reply::Output("power_management", Box::new(Some(Box::new(management)))));
        }
        FenceType::Stop => {
            call.job_titled(&format!("Stopping Host {name} (Fencing) on Cluster {cluster}"));
            set_status(call.state, &path, HostStatus::Down);
            call.state.event(21, Severity::Normal, &format!("Host {name} was stopped by {user}"), &[&path]);
        }
        FenceType::Start => {
            call.job_titled(&format!("Starting Host {name} (Fencing) on Cluster {cluster}"));
            call.state.event(20, Severity::Normal, &format!("Host {name} was started by {user}"), &[&path]);
            restart(call, &path, status != HostStatus::Maintenance);
        }
        _ => {
            call.job_titled(&format!("Restarting Host {name} (Fencing) on Cluster {cluster}"));
            call.state.emit(&Signal::HostLost { host: path.clone() });
            call.state.event(41, Severity::Normal, &format!("Host {name} was restarted by {user}"), &[&path]);
            restart(call, &path, status != HostStatus::Maintenance);
        }
    }
    Ok(Reply::Completed)
}

fn restart(call: &mut Call<'_>, path: &str, activate: bool) {
    let activate = activate && call.flag("maintenance_after_restart") != Some(true);
    set_status(call.state, path, HostStatus::Reboot);
    if let Some(data_center) = data_center_of(call.state, path) {
        elect_spm(call.state, &data_center);
    }
    call.state.after(START, Effect::HostStarted { host: path.to_owned(), activate });
}

fn started(state: &mut State, path: &str, activate: bool) {
    if status_of(state, path) != Some(HostStatus::Reboot) {
        return;
    }
    match activate {
        true => activate::begin(state, path, HostStatus::Unassigned),
        false => deactivate::maintained(state, path),
    }
}

/// Checks the power management of a host, and whether its status allows an operation.
fn check_power_management(state: &State, path: &str, kind: &FenceType, status: &HostStatus) -> Result<(), Fault> {
    let enabled = state.get::<Host>(path).and_then(|host| host.power_management.as_ref()?.enabled) == Some(true);
    let has_agents = !state.paths(&format!("{path}/{FENCE_AGENTS}")).is_empty();
    let mut messages: Vec<String> = Vec::new();
    if enabled && !has_agents {
        let operation = format!("Cannot {kind} Host. Power Management is enabled for Host but no Agent type selected.");
        messages.push(operation);
    }
    if !enabled || !has_agents {
        messages.push("Cannot fence Host, Host fence is disabled.".to_owned());
        if *kind != FenceType::Status {
            messages.push(format!("Cannot {kind} Host. Fence operation failed."));
        }
    }
    let can_start =
        matches!(status, HostStatus::Down | HostStatus::NonResponsive | HostStatus::Reboot | HostStatus::Maintenance);
    match kind {
        FenceType::Start if !can_start => messages.push(
            "Cannot perform Start operation, Host has to be in one of the following statuses: Down ,Non Responsive or \
             Maintenance."
                .to_owned(),
        ),
        FenceType::Stop if *status != HostStatus::Maintenance => messages.push(
            "Cannot perform Stop operation, Host has to be in Maintenance mode in order to be stopped.".to_owned(),
        ),
        _ => {}
    }
    match messages.is_empty() {
        true => Ok(()),
        // A missing agent is an error in the request.
        false if enabled && !has_agents => Err(Fault::bad(&messages.join(", "))),
        false => Err(Fault::conflict(&messages.join(", "))),
    }
}

/// Handles the confirmation that a host was restarted by hand: nothing runs on it anymore.
fn confirm_rebooted(call: &mut Call<'_>, path: &str, status: &HostStatus) -> Result<Reply, Fault> {
    if !matches!(
        status,
        HostStatus::NonOperational | HostStatus::Maintenance | HostStatus::Connecting | HostStatus::NonResponsive
    ) {
        return Err(Fault::conflict(
            "Cannot confirm 'Host has been rebooted' Host. Valid Host statuses are \"Non operational\", \
             \"Maintenance\" or \"Connecting\".",
        ));
    }
    call.state.emit(&Signal::HostLost { host: path.to_owned() });
    let text = format!("Manual fence for host {} was started", call.state.name_of(path));
    call.state.event(494, Severity::Normal, &text, &[path]);
    Ok(Reply::Completed)
}
