//! Refreshing the capabilities of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::hosts::status::status_of;
use crate::state::Severity;
use ovirt_sdk::types::HostStatus;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "refresh", refresh);
}

fn refresh(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let status = status_of(call.state, &path);
    if !matches!(status, Some(HostStatus::Maintenance | HostStatus::Up | HostStatus::NonOperational)) {
        return Err(Fault::cannot(
            "refresh Host capabilities",
            "Operation can be performed only when Host status is Up, Maintenance or Non operational.",
        ));
    }
    let name = call.state.name_of(&path);
    call.job_titled(&format!("Refreshing Host {name} capabilities"));
    let text = format!("Successfully refreshed the capabilities of host {name}");
    call.state.event(606, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
