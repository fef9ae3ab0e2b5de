//! Changes of hosts that follow from changes of networks and labels.

use crate::api::{Registry, on_signal};
use crate::path::{above, last};
use crate::resources::common::network::{self, label_of};
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::hosts::wiring;
use crate::resources::paths::{CLUSTERS, HOSTS, NETWORK_LABELS, NETWORKS, UNMANAGED_NETWORKS};
use crate::state::State;
use ovirt_sdk::types::{Host, NetworkAttachment, UnmanagedNetwork};

pub(super) fn register(registry: &mut Registry) {
    on_signal!(registry, |state, NetworkChanged { network }| network_changed(state, network));
    on_signal!(registry, |state, NetworkLabeled { network }| label_changed(state, network));
    on_signal!(registry, |state, NetworkRemoved { network }| network_removed(state, network));
    on_signal!(registry, |state, NetworkUnlabeled { label }| label_removed(state, label));
}

/// The hosts that have a network.
fn hosts_with(state: &State, network: &str) -> Vec<String> {
    state.paths(HOSTS).into_iter().filter(|host| network::attachment_of(state, host, network).is_some()).collect()
}

/// Updates hosts after a change of a network.
fn network_changed(state: &mut State, network: &str) {
    for host in hosts_with(state, network) {
        wiring::follow(state, &host);
    }
}

/// Prepares hosts for the removal of a network, which becomes unmanaged on them.
fn network_removed(state: &mut State, network: &str) {
    for host in hosts_with(state, network) {
        let Some(attachment) = network::attachment_of(state, &host, network) else { continue };
        let nic = state.get::<NetworkAttachment>(&attachment).and_then(|it| it.host_nic.clone());
        let mut left = UnmanagedNetwork::new().name(state.name_of(network)).host(Host::with_id(last(&host)));
        left.host_nic = nic;
        state.insert(&format!("{host}/{UNMANAGED_NETWORKS}"), left);
        state.remove(&attachment);
        wiring::follow(state, &host);
    }
}

/// The NICs of a host that have a label.
fn labeled(state: &State, host: &str, label: &str) -> Vec<String> {
    let has = |nic: &String| state.contains(&format!("{nic}/{NETWORK_LABELS}/{label}"));
    state.paths(&wiring::nics_of(host)).into_iter().filter(has).collect()
}

/// Attaches a network to the NICs with its label, after it got the label or was added to a cluster.
fn label_changed(state: &mut State, network: &str) {
    let Some(label) = label_of(state, network) else { return };
    for host in state.paths(HOSTS) {
        let cluster = state.get::<Host>(&host).and_then(|host| path_of(CLUSTERS, &host.cluster)).unwrap_or_default();
        if !state.contains(&format!("{cluster}/{NETWORKS}/{}", last(network))) {
            continue;
        }
        for nic in labeled(state, &host, &label) {
            if network::attachment_of(state, &host, network).is_none() {
                wiring::attach(state, &host, &nic, network, NetworkAttachment::new());
                wiring::follow(state, &host);
            }
        }
    }
}

/// Detaches a network from NICs before its label, the object at a path, is removed.
fn label_removed(state: &mut State, label: &str) {
    let (network, label) = (above(label, 2), last(label));
    for host in hosts_with(state, network) {
        let nics = labeled(state, &host, label);
        if let Some(attachment) = network::attachment_of(state, &host, network)
            && state
                .get::<NetworkAttachment>(&attachment)
                .is_some_and(|it| nics.iter().any(|nic| references::refers_to(&it.host_nic, nic)))
        {
            state.remove(&attachment);
            wiring::follow(state, &host);
        }
    }
}

/// Attaches the networks with a label after a NIC got the label.
pub(crate) fn nic_labeled(state: &mut State, label: &str) {
    let has = |path: &String| label_of(state, path).as_deref() == Some(label);
    let networks: Vec<String> = state.paths(NETWORKS).into_iter().filter(has).collect();
    for network in networks {
        label_changed(state, &network);
    }
}

/// Detaches the networks with a label before the label of a NIC is removed.
pub(crate) fn nic_unlabeled(state: &mut State, nic: &str, label: &str) {
    let host = above(nic, 2).to_owned();
    let on_nic = |it: &NetworkAttachment| references::refers_to(&it.host_nic, nic);
    for attachment in paths_where(state, &network::attachments_of(&host), on_nic) {
        let network = state.get::<NetworkAttachment>(&attachment).and_then(|it| path_of(NETWORKS, &it.network));
        if network.is_some_and(|network| label_of(state, &network).as_deref() == Some(label)) {
            state.remove(&attachment);
        }
    }
    wiring::follow(state, &host);
}
