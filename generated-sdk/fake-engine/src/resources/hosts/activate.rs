//! Activating hosts.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::common::network::data_center_of;
use crate::resources::hosts::evacuation;
use crate::resources::hosts::spm::elect_spm;
use crate::resources::hosts::status::{set_status, status_of, without_job};
use crate::state::{Severity, State};
use ovirt_sdk::types::HostStatus;

const ACTIVATING: Duration = Duration::from_secs(5);

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "activate", activate);
    on_effect!(registry, |state, HostActivated { host }| up(state, host));
}

fn activate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    match status_of(call.state, &path) {
        None => return Err(Fault::not_found()),
        Some(HostStatus::Up) => return Err(Fault::cannot("activate Host", "Host in Up status.")),
        Some(HostStatus::NonResponsive) => {
            return Err(Fault::cannot("activate Host", "Host is in non responsive state."));
        }
        Some(_) => {}
    }
    call.job();
    let text = format!("Activation of Host {} was initiated by {}", call.state.name_of(&path), call.request.user);
    call.state.event(16, Severity::Normal, &text, &[&path]);
    without_job(call.state, |state| begin(state, &path, HostStatus::Unassigned));
    Ok(Reply::Completed)
}

/// Starts the activation of a host, which has a transitional status until it is up.
pub(crate) fn begin(state: &mut State, path: &str, transitional: HostStatus) {
    evacuation::stop(state, path);
    set_status(state, path, transitional);
    state.after(ACTIVATING, Effect::HostActivated { host: path.to_owned() });
}

fn up(state: &mut State, path: &str) {
    if !matches!(status_of(state, path), Some(HostStatus::Unassigned | HostStatus::Initializing)) {
        return;
    }
    up_again(state, path);
}

/// Sets the status of a host to `up`.
pub(crate) fn up_again(state: &mut State, path: &str) {
    set_status(state, path, HostStatus::Up);
    let text = format!("Status of Host {} was set to Up", state.name_of(path));
    state.event(13, Severity::Normal, &text, &[path]);
    if let Some(data_center) = data_center_of(state, path) {
        elect_spm(state, &data_center);
    }
}

pub(crate) fn become_ready(state: &mut State, host: &str, activate: bool) {
    if activate {
        begin(state, host, HostStatus::Initializing);
    } else {
        set_status(state, host, HostStatus::Maintenance);
    }
}
