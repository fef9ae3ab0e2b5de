//! The status of a host.

use crate::state::State;
use ovirt_sdk::types::{Host, HostStatus};

/// The status of a host.
pub(crate) fn status_of(state: &State, host: &str) -> Option<HostStatus> {
    state.get::<Host>(host)?.status.clone()
}

pub(crate) fn set_status(state: &mut State, host: &str, status: HostStatus) {
    if let Some(host) = state.get_mut::<Host>(host) {
        if !matches!(status, HostStatus::Maintenance | HostStatus::PreparingForMaintenance | HostStatus::NonOperational)
        {
            host.status_detail = None;
        }
        host.status = Some(status);
    }
}

/// Runs a function whose effects don't belong to the current job.
pub(crate) fn without_job(state: &mut State, function: impl FnOnce(&mut State)) {
    let job = state.actor.job.take();
    function(state);
    state.actor.job = job;
}
