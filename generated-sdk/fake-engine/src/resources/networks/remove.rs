//! Removing networks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::{network, network_usage};
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, NETWORKS, VNIC_PROFILES, is_in};
use crate::signal::Signal;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Network, VnicProfile};

pub(super) fn register(registry: &mut Registry) {
    registry.on("network", "remove", remove);
}

pub(crate) fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if !is_in(&path, NETWORKS) {
        return call.remove();
    }
    let name = call.state.name_of(&path);
    if network::manages_any(call.state, &path) {
        return Err(Fault::bad(&format!("The Management Network ('{name}') is mandatory and cannot be removed.")));
    }
    network_usage::check_unused_by_bonds(call.state, &path)?;
    network_usage::check_unused(call.state, &path, "remove Network")?;
    let data_center = path_of(DATA_CENTERS, &call.state.find::<Network>(&path)?.data_center).unwrap_or_default();
    remove_network(call.state, &path);
    let text = format!("Network {name} was removed from Data Center: {}", call.state.name_of(&data_center));
    call.state.event(944, Severity::Normal, &text, &[&data_center]);
    Ok(Reply::Completed)
}

/// Removes a network with its profiles, from clusters and hosts.
pub(crate) fn remove_network(state: &mut State, network: &str) {
    state.emit(&Signal::NetworkRemoved { network: network.to_owned() });
    for profile in
        paths_where(state, VNIC_PROFILES, |profile: &VnicProfile| references::refers_to(&profile.network, network))
    {
        state.remove(&profile);
    }
    for cluster in state.paths(CLUSTERS) {
        state.remove(&format!("{cluster}/{NETWORKS}/{}", last(network)));
    }
    state.remove(network);
}
