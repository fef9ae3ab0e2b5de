//! Default settings of networks, and the management network.

use crate::path::last;
use crate::resources::common::network::MANAGEMENT;
use crate::resources::common::references::default_to;
use crate::resources::paths::NETWORKS;
use crate::resources::vnic_profiles::add_default_profile;
use crate::state::State;
use ovirt_sdk::types::{DataCenter, Network, NetworkUsage};

/// Sets the fields that every network has.
pub(crate) fn complete_network(state: &mut State, network: &mut Network) {
    for text in [&mut network.description, &mut network.comment] {
        default_to(text, String::new());
    }
    default_to(&mut network.mtu, 0);
    default_to(&mut network.stp, false);
    default_to(&mut network.port_isolation, false);
    // The other usages depend on the cluster.
    let usages = network.usages.take();
    let is_not_for_vms = usages.is_some_and(|usages| !usages.contains(&NetworkUsage::Vm));
    network.usages = Some(if is_not_for_vms { Vec::new() } else { vec![NetworkUsage::Vm] });
    let id = network.id.get_or_insert_with(|| state.new_id());
    let name = network.name.as_deref().unwrap_or_default();
    let fits = name.len() <= 15 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let short =
        if fits { name.to_owned() } else { format!("on{}", id.replace('-', "").chars().take(13).collect::<String>()) };
    default_to(&mut network.vdsm_name, short);
    network.required = None;
    network.display = None;
    network.status = None;
    network.cluster = None;
}

/// Adds the network over which a new data center is managed.
pub(crate) fn add_management_network(state: &mut State, data_center: &str) -> String {
    let mut network = Network::new().name(MANAGEMENT).description("Management Network");
    network = network.data_center(DataCenter::with_id(last(data_center)));
    complete_network(state, &mut network);
    let path = state.insert(NETWORKS, network);
    add_default_profile(state, &path);
    path
}
