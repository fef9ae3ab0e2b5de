//! Facts about networks.

use crate::api::Reference;
use crate::path::last;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, HOSTS, NETWORK_ATTACHMENTS, NETWORK_LABELS, NETWORKS, is_in};
use crate::state::State;
use ovirt_sdk::object::{Object, member};
use ovirt_sdk::types::{Cluster, Host, HostStatus, Network, NetworkAttachment, NetworkUsage};

/// The name of the cluster that exists from the start and can't be removed.
pub(crate) const DEFAULT_CLUSTER: &str = "Default";
/// The name of the network that every data center begins with.
pub(crate) const MANAGEMENT: &str = "ovirtmgmt";

/// Whether virtual machines can be in a network.
pub(crate) fn is_for_vms(network: &Network) -> bool {
    network.usages.as_ref().is_none_or(|usages| usages.contains(&NetworkUsage::Vm))
}

/// Finds a network of a data center by its identifier or its name, which is unique only there.
pub(crate) fn find_in(state: &State, data_center: &str, wanted: &Network) -> Option<String> {
    let fits = |network: &Network| {
        let name = || wanted.id.is_none() && wanted.name.is_some() && network.name == wanted.name;
        references::refers_to(&network.data_center, data_center)
            && (wanted.id.is_some() && network.id == wanted.id || name())
    };
    paths_where(state, NETWORKS, fits).into_iter().next()
}

/// The data center of a request: the one of the object that was sent, or the one of the object in the path.
pub(crate) fn data_center(state: &State, place: Reference<'_>) -> Option<String> {
    data_center_of_object(state, place.sent).or_else(|| data_center_of(state, place.path))
}

/// The data center of the object at a path.
pub(crate) fn data_center_of(state: &State, path: &str) -> Option<String> {
    let end = path.match_indices('/').nth(1).map_or(path.len(), |(end, _)| end);
    let owner = path.get(..end)?;
    match is_in(owner, DATA_CENTERS) {
        true => Some(owner.to_owned()),
        false => data_center_of_object(state, state.object(owner)?),
    }
}

/// The data center to which an object refers, itself or by its cluster.
fn data_center_of_object(state: &State, object: &dyn Object) -> Option<String> {
    let refers = |name, collection| state.reference(collection, member(object, name)?.as_object()?).ok().flatten();
    let of_cluster = || path_of(DATA_CENTERS, &state.get::<Cluster>(&refers("cluster", CLUSTERS)?)?.data_center);
    refers("data_center", DATA_CENTERS).or_else(of_cluster)
}

/// The label of a network, if it has one.
pub(crate) fn label_of(state: &State, network: &str) -> Option<String> {
    state.paths(&format!("{network}/{NETWORK_LABELS}")).first().map(|path| last(path).to_owned())
}

/// Whether a cluster is managed over a network.
pub(crate) fn is_management(state: &State, cluster: &str, network: &str) -> bool {
    has_role(state, &format!("{cluster}/{NETWORKS}/{}", last(network)), &NetworkUsage::Management)
}

pub(crate) fn has_role(state: &State, path: &str, role: &NetworkUsage) -> bool {
    let network = state.get::<Network>(path);
    network.and_then(|network| network.usages.as_ref()).is_some_and(|usages| usages.contains(role))
}

/// Whether any cluster is managed over a network.
pub(crate) fn manages_any(state: &State, network: &str) -> bool {
    state.paths(CLUSTERS).iter().any(|cluster| is_management(state, cluster, network))
}

/// The attachments of a host.
pub(crate) fn attachments_of(host: &str) -> String {
    format!("{host}/{NETWORK_ATTACHMENTS}")
}

/// The attachment of a network to a host.
pub(crate) fn attachment_of(state: &State, host: &str, network: &str) -> Option<String> {
    let attached = |it: &NetworkAttachment| references::refers_to(&it.network, network);
    paths_where(state, &attachments_of(host), attached).into_iter().next()
}

/// Whether a host of a cluster is up and lacks a network.
pub(crate) fn is_missing_on_a_host(state: &State, cluster: &str, network: &str) -> bool {
    let counts = |host: &Host| references::refers_to(&host.cluster, cluster) && host.status == Some(HostStatus::Up);
    paths_where(state, HOSTS, counts).iter().any(|host| attachment_of(state, host, network).is_none())
}
