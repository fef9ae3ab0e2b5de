//! Labels of networks and of the network interfaces of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::network;
use crate::resources::hosts::network_changes::{label_changed, label_lost, nic_labeled, nic_unlabeled};
use crate::resources::paths::{NETWORKS, VIRTUAL_FUNCTION_ALLOWED_LABELS, is_below, is_in, is_sub_collection};
use crate::state::Severity;
use ovirt_sdk::types::{HostNic, Network, NetworkLabel};

pub(super) fn register(registry: &mut Registry) {
    registry.on("network_labels", "add", add);
    registry.on("network_label", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut label: NetworkLabel = call.body()?;
    let id = label.id.clone().unwrap_or_default();
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return Err(Fault::bad(
            "Network label must be formed only from: English letters, numbers, hyphen or underscore., Attribute: label",
        ));
    }
    let (parent, collection) = (call.parent(), call.path());
    let path = format!("{collection}/{id}");
    if is_in(&parent, NETWORKS) {
        if network::label_of(call.state, &parent).is_some() {
            return Err(Fault::invalid("label Network", "The specified network is already labeled."));
        }
        label.network = Some(Box::new(Network::with_id(last(&parent))));
        call.state.insert(&collection, label);
        let text = format!("Network {} was labeled {id}", call.state.name_of(&parent));
        call.state.event(1132, Severity::Normal, &text, &[]);
        label_changed(call.state, &parent);
    } else {
        if call.state.contains(&path) {
            let nic = call.state.name_of(&parent);
            let why = format!("The network interface '{nic}' is already labeled with the specified label '{id}'.");
            return Err(Fault::cannot("label Network Interface", &why));
        }
        label.host_nic = Some(Box::new(HostNic::with_id(last(&parent)).href(parent.as_str())));
        call.state.insert(&collection, label);
        if !is_sub_collection(&collection, VIRTUAL_FUNCTION_ALLOWED_LABELS) {
            nic_labeled(call.state, &id);
        }
    }
    Ok(Reply::Created(path))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let (owner, label) = (above(&path, 2).to_owned(), last(&path).to_owned());
    if is_in(&owner, NETWORKS) {
        label_lost(call.state, &owner, &label);
        let text = format!("Network {} is no longer labeled {label}", call.state.name_of(&owner));
        call.state.event(1134, Severity::Normal, &text, &[]);
    } else if !is_below(&path, VIRTUAL_FUNCTION_ALLOWED_LABELS) {
        nic_unlabeled(call.state, &owner, &label);
    }
    call.remove()
}
