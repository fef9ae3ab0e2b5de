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

/// Does something that goes on by itself, and not as part of the job that is under way.
pub(crate) fn apart(state: &mut State, what: impl FnOnce(&mut State)) {
    let job = state.actor.job.take();
    what(state);
    state.actor.job = job;
}
