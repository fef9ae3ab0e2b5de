//! Fencing hosts: starting, stopping and restarting them through their power management.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::hosts::status::{set_status, status_of};
use crate::resources::hosts::{activate, deactivate};
use crate::resources::paths::FENCE_AGENTS;
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
    match kind {
        FenceType::Manual => return confirm_rebooted(call, &path, &status),
        FenceType::Unknown(text) => {
            return Err(Fault::bad(&format!(
                "Invalid value: {text} for fence_type; use manual, restart, start, stop, \
                                            status"
            )));
        }
        _ => refuse_without_agents(call.state, &path)?,
    }
    let user = call.request.user.clone();
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
            if status != HostStatus::Maintenance {
                return Err(Fault::conflict(
                    "Cannot perform Stop operation, Host has to be in Maintenance mode in order to be stopped.",
                ));
            }
            call.job(&format!("Stopping Host {name}"));
            set_status(call.state, &path, HostStatus::Down);
            call.state.event(21, Severity::Normal, &format!("Host {name} was stopped by {user}"), &[&path]);
        }
        FenceType::Start => {
            if !matches!(status, HostStatus::Down | HostStatus::NonResponsive | HostStatus::Maintenance) {
                return Err(Fault::conflict(
                    "Cannot perform Start operation, Host has to be in one of the following statuses: Down ,Non \
                     Responsive or Maintenance.",
                ));
            }
            call.job(&format!("Starting Host {name}"));
            call.state.event(20, Severity::Normal, &format!("Host {name} was started by {user}"), &[&path]);
            restart(call, &path, status != HostStatus::Maintenance);
        }
        _ => {
            call.job(&format!("Restarting Host {name}"));
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

fn refuse_without_agents(state: &State, path: &str) -> Result<(), Fault> {
    let enabled = state.get::<Host>(path).and_then(|host| host.power_management.as_ref()?.enabled) == Some(true);
    if !enabled || state.paths(&format!("{path}/{FENCE_AGENTS}")).is_empty() {
        return Err(Fault::conflict("Cannot fence Host, Host fence is disabled."));
    }
    Ok(())
}

/// Somebody says that a host was restarted by hand, and that nothing runs there any more.
fn confirm_rebooted(call: &mut Call<'_>, path: &str, status: &HostStatus) -> Result<Reply, Fault> {
    if !matches!(
        status,
        HostStatus::NonOperational | HostStatus::Maintenance | HostStatus::Connecting | HostStatus::NonResponsive
    ) {
        return Err(Fault::conflict(
            "Cannot fence Host. Valid Host statuses are \"Non operational\", \"Maintenance\" or \"Connecting\".",
        ));
    }
    call.state.emit(&Signal::HostLost { host: path.to_owned() });
    let text = format!("Manual fence for host {} was started", call.state.name_of(path));
    call.state.event(494, Severity::Normal, &text, &[path]);
    Ok(Reply::Completed)
}
