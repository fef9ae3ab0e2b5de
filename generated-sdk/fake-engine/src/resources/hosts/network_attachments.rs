//! The attachments of networks to hosts and to NICs of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::network::{attachment_of, attachments_of};
use crate::resources::common::references::{self, paths_where};
use crate::resources::hosts::setup_networks::plan::{Plan, check_not_management};
use crate::resources::hosts::wiring::{check_status, find_network, follow, log_changes, nic_reference};
use crate::state::State;
use ovirt_sdk::types::NetworkAttachment;

pub(super) fn register(registry: &mut Registry) {
    registry.on("network_attachments", "add", add);
    registry.on("network_attachment", "update", update);
    registry.on("network_attachment", "remove", remove);
    registry.view_with_addresses("network_attachments", members);
}

/// The attachments of a host or of a NIC.
fn members(state: &State, parent: &str) -> Vec<String> {
    let host = host_of(parent);
    if host == parent {
        return state.paths(&attachments_of(host));
    }
    paths_where(state, &attachments_of(host), |attachment: &NetworkAttachment| {
        references::refers_to(&attachment.host_nic, parent)
    })
}

/// The host of a path below it.
fn host_of(path: &str) -> &str {
    let segments = path.split('/').count();
    above(path, segments.saturating_sub(2))
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let parent = call.parent();
    let host = host_of(&parent).to_owned();
    check_status(call.state, &host)?;
    let mut attachment: NetworkAttachment = call.body()?;
    if let Some(id) = &attachment.id {
        let why = format!(
            "New Network attachment cannot be created with given ID. Please remove Network Attachment ID (id '{id}') \
             from request."
        );
        return Err(Fault::invalid("setup Networks", &why));
    }
    if host != parent {
        attachment.host_nic = Some(Box::new(nic_reference(&parent)));
    }
    let network = attachment.network.clone().unwrap_or_default();
    let network = find_network(call.state, &host, &network)?;
    change(call, &host, attachment)?;
    attachment_of(call.state, &host, &network).map(Reply::Created).ok_or_else(Fault::not_found)
}

fn change(call: &mut Call<'_>, host: &str, attachment: NetworkAttachment) -> Result<(), Fault> {
    let plan = Plan { attachments: vec![attachment], ..Plan::default() };
    plan.check(call.state, host)?;
    plan.apply(call.state, host)?;
    follow(call.state, host);
    log_changes(call, host);
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let host = host_of(&path).to_owned();
    check_status(call.state, &host)?;
    let mut attachment: NetworkAttachment = call.body()?;
    attachment.id = Some(last(&path).to_owned());
    change(call, &host, attachment)?;
    Ok(Reply::Object(path))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let host = host_of(&path).to_owned();
    check_status(call.state, &host)?;
    check_not_management(call.state, &host, call.state.find::<NetworkAttachment>(&path)?)?;
    let reply = call.remove()?;
    follow(call.state, &host);
    log_changes(call, &host);
    Ok(reply)
}
