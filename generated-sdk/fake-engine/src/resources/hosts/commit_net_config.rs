//! Saving the network configuration of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::hosts::wiring;
use crate::state::Severity;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "commit_net_config", commit);
}

fn commit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    wiring::check_status(call.state, &host)?;
    let text = format!("Network changes were saved on host {}", call.state.name_of(&host));
    call.state.event(1104, Severity::Normal, &text, &[&host]);
    Ok(Reply::Completed)
}
