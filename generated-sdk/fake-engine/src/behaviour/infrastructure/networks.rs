//! Networks and what belongs to them.

mod labels;
mod macs;
mod of_clusters;
mod pools;
mod profiles;
mod qualities;
mod usage;

pub(crate) use labels::label_of;
pub(crate) use macs::{default_pool, is_mac_free, next_mac};
pub(crate) use of_clusters::{attach_management, is_management};
pub(crate) use profiles::{DEFAULT_FILTER, find as find_profile, make_profile};
pub(super) use usage::refuse_if_used;

use super::super::Registry;
use super::{default_to, hosts, is, path_of, paths_where, providers};
use crate::api::About;
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::exchange::Asked;
use crate::state::{Severity, State, last};
use ovirt_sdk::object::{Object, member, member_mut};
use ovirt_sdk::types::{Cluster, DataCenter, Network, NetworkUsage, OpenStackNetworkProvider, VnicProfile};

const NETWORKS: &str = "networks";
/// The name of the network that every data center begins with.
pub(crate) const MANAGEMENT: &str = "ovirtmgmt";

pub(super) fn register(registry: &mut Registry) {
    registry.on("networks", "add", add);
    registry.on("data_center_networks", "add", add);
    registry.on("network", "update", update);
    registry.on("data_center_network", "update", update);
    registry.on("network", "remove", remove);
    registry.on("data_center_network", "remove", remove);
    registry.show("network", show);
    registry.named("network", named);
    registry.view("network_filters", |state, _| state.paths("networkfilters"));
    labels::register(registry);
    of_clusters::register(registry);
    pools::register(registry);
    profiles::register(registry);
    qualities::register(registry);
}

/// Gives a network everything that each one has.
pub(crate) fn complete(state: &mut State, network: &mut Network) {
    for text in [&mut network.description, &mut network.comment] {
        default_to(text, String::new());
    }
    default_to(&mut network.mtu, 0);
    default_to(&mut network.stp, false);
    default_to(&mut network.port_isolation, false);
    // What else it is used for depends on the cluster.
    let usages = network.usages.take();
    let is_plain = usages.is_some_and(|usages| !usages.contains(&NetworkUsage::Vm));
    network.usages = Some(if is_plain { Vec::new() } else { vec![NetworkUsage::Vm] });
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

/// Whether virtual machines can be in a network.
pub(crate) fn is_for_machines(network: &Network) -> bool {
    network.usages.as_ref().is_none_or(|usages| usages.contains(&NetworkUsage::Vm))
}

/// Gives a new data center the network over which it is managed.
pub(crate) fn add_management(state: &mut State, data_center: &str) -> String {
    let mut network = Network::new().name(MANAGEMENT).description("Management Network");
    network = network.data_center(DataCenter::with_id(last(data_center)));
    complete(state, &mut network);
    let path = state.insert(NETWORKS, network);
    make_profile(state, &path);
    path
}

/// Another network of that name in the data center.
fn taken(state: &State, network: &Network, data_center: &str, own: Option<&str>) -> Result<(), Fault> {
    let Some(name) = network.name.as_deref() else { return Ok(()) };
    let same = |other: &Network| is(&other.data_center, data_center) && other.name.as_deref() == Some(name);
    let others = paths_where(state, NETWORKS, same);
    if others.iter().all(|path| Some(path.as_str()) == own) {
        return Ok(());
    }
    Err(Fault::conflict(&format!(
        "Cannot {} Network. The name of the logical network '{name}' is already used by an existing logical network in \
         the same data-center.\n-Please choose a different name.",
        if own.is_some() { "edit" } else { "add" }
    )))
}

/// What no network may be.
fn check(network: &Network, action: &str) -> Result<(), Fault> {
    let name = network.name.as_deref().unwrap_or_default();
    if name.starts_with("bond") {
        return Err(Fault::bad("Bad network name, network cannot start with 'bond'"));
    }
    let vlan = network.vlan.as_ref().and_then(|vlan| vlan.id);
    if vlan.is_some_and(|vlan| !(0..=4094).contains(&vlan)) {
        return Err(Fault::bad("VLAN ID must be a number between 0 and 4094."));
    }
    if network.stp == Some(true) && !is_for_machines(network) {
        return Err(Fault::bad(&format!(
            "Cannot {action} Network. STP can only be enabled on Networks that are used for VMs."
        )));
    }
    Ok(())
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.target.service.name == "networks" && !call.parent().is_empty() {
        return add_to_bond(call);
    }
    let within = call.target.service.name == "data_center_networks";
    call.require(if within { &["name"] } else { &["name", "data_center.name|id"] })?;
    let mut network: Network = call.body()?;
    let named = path_of("datacenters", &network.data_center).unwrap_or_default();
    let data_center = if within { call.parent() } else { named };
    call.state.find::<DataCenter>(&data_center)?;
    network.data_center = Some(Box::new(DataCenter::with_id(last(&data_center))));
    check(&network, "add")?;
    taken(call.state, &network, &data_center, None)?;
    let wants_profile = network.profile_required.take().unwrap_or(true);
    if let Some(provider) = path_of("openstacknetworkproviders", &network.external_provider) {
        call.state.find::<OpenStackNetworkProvider>(&provider)?;
    }
    qualities::locate(call.state, &mut network.qos)?;
    complete(call.state, &mut network);
    let for_machines = is_for_machines(&network);
    let provider = path_of("openstacknetworkproviders", &network.external_provider);
    let path = call.store(Box::new(network))?;
    if wants_profile && for_machines {
        make_profile(call.state, &path);
    }
    let name = call.state.name_of(&path);
    if let Some(provider) = provider {
        providers::provide(call.state, &provider, &name);
    }
    let text = format!("Network {name} was added to Data Center: {}", call.state.name_of(&data_center));
    call.state.event(942, Severity::Normal, &text, &[&data_center]);
    Ok(Reply::Created(path))
}

/// A network through which an iSCSI bond goes.
fn add_to_bond(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id|name"])?;
    let network: Network = call.body()?;
    let found = call.state.reference(NETWORKS, &network)?.ok_or_else(Fault::not_found)?;
    let collection = call.path();
    call.state.insert(&collection, Network::with_id(last(&found)));
    Ok(Reply::Done)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Network = call.body()?;
    let path = call.path();
    let old = call.state.find::<Network>(&path)?.clone();
    let data_center = path_of("datacenters", &old.data_center).unwrap_or_default();
    if change.data_center.is_some() && !is(&change.data_center, &data_center) {
        return Err(Fault::conflict("Cannot edit Network. Change of Data Center ID is not allowed."));
    }
    check(&change, "edit")?;
    taken(call.state, &change, &data_center, Some(&path))?;
    let is_managed = of_clusters::manages_any(call.state, &path);
    if is_managed && change.name.is_some() && change.name != old.name {
        return Err(Fault::conflict(&format!(
            "Cannot edit Network. The Management Network ('{}') is mandatory and cannot be renamed.",
            old.name.unwrap_or_default()
        )));
    }
    let usages = change.usages.take();
    if let Some(usages) = usages {
        let for_machines = usages.contains(&NetworkUsage::Vm);
        if !for_machines && is_for_machines(&old) {
            usage::refuse_if_used(call.state, &path, "edit")?;
            for profile in paths_where(call.state, "vnicprofiles", |it: &VnicProfile| is(&it.network, &path)) {
                call.state.remove(&profile);
            }
        }
        change.usages = Some(if for_machines { vec![NetworkUsage::Vm] } else { Vec::new() });
    }
    qualities::locate(call.state, &mut change.qos)?;
    // Those of clusters are changed where the cluster's networks are.
    change.required = None;
    change.display = None;
    change.status = None;
    let reply = call.change(&change)?;
    hosts::network_changed(call.state, &path);
    let text = format!(
        "Network {} was updated on Data Center: {}",
        call.state.name_of(&path),
        call.state.name_of(&data_center)
    );
    call.state.event(1114, Severity::Normal, &text, &[&data_center]);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if !path.starts_with("networks/") {
        return call.remove();
    }
    let name = call.state.name_of(&path);
    if of_clusters::manages_any(call.state, &path) {
        return Err(Fault::conflict(&format!("The Management Network ('{name}') is mandatory and cannot be removed.")));
    }
    usage::refuse_if_bonded(call.state, &path)?;
    usage::refuse_if_used(call.state, &path, "remove")?;
    let data_center = path_of("datacenters", &call.state.find::<Network>(&path)?.data_center).unwrap_or_default();
    forget(call.state, &path);
    let text = format!("Network {name} was removed from Data Center: {}", call.state.name_of(&data_center));
    call.state.event(944, Severity::Normal, &text, &[&data_center]);
    Ok(Reply::Done)
}

/// Removes a network with its profiles, from clusters and hosts.
pub(super) fn forget(state: &mut State, network: &str) {
    hosts::network_removed(state, network);
    for profile in paths_where(state, "vnicprofiles", |profile: &VnicProfile| is(&profile.network, network)) {
        state.remove(&profile);
    }
    for cluster in state.paths("clusters") {
        state.remove(&format!("{cluster}/networks/{}", last(network)));
    }
    state.remove(network);
}

/// A network as a cluster, or an iSCSI bond, has it: what is not its own is that of the data center's.
fn show(state: &State, path: &str, _asked: &Asked, shown: &mut dyn Object) {
    if path.starts_with("networks/") {
        return;
    }
    let Some(network) = state.get::<Network>(&format!("{NETWORKS}/{}", last(path))) else { return };
    for row in network.info().members {
        if let (Some(slot), Some(own)) = (member_mut(shown, row.name), member(network, row.name))
            && !slot.is_set()
            && own.is_set()
        {
            slot.assign(own);
        }
    }
    of_clusters::show(state, path, shown);
}

/// The network of a data center that is meant, by its identifier or its name. The same name may be found in others.
pub(crate) fn find_in(state: &State, data_center: &str, wanted: &Network) -> Option<String> {
    let meant = |network: &Network| {
        let name = || wanted.id.is_none() && wanted.name.is_some() && network.name == wanted.name;
        is(&network.data_center, data_center) && (wanted.id.is_some() && network.id == wanted.id || name())
    };
    paths_where(state, NETWORKS, meant).into_iter().next()
}

/// The network that is meant by a name: that of the data center that a request is about.
fn named(state: &State, about: About<'_>, name: &str) -> Option<String> {
    match data_center(state, about) {
        Some(data_center) => find_in(state, &data_center, &Network::with_name(name)),
        None => state.by_name(NETWORKS, name),
    }
}

/// The data center that a request is about: that of what was sent, or that of the object to which its path leads.
fn data_center(state: &State, about: About<'_>) -> Option<String> {
    of_object(state, about.sent).or_else(|| data_center_of(state, about.path))
}

/// The data center of the object at a path, or of that to which it belongs.
pub(crate) fn data_center_of(state: &State, path: &str) -> Option<String> {
    let end = path.match_indices('/').nth(1).map_or(path.len(), |(end, _)| end);
    let owner = path.get(..end)?;
    match owner.starts_with("datacenters/") {
        true => Some(owner.to_owned()),
        false => of_object(state, state.object(owner)?),
    }
}

/// The data center to which an object refers, itself or by its cluster.
fn of_object(state: &State, object: &dyn Object) -> Option<String> {
    let refers = |name, collection| state.reference(collection, member(object, name)?.as_object()?).ok().flatten();
    let of_cluster = || path_of("datacenters", &state.get::<Cluster>(&refers("cluster", "clusters")?)?.data_center);
    refers("data_center", "datacenters").or_else(of_cluster)
}
