//! Copying the networks of one host to another.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::hosts::setup_networks::plan::Plan;
use crate::resources::hosts::wiring::{self, follow, nics_of};
use crate::resources::paths::HOSTS;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Host, HostNic};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "copy_host_networks", copy);
}

/// Copies the bonds and attachments of another host, NIC by NIC.
fn copy(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "copy networks to Host";
    let host = call.path();
    wiring::check_status(call.state, &host)?;
    let source = call.object::<Host>("source_host");
    let source = source.ok_or_else(|| Fault::incomplete("Action", &["sourceHost.id|name"], "copyHostNetworks"))?;
    let source = call.state.reference(HOSTS, &source)?.ok_or_else(Fault::not_found)?;
    let cluster = |host: &str| call.state.get::<Host>(host).and_then(|host| host.cluster.as_ref()?.id.clone());
    if cluster(&host) != cluster(&source) {
        return Err(Fault::invalid(ACTION, "Hosts are not in the same cluster."));
    }
    let physical = |state: &State, host: &str| {
        let nics = state.list::<HostNic>(&nics_of(host));
        nics.filter(|(_, nic)| nic.base_interface.is_none() && nic.bonding.is_none()).count()
    };
    if physical(call.state, &host) < physical(call.state, &source) {
        let why = "Interface count of destination host has to be at least as high as that of the source host.";
        return Err(Fault::invalid(ACTION, why));
    }
    let plan = Plan::to_copy(call.state, &source, &host);
    plan.check(call.state, &host)?;
    call.job();
    plan.apply(call.state, &host)?;
    follow(call.state, &host);
    let (from, to) = (call.state.name_of(&source), call.state.name_of(&host));
    call.state.event(10928, Severity::Normal, &format!("Networks of host {from} were copied to {to}"), &[&host]);
    Ok(Reply::Completed)
}
