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
    if matches!(status_of(call.state, &path), Some(HostStatus::NonResponsive | HostStatus::Down)) {
        return Err(Fault::conflict("Cannot refresh Host capabilities. Host is in non responsive state."));
    }
    let name = call.state.name_of(&path);
    call.job(&format!("Refreshing Host {name} capabilities"));
    let text = format!("Successfully refreshed the capabilities of host {name}");
    call.state.event(606, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
