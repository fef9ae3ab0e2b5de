//! Checking for updates of hosts, and upgrading hosts.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::hosts::deactivate;
use crate::resources::hosts::evacuation::UPGRADE;
use crate::resources::hosts::status::{status_of, without_job};
use crate::resources::hosts::upgrade_steps::{self, UPGRADED};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Host, HostStatus};

pub(crate) const CHECK: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "upgrade_check", upgrade_check);
    registry.on("host", "upgrade", upgrade);
    on_effect!(registry, |state, HostUpdatesChecked { host }| checked(state, host));
}

fn upgrade_check(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if !matches!(status_of(call.state, &path), Some(HostStatus::Up | HostStatus::NonOperational)) {
        return Err(Fault::cannot(
            "check for upgrade Host",
            "Valid Host statuses for upgrade check are Up or Non-Operational.",
        ));
    }
    let name = call.state.name_of(&path);
    call.job_titled(&format!("Checking for update availability on Host {name}"));
    call.state.event(
        884,
        Severity::Normal,
        &format!("Started to check for available updates on host {name}"),
        &[&path],
    );
    call.state.after(CHECK, Effect::HostUpdatesChecked { host: path });
    Ok(Reply::Completed)
}

/// Updates are available until the host is upgraded.
fn checked(state: &mut State, path: &str) {
    let is_new = state.has_note(path, UPGRADED);
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
        return Err(Fault::cannot(
            "upgrade Host",
            "Valid Host statuses for upgrade are Up, Maintenance, and Non-Operational.",
        ));
    }
    if host.update_available != Some(true) {
        return Err(Fault::conflict("Cannot upgrade Host. There are no available updates for the host."));
    }
    let name = call.state.name_of(&path);
    call.job_titled(&format!("Upgrading Host {name}"));
    let text = format!("Host {name} upgrade was started by {}", call.request.user);
    call.state.event(840, Severity::Normal, &text, &[&path]);
    if status == Some(HostStatus::Maintenance) {
        upgrade_steps::begin_upgrade(call.state, &path, false);
    } else {
        without_job(call.state, |state| {
            state.set_note(&path, UPGRADE, true);
            deactivate::prepare(state, &path, None);
        });
    }
    Ok(Reply::Completed)
}
