//! Synchronizing the networks of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::network::attachments_of;
use crate::resources::hosts::wiring::{self, follow};
use crate::state::Severity;
use ovirt_sdk::types::NetworkAttachment;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "sync_all_networks", sync_all);
}

fn sync_all(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    wiring::check_status(call.state, &host)?;
    call.job();
    for path in call.state.paths(&attachments_of(&host)) {
        if let Some(attachment) = call.state.get_mut::<NetworkAttachment>(&path) {
            attachment.in_sync = Some(true);
        }
    }
    follow(call.state, &host);
    let text = format!("All networks of host {} are in sync", call.state.name_of(&host));
    call.state.event(10901, Severity::Normal, &text, &[&host]);
    Ok(Reply::Completed)
}
