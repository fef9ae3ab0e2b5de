//! What is done to the networks of a host.

mod attachments;
mod bonds;
mod plan;

use super::super::super::Registry;
use super::wiring::{attachments_of, find_network, find_nic, follow, nics_of};
use super::{HOSTS, status_of};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::state::{Severity, State, above};
use ovirt_sdk::types::{
    Host, HostNic, HostNicVirtualFunctionsConfiguration, HostStatus, List, NetworkAttachment, NetworkLabel,
};
use plan::Plan;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "setup_networks", setup);
    registry.on("host", "sync_all_networks", sync_all);
    registry.on("host", "copy_host_networks", copy);
    registry.on("host", "commit_net_config", commit);
    registry.on("host_nic", "update_virtual_functions_configuration", virtual_functions);
    attachments::register(registry);
}

/// Networks can't be changed on hosts that nobody reaches.
fn refuse_status(state: &State, host: &str) -> Result<(), Fault> {
    match status_of(state, host) {
        None => Err(Fault::not_found()),
        Some(HostStatus::Up | HostStatus::Maintenance | HostStatus::NonOperational) => Ok(()),
        Some(_) => Err(Fault::conflict(
            "Cannot setup Networks. Operation can be performed only when Host status is Maintenance, Up, NonOperational.",
        )),
    }
}

fn setup(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    refuse_status(call.state, &host)?;
    let plan = Plan {
        removed_attachments: list(call, "removed_network_attachments"),
        attachments: list(call, "modified_network_attachments"),
        removed_bonds: list(call, "removed_bonds"),
        bonds: list(call, "modified_bonds"),
    };
    let (labels, unlabeled) = (list(call, "modified_labels"), list(call, "removed_labels"));
    let synchronized: Vec<NetworkAttachment> = list(call, "synchronized_network_attachments");
    plan.check(call.state, &host)?;
    for label in &labels {
        find_nic(call.state, &host, nic_of(label))?;
    }
    call.job(&format!("Configuring networks on host {}", call.state.name_of(&host)));
    plan.apply(call.state, &host)?;
    for attachment in synchronized {
        let path = format!("{}/{}", attachments_of(&host), attachment.id.unwrap_or_default());
        if let Some(attachment) = call.state.get_mut::<NetworkAttachment>(&path) {
            attachment.in_sync = Some(true);
        }
    }
    change_labels(call.state, &host, labels, &unlabeled)?;
    follow(call.state, &host);
    applied(call, &host);
    Ok(Reply::Done)
}

fn list<T: ovirt_sdk::object::Struct>(call: &Call<'_>, tag: &str) -> Vec<T> {
    call.parameter::<List<T>>(tag).map(List::into_vec).unwrap_or_default()
}

fn nic_of(label: &NetworkLabel) -> &HostNic {
    static NONE: std::sync::LazyLock<HostNic> = std::sync::LazyLock::new(HostNic::new);
    label.host_nic.as_deref().unwrap_or(&NONE)
}

fn change_labels(
    state: &mut State,
    host: &str,
    added: Vec<NetworkLabel>,
    removed: &[NetworkLabel],
) -> Result<(), Fault> {
    for label in removed {
        let Some(id) = label.id.as_deref() else { continue };
        for nic in state.paths(&nics_of(host)) {
            let path = format!("{nic}/networklabels/{id}");
            if state.contains(&path) {
                super::nic_unlabeled(state, &nic, id);
                state.remove(&path);
            }
        }
    }
    for label in added {
        let nic = find_nic(state, host, nic_of(&label))?;
        let id = label.id.unwrap_or_default();
        let label = NetworkLabel::with_id(id.as_str()).host_nic(super::wiring::nic_reference(&nic));
        state.insert(&format!("{nic}/networklabels"), label);
        super::nic_labeled(state, &id);
    }
    Ok(())
}

/// Tells that the networks of a host are what was asked for.
fn applied(call: &mut Call<'_>, host: &str) {
    let text = format!("Network changes were saved on host {}", call.state.name_of(host));
    call.state.event(10903, Severity::Normal, &text, &[host]);
}

fn sync_all(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    refuse_status(call.state, &host)?;
    call.job(&format!("Synchronizing networks on host {}", call.state.name_of(&host)));
    for path in call.state.paths(&attachments_of(&host)) {
        if let Some(attachment) = call.state.get_mut::<NetworkAttachment>(&path) {
            attachment.in_sync = Some(true);
        }
    }
    follow(call.state, &host);
    let text = format!("All networks of host {} are in sync", call.state.name_of(&host));
    call.state.event(10901, Severity::Normal, &text, &[&host]);
    Ok(Reply::Done)
}

fn commit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    refuse_status(call.state, &host)?;
    let text = format!("Network changes were saved on host {}", call.state.name_of(&host));
    call.state.event(1104, Severity::Normal, &text, &[&host]);
    Ok(Reply::Done)
}

/// Gives a host the bonds and attachments of another one, NIC by NIC.
fn copy(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.path();
    refuse_status(call.state, &host)?;
    let source = call.object::<Host>("source_host");
    let source = source.ok_or_else(|| Fault::incomplete("Action", &["sourceHost.id|name"], "copyHostNetworks"))?;
    let source = call.state.reference(HOSTS, &source)?.ok_or_else(Fault::not_found)?;
    let physical = |state: &State, host: &str| {
        let nics = state.list::<HostNic>(&nics_of(host));
        nics.filter(|(_, nic)| nic.base_interface.is_none() && nic.bonding.is_none()).count()
    };
    if physical(call.state, &host) < physical(call.state, &source) {
        return Err(Fault::conflict(
            "Cannot copy Host networks. The destination host has fewer network interfaces than the source host.",
        ));
    }
    let plan = Plan::to_copy(call.state, &source, &host);
    plan.check(call.state, &host)?;
    call.job(&format!("Copying networks to host {}", call.state.name_of(&host)));
    plan.apply(call.state, &host)?;
    follow(call.state, &host);
    let (from, to) = (call.state.name_of(&source), call.state.name_of(&host));
    call.state.event(10928, Severity::Normal, &format!("Networks of host {from} were copied to {to}"), &[&host]);
    Ok(Reply::Done)
}

/// Changes how many virtual functions a NIC offers, and for which networks.
fn virtual_functions(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wanted = call.object::<HostNicVirtualFunctionsConfiguration>("virtual_functions_configuration");
    let wanted = wanted.ok_or_else(|| {
        Fault::incomplete("Action", &["virtualFunctionsConfiguration"], "updateVirtualFunctionsConfiguration")
    })?;
    refuse_status(call.state, above(&path, 2))?;
    let nic = call.state.find_mut::<HostNic>(&path)?;
    let name = nic.name.clone().unwrap_or_default();
    let Some(functions) = nic.virtual_functions_configuration.as_deref_mut() else {
        return Err(Fault::conflict(&format!(
            "Cannot edit host NIC VFs configuration. The network interface {name} does not support SR-IOV."
        )));
    };
    let most = functions.max_number_of_virtual_functions.unwrap_or_default();
    if wanted.number_of_virtual_functions.is_some_and(|number| !(0..=most).contains(&number)) {
        return Err(Fault::conflict(&format!(
            "Cannot edit host NIC VFs configuration. The number of VFs of network interface {name} must be between 0 \
             and {most}."
        )));
    }
    functions.number_of_virtual_functions =
        wanted.number_of_virtual_functions.or(functions.number_of_virtual_functions);
    functions.all_networks_allowed = wanted.all_networks_allowed.or(functions.all_networks_allowed);
    Ok(Reply::Done)
}
