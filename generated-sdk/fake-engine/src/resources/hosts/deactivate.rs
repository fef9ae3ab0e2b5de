//! Moving hosts to maintenance.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::network::data_center_of;
use crate::resources::common::references::{self, path_of};
use crate::resources::common::{disk, scheduler};
use crate::resources::hosts::evacuation::{self, INTERVAL, UPGRADE};
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::{set_status, status_of, without_job};
use crate::resources::hosts::upgrade_steps;
use crate::resources::paths::{CLUSTERS, HOSTS};
use crate::resources::vms::migrate::migrate_vms_away;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Host, HostStatus, SpmStatus, Vm, VmAffinity};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "deactivate", deactivate);
    on_effect!(registry, |state, HostEvacuationChecked { host }| check_evacuated(state, host));
}

fn deactivate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check(call.state, &path, call.flag("stop_gluster_service") == Some(true))?;
    let name = call.state.name_of(&path);
    let reason = call.parameter::<String>("reason").filter(|reason| !reason.is_empty());
    call.job_titled(&format!("Moving Host {name} to Maintenance"));
    let (code, because) = match &reason {
        Some(reason) => (600, format!(" (Reason: {reason})")),
        None => (620, String::new()),
    };
    let text = format!("Host {name} was switched to Maintenance mode by {}{because}", call.request.user);
    call.state.event(code, Severity::Normal, &text, &[&path]);
    without_job(call.state, |state| prepare(state, &path, reason));
    Ok(Reply::Completed)
}

/// Fails if a host can't go to maintenance.
fn check(state: &State, path: &str, stop_gluster: bool) -> Result<(), Fault> {
    let host = state.find::<Host>(path)?;
    let cluster = path_of(CLUSTERS, &host.cluster).unwrap_or_default();
    let has_gluster = state.get::<Cluster>(&cluster).is_some_and(|cluster| cluster.gluster_service == Some(true));
    if stop_gluster && !has_gluster {
        let why = "The selected cluster doesn't support stopping gluster services.";
        return Err(Fault::invalid("maintenance Host", why));
    }
    let can_leave = matches!(
        host.status,
        Some(
            HostStatus::Maintenance
                | HostStatus::PreparingForMaintenance
                | HostStatus::Up
                | HostStatus::NonOperational
                | HostStatus::NonResponsive
                | HostStatus::InstallFailed
                | HostStatus::Error
                | HostStatus::Down
        )
    );
    if !can_leave {
        return Err(Fault::conflict("Cannot switch Host to Maintenance mode, Host is not operational."));
    }
    let vms = scheduler::vms_on(state, path);
    check_pinned(state, path, &vms)?;
    let is_spm = host.spm.as_ref().and_then(|spm| spm.status.clone());
    match host.status {
        Some(HostStatus::Maintenance) => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode. Host is already in Maintenance mode.",
            ));
        }
        _ if is_spm == Some(SpmStatus::Contending) => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode. Host is contending for Storage Pool Manager,\nwait for \
                 operation to complete and retry.",
            ));
        }
        Some(HostStatus::NonResponsive) if !vms.is_empty() => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode.\nHost still has running VMs on it and is in Non Responsive \
                 state.",
            ));
        }
        Some(HostStatus::NonResponsive) if is_spm == Some(SpmStatus::Spm) => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode.\nHost is Storage Pool Manager and is in Non Responsive \
                 state.\n- If power management is configured, engine will try to fence the host automatically.\n- \
                 Otherwise, either bring the node back up, or release the SPM resource.",
            ));
        }
        Some(HostStatus::Up) if is_spm == Some(SpmStatus::Spm) && has_tasks(state, path) => {
            return Err(Fault::conflict(
                "Cannot switch Host to Maintenance mode. Host has asynchronous running tasks,\nwait for operation to \
                 complete and retry.",
            ));
        }
        _ => {}
    }
    let is_other_up = |other: &Host| {
        references::refers_to(&other.cluster, &cluster) && other.status == Some(HostStatus::Up) && other.id != host.id
    };
    match !vms.is_empty() && !state.each::<Host>(HOSTS).any(is_other_up) {
        true => Err(Fault::conflict(&format!(
            "The following Hosts have running VMs and cannot be switched to maintenance mode: {}.\nPlease ensure that \
             the following Clusters have at least one Host in UP state: {}.",
            state.name_of(path),
            state.name_of(&cluster)
        ))),
        false => Ok(()),
    }
}

/// Whether storage operations are in progress in the data center of a host.
fn has_tasks(state: &State, host: &str) -> bool {
    data_center_of(state, host).is_some_and(|center| disk::has_tasks(state, &center))
}

/// Fails if a virtual machine on a host can't migrate.
fn check_pinned(state: &State, path: &str, vms: &[String]) -> Result<(), Fault> {
    let is_pinned = |vm: &&String| {
        let policy = state.get::<Vm>(vm).and_then(|vm| vm.placement_policy.as_deref());
        policy.is_some_and(|policy| policy.affinity == Some(VmAffinity::Pinned))
    };
    let pinned: Vec<String> = vms.iter().filter(is_pinned).map(|vm| state.name_of(vm)).collect();
    if pinned.is_empty() {
        return Ok(());
    }
    Err(Fault::conflict(&format!(
        "Cannot switch the following Hosts to Maintenance mode: {}.\nOne or more running VMs are indicated as \
         non-migratable. The non-migratable VMs are: {}.",
        state.name_of(path),
        pinned.join(" , ")
    )))
}

/// Starts moving a host to maintenance.
pub(crate) fn prepare(state: &mut State, path: &str, reason: Option<String>) {
    set_status(state, path, HostStatus::PreparingForMaintenance);
    if let Some(host) = state.get_mut::<Host>(path) {
        host.status_detail = reason;
    }
    evacuation::begin(state, path);
}

/// Moves a host to maintenance, once no virtual machine runs on it.
pub(crate) fn maintained(state: &mut State, path: &str) {
    set_status(state, path, HostStatus::Maintenance);
    let text = format!("Host {} was switched to Maintenance Mode", state.name_of(path));
    state.event(15, Severity::Normal, &text, &[path]);
    if let Some(data_center) = data_center_of(state, path) {
        elect_spm(state, &data_center);
    }
}

fn check_evacuated(state: &mut State, host: &str) {
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
    // Each migration has its own job; the next check belongs to none of them.
    state.actor.job = None;
    state.after(INTERVAL, Effect::HostEvacuationChecked { host: host.to_owned() });
}
