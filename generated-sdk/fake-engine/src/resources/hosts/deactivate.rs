//! Moving hosts to maintenance.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::network::data_center_of;
use crate::resources::common::scheduler;
use crate::resources::hosts::evacuation::{self, INTERVAL, UPGRADE};
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::{apart, set_status, status_of};
use crate::resources::hosts::upgrade_steps;
use crate::resources::vms::migrate::migrate_vms_away;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Host, HostStatus, Vm, VmAffinity};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "deactivate", deactivate);
    on_effect!(registry, |state, HostEvacuationChecked { host }| look(state, host));
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
        Some(HostStatus::NonResponsive) if !scheduler::vms_on(call.state, &path).is_empty() => {
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
    let text = format!("Host {name} was switched to Maintenance mode by {}{because}", call.request.user);
    call.state.event(code, Severity::Normal, &text, &[&path]);
    apart(call.state, |state| prepare(state, &path, reason));
    Ok(Reply::Completed)
}

/// Machines that may not leave their host keep it from going into maintenance.
fn refuse_pinned(state: &State, path: &str) -> Result<(), Fault> {
    let is_pinned = |vm: &String| {
        let policy = state.get::<Vm>(vm).and_then(|vm| vm.placement_policy.as_deref());
        policy.is_some_and(|policy| policy.affinity == Some(VmAffinity::Pinned))
    };
    let pinned: Vec<String> = scheduler::vms_on(state, path).into_iter().filter(is_pinned).collect();
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
pub(crate) fn prepare(state: &mut State, path: &str, reason: Option<String>) {
    set_status(state, path, HostStatus::PreparingForMaintenance);
    if let Some(host) = state.get_mut::<Host>(path) {
        host.status_detail = reason;
    }
    evacuation::begin(state, path);
}

/// Ends it: nothing runs there any more.
pub(crate) fn maintained(state: &mut State, path: &str) {
    set_status(state, path, HostStatus::Maintenance);
    let text = format!("Host {} was switched to Maintenance Mode", state.name_of(path));
    state.event(15, Severity::Normal, &text, &[path]);
    if let Some(data_center) = data_center_of(state, path) {
        elect_spm(state, &data_center);
    }
}

fn look(state: &mut State, host: &str) {
    if status_of(state, host) != Some(HostStatus::PreparingForMaintenance) {
        return;
    }
    if scheduler::vms_on(state, host).is_empty() {
        maintained(state, host);
        if state.has_note(host, UPGRADE) {
            state.clear_note(host, UPGRADE);
            upgrade_steps::begin_upgrade(state, host, true);
        }
        return;
    }
    migrate_vms_away(state, host);
    // Each machine leaves in a job of its own; that the engine looks belongs to none of them.
    state.actor.job = None;
    state.after(INTERVAL, Effect::HostEvacuationChecked { host: host.to_owned() });
}
