//! Networks and what belongs to them.

pub(crate) mod defaults;
pub(crate) mod network_labels;
pub(crate) mod remove;

use crate::api::{Call, Context, Fault, Reference, Registry, Reply};
use crate::path::last;
use crate::resources::clusters::networks::show_cluster_network;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::{network, network_usage, qos};
use crate::resources::hosts::network_changes::network_changed;
use crate::resources::networks::defaults::complete_network;
use crate::resources::openstack_network_providers::add_provided_network;
use crate::resources::paths::{
    DATA_CENTERS, NETWORK_FILTERS, NETWORKS, OPENSTACK_NETWORK_PROVIDERS, VNIC_PROFILES, is_in,
};
use crate::resources::vnic_profiles::add_default_profile;
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, member, member_mut};
use ovirt_sdk::types::{DataCenter, Network, NetworkUsage, OpenStackNetworkProvider, VnicProfile};

pub(super) fn register(registry: &mut Registry) {
    registry.on("networks", "add", add);
    registry.on("network", "update", update);
    registry.render("network", show);
    registry.resolve_name("network", named);
    registry.view("network_filters", |state, _| state.paths(NETWORK_FILTERS));
    network_labels::register(registry);
    remove::register(registry);
}

/// Another network of that name in the data center.
fn taken(state: &State, network: &Network, data_center: &str, own: Option<&str>) -> Result<(), Fault> {
    let Some(name) = network.name.as_deref() else { return Ok(()) };
    let same =
        |other: &Network| references::refers_to(&other.data_center, data_center) && other.name.as_deref() == Some(name);
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
    if network.stp == Some(true) && !network::is_for_vms(network) {
        return Err(Fault::bad(&format!(
            "Cannot {action} Network. STP can only be enabled on Networks that are used for VMs."
        )));
    }
    Ok(())
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.target.service.name == "networks" && !call.parent().is_empty() {
        return add_to_bond(call);
    }
    let within = call.target.service.name == "data_center_networks";
    call.require(if within { &["name"] } else { &["name", "data_center.name|id"] })?;
    let mut network: Network = call.body()?;
    let named = path_of(DATA_CENTERS, &network.data_center).unwrap_or_default();
    let data_center = if within { call.parent() } else { named };
    call.state.find::<DataCenter>(&data_center)?;
    network.data_center = Some(Box::new(DataCenter::with_id(last(&data_center))));
    check(&network, "add")?;
    taken(call.state, &network, &data_center, None)?;
    let wants_profile = network.profile_required.take().unwrap_or(true);
    if let Some(provider) = path_of(OPENSTACK_NETWORK_PROVIDERS, &network.external_provider) {
        call.state.find::<OpenStackNetworkProvider>(&provider)?;
    }
    qos::locate(call.state, &mut network.qos)?;
    complete_network(call.state, &mut network);
    let for_machines = network::is_for_vms(&network);
    let provider = path_of(OPENSTACK_NETWORK_PROVIDERS, &network.external_provider);
    let path = call.store(Box::new(network))?;
    if wants_profile && for_machines {
        add_default_profile(call.state, &path);
    }
    let name = call.state.name_of(&path);
    if let Some(provider) = provider {
        add_provided_network(call.state, &provider, &name);
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
    Ok(Reply::Completed)
}

pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Network = call.body()?;
    let path = call.path();
    let old = call.state.find::<Network>(&path)?.clone();
    let data_center = path_of(DATA_CENTERS, &old.data_center).unwrap_or_default();
    if change.data_center.is_some() && !references::refers_to(&change.data_center, &data_center) {
        return Err(Fault::conflict("Cannot edit Network. Change of Data Center ID is not allowed."));
    }
    check(&change, "edit")?;
    taken(call.state, &change, &data_center, Some(&path))?;
    let is_managed = network::manages_any(call.state, &path);
    if is_managed && change.name.is_some() && change.name != old.name {
        return Err(Fault::conflict(&format!(
            "Cannot edit Network. The Management Network ('{}') is mandatory and cannot be renamed.",
            old.name.unwrap_or_default()
        )));
    }
    let usages = change.usages.take();
    if let Some(usages) = usages {
        let for_machines = usages.contains(&NetworkUsage::Vm);
        if !for_machines && network::is_for_vms(&old) {
            network_usage::refuse_if_used(call.state, &path, "edit")?;
            for profile in
                paths_where(call.state, VNIC_PROFILES, |it: &VnicProfile| references::refers_to(&it.network, &path))
            {
                call.state.remove(&profile);
            }
        }
        change.usages = Some(if for_machines { vec![NetworkUsage::Vm] } else { Vec::new() });
    }
    qos::locate(call.state, &mut change.qos)?;
    // Those of clusters are changed where the cluster's networks are.
    change.required = None;
    change.display = None;
    change.status = None;
    let reply = call.change(&change)?;
    network_changed(call.state, &path);
    let text = format!(
        "Network {} was updated on Data Center: {}",
        call.state.name_of(&path),
        call.state.name_of(&data_center)
    );
    call.state.event(1114, Severity::Normal, &text, &[&data_center]);
    Ok(reply)
}

/// A network as a cluster, or an iSCSI bond, has it: what is not its own is that of the data center's.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    if is_in(path, NETWORKS) {
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
    show_cluster_network(state, path, shown);
}

/// The network that is meant by a name: that of the data center that a request is about.
fn named(state: &State, place: Reference<'_>, name: &str) -> Option<String> {
    match network::data_center(state, place) {
        Some(data_center) => network::find_in(state, &data_center, &Network::with_name(name)),
        None => state.by_name(NETWORKS, name),
    }
}
