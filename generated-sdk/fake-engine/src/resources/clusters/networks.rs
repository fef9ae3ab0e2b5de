//! The networks of a cluster: their roles, and whether hosts must have them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::references::{self, path_of};
use crate::resources::common::{network, network_usage};
use crate::resources::paths::{CLUSTERS, DATA_CENTERS, HOSTS, NETWORKS};
use crate::signal::Signal;
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, member_mut};
use ovirt_sdk::types::{Cluster, Network, NetworkStatus, NetworkUsage};

/// Roles that one network of a cluster has.
const ROLES: [NetworkUsage; 5] = [
    NetworkUsage::Display,
    NetworkUsage::Migration,
    NetworkUsage::Management,
    NetworkUsage::DefaultRoute,
    NetworkUsage::Gluster,
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("cluster_networks", "add", add);
    registry.on("cluster_network", "update", update);
    registry.on("cluster_network", "remove", remove);
    registry.view_with_addresses("cluster_networks", |state, parent| state.paths(&format!("{parent}/{NETWORKS}")));
}

/// Assigns the management role of a cluster to a network. The first network of a cluster gets the other roles too.
pub(crate) fn attach_management_network(state: &mut State, cluster: &str, network: &str) {
    let collection = format!("{cluster}/{NETWORKS}");
    let roles: Vec<NetworkUsage> = ROLES.into_iter().filter(|role| *role != NetworkUsage::Gluster).collect();
    let roles = match state.paths(&collection).is_empty() {
        true => roles,
        false => vec![NetworkUsage::Management, NetworkUsage::DefaultRoute],
    };
    let path = insert(state, cluster, network, true, Vec::new());
    for role in roles {
        give_role(state, &path, role);
    }
}

fn insert(state: &mut State, cluster: &str, network: &str, required: bool, usages: Vec<NetworkUsage>) -> String {
    let path = format!("{cluster}/{NETWORKS}/{}", last(network));
    if !state.contains(&path) {
        let attached = Network::with_id(last(network)).required(required).usages(Vec::<NetworkUsage>::new());
        state.insert(&format!("{cluster}/{NETWORKS}"), attached.cluster(Cluster::with_id(last(cluster))));
    }
    if let Some(attached) = state.get_mut::<Network>(&path) {
        attached.required = Some(required);
    }
    for usage in usages {
        if ROLES.contains(&usage) {
            give_role(state, &path, usage);
        }
    }
    path
}

/// Assigns a role to a network of a cluster. The network that had it loses it.
fn give_role(state: &mut State, path: &str, role: NetworkUsage) {
    let Some((collection, _)) = path.rsplit_once('/') else { return };
    for other in state.paths(collection) {
        let Some(network) = state.get_mut::<Network>(&other) else { continue };
        let usages = network.usages.get_or_insert_default();
        usages.retain(|usage| *usage != role);
        if other == path {
            usages.push(role.clone());
        }
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id|name"])?;
    let wanted: Network = call.body()?;
    let cluster = call.parent();
    let data_center = path_of(DATA_CENTERS, &call.state.find::<Cluster>(&cluster)?.data_center).unwrap_or_default();
    let found = network::find_in(call.state, &data_center, &wanted).ok_or_else(Fault::not_found)?;
    if call.state.contains(&format!("{cluster}/{NETWORKS}/{}", last(&found))) {
        return Err(Fault::conflict("Logical Network is already attached to Cluster."));
    }
    let usages = with_display(wanted.usages, wanted.display);
    let path = insert(call.state, &cluster, &found, wanted.required.unwrap_or(true), usages.unwrap_or_default());
    let text = format!("Network {} attached to Cluster {}", call.state.name_of(&found), call.state.name_of(&cluster));
    call.state.event(946, Severity::Normal, &text, &[&cluster]);
    call.state.emit(&Signal::NetworkLabeled { network: found });
    Ok(Reply::Created(path))
}

/// The requested usages, if any; `display` is an older way to request one of them.
fn with_display(usages: Option<Vec<NetworkUsage>>, display: Option<bool>) -> Option<Vec<NetworkUsage>> {
    match (usages, display) {
        (Some(mut usages), Some(true)) => {
            usages.push(NetworkUsage::Display);
            Some(usages)
        }
        (None, Some(true)) => Some(vec![NetworkUsage::Display]),
        (usages, _) => usages,
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Network = call.body()?;
    let path = call.path();
    let name = call.state.name_of(&format!("{NETWORKS}/{}", last(&path)));
    let usages = with_display(change.usages, change.display);
    let manages = network::has_role(call.state, &path, &NetworkUsage::Management);
    if manages && change.required == Some(false) {
        return Err(Fault::bad(&format!(
            "Cannot edit Network. The management network '{name}' must be required, please change the network to be \
             required and try again."
        )));
    }
    if manages && usages.as_ref().is_some_and(|usages| !usages.contains(&NetworkUsage::Management)) {
        return Err(Fault::bad(
            "Cannot edit Network. Unsetting management network property is not allowed. It is done automatically when \
             moving the role to another network.",
        ));
    }
    let cluster = call.parent();
    if !manages
        && usages.as_ref().is_some_and(|usages| usages.contains(&NetworkUsage::Management))
        && !references::paths_where(call.state, HOSTS, |host: &ovirt_sdk::types::Host| {
            references::refers_to(&host.cluster, &cluster)
        })
        .is_empty()
    {
        return Err(Fault::bad(
            "Cannot edit Network. Changing management network in a non-empty cluster is not allowed.",
        ));
    }
    if let Some(usages) = usages {
        for role in ROLES {
            if usages.contains(&role) {
                give_role(call.state, &path, role);
            } else {
                give_back(call.state, &path, &role);
            }
        }
    }
    if let Some(network) = call.state.get_mut::<Network>(&path) {
        network.required = change.required.or(network.required);
    }
    let text = format!("Network {name} on Cluster {} updated", call.state.name_of(&cluster));
    call.state.event(1112, Severity::Normal, &text, &[&cluster]);
    Ok(Reply::Object(path))
}

/// Moves a role from a network to the management network of the cluster.
fn give_back(state: &mut State, path: &str, role: &NetworkUsage) {
    if !network::has_role(state, path, role) {
        return;
    }
    let collection = path.rsplit_once('/').map(|(collection, _)| collection).unwrap_or_default();
    let managing = |other: &String| network::has_role(state, other, &NetworkUsage::Management);
    let managing = state.paths(collection).into_iter().find(managing);
    match managing {
        Some(managing) if *role != NetworkUsage::Gluster => give_role(state, &managing, role.clone()),
        _ => {
            if let Some(usages) = state.get_mut::<Network>(path).and_then(|network| network.usages.as_mut()) {
                usages.retain(|usage| usage != role);
            }
        }
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, cluster) = (call.path(), call.parent());
    let network = format!("{NETWORKS}/{}", last(&path));
    let name = call.state.name_of(&network);
    if network::has_role(call.state, &path, &NetworkUsage::Management) {
        return Err(Fault::bad(&format!("The Management Network ('{name}') is mandatory and cannot be removed.")));
    }
    network_usage::check_unused_in_cluster(call.state, &network, &cluster)?;
    for role in ROLES {
        give_back(call.state, &path, &role);
    }
    let reply = call.remove()?;
    let text = format!("Network {name} detached from Cluster {}", call.state.name_of(&cluster));
    call.state.event(948, Severity::Normal, &text, &[&cluster]);
    Ok(reply)
}

/// Sets the fields of a network that depend on the cluster.
pub(crate) fn show_cluster_network(state: &State, path: &str, shown: &mut dyn Object) {
    let Some(attached) = state.get::<Network>(path) else { return };
    let Some(cluster) = path_of(CLUSTERS, &attached.cluster) else { return };
    let id = last(path);
    let mut usages = attached.usages.clone().unwrap_or_default();
    usages.sort_by_key(|usage| ROLES.iter().position(|role| role == usage));
    if state.get::<Network>(&format!("{NETWORKS}/{id}")).is_some_and(network::is_for_vms) {
        usages.insert(0, NetworkUsage::Vm);
    }
    let display = usages.contains(&NetworkUsage::Display);
    let missing = attached.required == Some(true) && network::is_missing_on_a_host(state, &cluster, id);
    let status = if missing { NetworkStatus::NonOperational } else { NetworkStatus::Operational };
    let members: [(&str, &dyn ovirt_sdk::object::Slot); 3] =
        [("usages", &Some(usages)), ("display", &Some(display)), ("status", &Some(status))];
    for (name, value) in members {
        if let Some(slot) = member_mut(shown, name) {
            slot.assign(value);
        }
    }
}
