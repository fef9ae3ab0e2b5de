//! Into maintenance and out of it.

use std::time::Duration;

use super::super::super::Registry;
use super::{apart, data_center_of, elect, evacuation, set_status, status_of};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::machines::hosts::machines_on;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Host, HostStatus, Vm, VmAffinity};

/// Effect: a host is what it becomes when it is activated.
const UP: &str = "host_up";
const ACTIVATING: Duration = Duration::from_secs(5);

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "activate", activate);
    registry.on("host", "deactivate", deactivate);
    registry.effect(UP, |state, arguments| {
        if let Some(path) = arguments.first() {
            up(state, path);
        }
    });
}

fn activate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let refuse = |reason: &str| Err(Fault::conflict(&format!("Cannot activate Host. {reason}")));
    match status_of(call.state, &path) {
        None => return Err(Fault::not_found()),
        Some(HostStatus::Up) => return refuse("Host in Up status."),
        Some(
            HostStatus::Maintenance
            | HostStatus::PreparingForMaintenance
            | HostStatus::NonOperational
            | HostStatus::NonResponsive
            | HostStatus::Error
            | HostStatus::Down,
        ) => {}
        Some(_) => return refuse("Operation can be performed only when Host status is Maintenance."),
    }
    call.job(&format!("Activating Host {}", call.state.name_of(&path)));
    let text = format!("Activation of Host {} was initiated by {}", call.state.name_of(&path), call.asked.user);
    call.state.event(16, Severity::Normal, &text, &[&path]);
    apart(call.state, |state| begin(state, &path, HostStatus::Unassigned));
    Ok(Reply::Done)
}

/// Lets a host become `up` over another status.
pub(super) fn begin(state: &mut State, path: &str, over: HostStatus) {
    evacuation::stop(state, path);
    set_status(state, path, over);
    state.after(ACTIVATING, UP, &[path]);
}

fn up(state: &mut State, path: &str) {
    if !matches!(status_of(state, path), Some(HostStatus::Unassigned | HostStatus::Initializing)) {
        return;
    }
    set_status(state, path, HostStatus::Up);
    let text = format!("Status of Host {} was set to Up", state.name_of(path));
    state.event(13, Severity::Normal, &text, &[path]);
    if let Some(data_center) = data_center_of(state, path) {
        elect(state, &data_center);
    }
}

fn deactivate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    match status_of(call.state, &path) {
        None => return Err(Fault::not_found()),
        Some(HostStatus::Maintenance | HostStatus::PreparingForMaintenance) => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode. Host is already in Maintenance mode.",
            ));
        }
        Some(HostStatus::NonResponsive) if !machines_on(call.state, &path).is_empty() => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode.\nHost still has running VMs on it and is in Non Responsive \
                 state.",
            ));
        }
        Some(
            HostStatus::Up
            | HostStatus::NonOperational
            | HostStatus::NonResponsive
            | HostStatus::InstallFailed
            | HostStatus::Error
            | HostStatus::Down,
        ) => {}
        Some(_) => {
            return Err(Fault::conflict("Cannot switch Host to Maintenance mode, Host is not operational."));
        }
    }
    refuse_pinned(call.state, &path)?;
    let name = call.state.name_of(&path);
    let reason = call.parameter::<String>("reason").filter(|reason| !reason.is_empty());
    call.job(&format!("Switching Host {name} to maintenance"));
    let (code, because) = match &reason {
        Some(reason) => (600, format!(" (Reason: {reason})")),
        None => (620, String::new()),
    };
    let text = format!("Host {name} was switched to Maintenance mode by {}{because}", call.asked.user);
    call.state.event(code, Severity::Normal, &text, &[&path]);
    apart(call.state, |state| prepare(state, &path, reason));
    Ok(Reply::Done)
}

/// Machines that may not leave their host keep it from going into maintenance.
fn refuse_pinned(state: &State, path: &str) -> Result<(), Fault> {
    let is_pinned = |vm: &String| {
        let policy = state.get::<Vm>(vm).and_then(|vm| vm.placement_policy.as_deref());
        policy.is_some_and(|policy| policy.affinity == Some(VmAffinity::Pinned))
    };
    let pinned: Vec<String> = machines_on(state, path).into_iter().filter(is_pinned).collect();
    if pinned.is_empty() {
        return Ok(());
    }
    Err(Fault::conflict(&format!(
        "Cannot switch the following Hosts to Maintenance mode: {}.\nOne or more running VMs are indicated as \
         non-migratable. The non-migratable VMs are: {}.",
        state.name_of(path),
        state.names_of(&pinned)
    )))
}

/// Begins to bring a host into maintenance.
pub(super) fn prepare(state: &mut State, path: &str, reason: Option<String>) {
    set_status(state, path, HostStatus::PreparingForMaintenance);
    if let Some(host) = state.get_mut::<Host>(path) {
        host.status_detail = reason;
    }
    evacuation::begin(state, path);
}

/// Ends it: nothing runs there any more.
pub(super) fn maintained(state: &mut State, path: &str) {
    set_status(state, path, HostStatus::Maintenance);
    let text = format!("Host {} was switched to Maintenance Mode", state.name_of(path));
    state.event(15, Severity::Normal, &text, &[path]);
    if let Some(data_center) = data_center_of(state, path) {
        elect(state, &data_center);
    }
}
