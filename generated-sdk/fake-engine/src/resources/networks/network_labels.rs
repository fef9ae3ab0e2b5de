//! Labels of networks and of the network interfaces of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::bean::Violations;
use crate::resources::common::{names, network};
use crate::resources::hosts::network_changes::{nic_labeled, nic_unlabeled};
use crate::resources::paths::{
    NETWORK_LABELS, NETWORKS, VIRTUAL_FUNCTION_ALLOWED_LABELS, is_below, is_in, is_sub_collection,
};
use crate::signal::Signal;
use crate::state::{Severity, State};
use ovirt_sdk::types::{HostNic, Network, NetworkLabel};

const ACTION: &str = "add Label";

pub(super) fn register(registry: &mut Registry) {
    registry.on("network_labels", "add", add);
    registry.on("network_label", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut label: NetworkLabel = call.body()?;
    let id = label.id.clone().unwrap_or_default();
    let mut violations = Violations::default();
    if !names::is_plain(&id) {
        let message = "Network label must be formed only from: English letters, numbers, hyphen or underscore.";
        violations.add("label", message);
    }
    violations.into_result()?;
    let (parent, collection) = (call.parent(), call.path());
    let path = format!("{collection}/{id}");
    if is_in(&parent, NETWORKS) {
        if network::label_of(call.state, &parent).is_some() {
            return Err(Fault::invalid(ACTION, "The specified network is already labeled."));
        }
        if call.state.find::<Network>(&parent)?.external_provider.is_some() {
            return Err(Fault::invalid(ACTION, "This operation is not supported for external networks."));
        }
        label.network = Some(Box::new(Network::with_id(last(&parent))));
        call.state.insert(&collection, label);
        let text = format!("Network {} was labeled {id}", call.state.name_of(&parent));
        call.state.event(1132, Severity::Normal, &text, &[]);
        call.state.emit(&Signal::NetworkLabeled { network: parent });
    } else {
        if call.state.contains(&path) {
            let nic = call.state.name_of(&parent);
            let why = format!("The network interface '{nic}' is already labeled with the specified label '{id}'.");
            return Err(Fault::cannot(ACTION, &why));
        }
        let is_for_functions = is_sub_collection(&collection, VIRTUAL_FUNCTION_ALLOWED_LABELS);
        if let Some(nic) = labeled_nic(call.state, &parent, &id).filter(|_| !is_for_functions) {
            let nic = call.state.name_of(&nic);
            let why = format!("The label '{id}' is already defined on other interface {nic} on the host.");
            return Err(Fault::cannot(ACTION, &why));
        }
        label.host_nic = Some(Box::new(HostNic::with_id(last(&parent)).href(parent.as_str())));
        call.state.insert(&collection, label);
        if !is_for_functions {
            nic_labeled(call.state, &id);
        }
    }
    Ok(Reply::Created(path))
}

/// The NIC of the same host that has a label.
fn labeled_nic(state: &State, nic: &str, label: &str) -> Option<String> {
    let mut nics = state.paths(above(nic, 1)).into_iter();
    nics.find(|nic| state.contains(&format!("{nic}/{NETWORK_LABELS}/{label}")))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let (owner, label) = (above(&path, 2).to_owned(), last(&path).to_owned());
    if is_in(&owner, NETWORKS) {
        call.state.emit(&Signal::NetworkUnlabeled { label: path.clone() });
        let text = format!("Network {} is no longer labeled {label}", call.state.name_of(&owner));
        call.state.event(1134, Severity::Normal, &text, &[]);
    } else if !is_below(&path, VIRTUAL_FUNCTION_ALLOWED_LABELS) {
        nic_unlabeled(call.state, &owner, &label);
    }
    call.remove()
}
