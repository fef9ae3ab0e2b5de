//! Networks.

pub(crate) mod defaults;
pub(crate) mod network_labels;
pub(crate) mod remove;

use crate::api::{Call, Context, Fault, Reference, Registry, Reply};
use crate::path::last;
use crate::resources::clusters::networks::show_cluster_network;
use crate::resources::common::bean::Violations;
use crate::resources::common::fields::fill_unset;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::{names, network, network_usage, qos};
use crate::resources::networks::defaults::complete_network;
use crate::resources::openstack_network_providers::add_provided_network;
use crate::resources::paths::{
    DATA_CENTERS, NETWORK_FILTERS, NETWORKS, OPENSTACK_NETWORK_PROVIDERS, VNIC_PROFILES, is_in,
};
use crate::resources::vnic_profiles::add_default_profile;
use crate::signal::Signal;
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, member, member_mut};
use ovirt_sdk::types::{DataCenter, Network, NetworkUsage, VnicProfile};

pub(super) fn register(registry: &mut Registry) {
    registry.on("networks", "add", add);
    registry.on("network", "update", update);
    registry.render("network", show);
    registry.resolve_name("network", find_by_name);
    registry.view("network_filters", |state, _| state.paths(NETWORK_FILTERS));
    network_labels::register(registry);
    remove::register(registry);
}

/// Fails if another network of the data center has the name, or uses it on hosts.
fn check_name(state: &State, network: &Network, data_center: &str, own: Option<&str>) -> Result<(), Fault> {
    let Some(name) = network.name.as_deref() else { return Ok(()) };
    let is_in = |other: &Network| references::refers_to(&other.data_center, data_center);
    if names::is_taken(state, NETWORKS, own, |other: &Network| is_in(other) && other.name.as_deref() == Some(name)) {
        let why = format!(
            "The name of the logical network '{name}' is already used by an existing logical network in the same \
             data-center.\n-Please choose a different name."
        );
        return Err(Fault::cannot(if own.is_some() { "edit Network" } else { "add Network" }, &why));
    }
    let others =
        paths_where(state, NETWORKS, |other: &Network| is_in(other) && other.vdsm_name.as_deref() == Some(name));
    match others.iter().find(|path| Some(path.as_str()) != own) {
        None => Ok(()),
        Some(other) => Err(Fault::bad(&format!(
            "Bad network name ({name}). The name is already used as an on-host identifier of the network: {}",
            state.name_of(other)
        ))),
    }
}

/// Checks single values.
fn check_values(network: &Network) -> Result<(), Fault> {
    let mut violations = Violations::default();
    violations.check_length("network.name", network.name.as_deref(), 0, 256);
    violations.check_length("network.description", network.description.as_deref(), 0, 4000);
    let vlan = network.vlan.as_ref().and_then(|vlan| vlan.id);
    if vlan.is_some_and(|vlan| !(0..=4094).contains(&vlan)) {
        violations.add("network.vlanId", "VLAN ID must be a number between 0 and 4094.");
    }
    if network.mtu.is_some_and(|mtu| mtu != 0 && mtu < 68) {
        // The engine lacks the text of this message.
        violations.add("network.mtu", "mtu value invalid");
    }
    violations.into_result()
}

/// Checks what depends on the usage of a network, and the prefix of the name.
fn check_usage(network: &Network, action: &str) -> Result<(), Fault> {
    let is_for_vms = network::is_for_vms(network);
    if network.stp == Some(true) && !is_for_vms {
        return Err(Fault::cannot(action, "STP can only be enabled on VM Networks."));
    }
    if network.port_isolation == Some(true) && !is_for_vms {
        return Err(Fault::cannot(action, "Port isolation can only be enabled on VM Networks."));
    }
    if network.port_isolation == Some(true) && network.external_provider.is_some() {
        return Err(Fault::cannot(action, "Port isolation cannot be enabled on External Networks."));
    }
    if network.name.as_deref().unwrap_or_default().to_lowercase().starts_with("bond") {
        return Err(Fault::bad("Bad network name, network cannot start with 'bond'"));
    }
    Ok(())
}

fn unknown_data_center() -> Fault {
    Fault::bad("Data Center doesn't exist.")
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.target.service.name == "networks" && !call.parent().is_empty() {
        return add_to_bond(call);
    }
    const ACTION: &str = "add Network";
    let below_data_center = call.target.service.name == "data_center_networks";
    call.require(if below_data_center { &["name"] } else { &["data_center.name|id"] })?;
    let mut network: Network = call.body()?;
    let sent = path_of(DATA_CENTERS, &network.data_center).unwrap_or_default();
    let data_center = if below_data_center { call.parent() } else { sent };
    check_values(&network)?;
    if !call.state.contains(&data_center) {
        return Err(unknown_data_center());
    }
    network.data_center = Some(Box::new(DataCenter::with_id(last(&data_center))));
    check_usage(&network, ACTION)?;
    check_name(call.state, &network, &data_center, None)?;
    qos::resolve(call.state, &mut network.qos, || qos::not_found(ACTION))?;
    let wants_profile = network.profile_required.take().unwrap_or(true);
    let provider = path_of(OPENSTACK_NETWORK_PROVIDERS, &network.external_provider);
    if let Some(provider) = &provider {
        check_external(call.state, &network, provider)?;
    }
    complete_network(call.state, &mut network);
    let is_for_vms = network::is_for_vms(&network);
    let path = call.store(Box::new(network))?;
    if wants_profile && is_for_vms {
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

/// Checks a network of an external provider.
fn check_external(state: &State, network: &Network, provider: &str) -> Result<(), Fault> {
    const ACTION: &str = "add Network";
    if !state.contains(provider) {
        return Err(Fault::invalid(ACTION, "The provider does not exist in the system."));
    }
    match network::is_for_vms(network) {
        true => Ok(()),
        false => Err(Fault::invalid(ACTION, "An external network cannot be a non-VM network.")),
    }
}

/// Adds a network to an iSCSI bond.
fn add_to_bond(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let network: Network = call.body()?;
    let found = call.state.reference(NETWORKS, &network)?.ok_or_else(Fault::not_found)?;
    let collection = call.path();
    call.state.insert(&collection, Network::with_id(last(&found)));
    Ok(Reply::Completed)
}

pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "edit Network";
    let mut change: Network = call.body()?;
    let path = call.path();
    let old = call.state.find::<Network>(&path)?.clone();
    let data_center = path_of(DATA_CENTERS, &old.data_center).unwrap_or_default();
    check_values(&change)?;
    if path_of(DATA_CENTERS, &change.data_center).is_some_and(|sent| !call.state.contains(&sent)) {
        return Err(unknown_data_center());
    }
    let mut merged = change.clone();
    fill_unset(&mut merged, &old, &[]);
    check_usage(&merged, ACTION)?;
    qos::resolve(call.state, &mut change.qos, || qos::not_found(ACTION))?;
    if change.data_center.as_ref().is_some_and(|it| it.id.is_some() && it.id.as_deref() != Some(last(&data_center))) {
        return Err(Fault::invalid(ACTION, "Change of Data Center ID is not allowed."));
    }
    check_name(call.state, &change, &data_center, Some(&path))?;
    if !network::is_for_vms(&merged) && network::is_for_vms(&old) {
        network_usage::check_unused(call.state, &path, ACTION)?;
    }
    if merged.port_isolation != old.port_isolation {
        return Err(Fault::invalid(ACTION, "Port isolation option cannot be updated after Network is defined."));
    }
    if merged.name != old.name {
        network_usage::check_unused_by_hosts(call.state, &path, ACTION)?;
        network_usage::check_unused_by_templates(call.state, &path, ACTION)?;
    }
    if old.external_provider.is_some()
        && (merged.vlan != old.vlan
            || merged.stp != old.stp
            || network::is_for_vms(&merged) != network::is_for_vms(&old))
    {
        let why = "External network details (except name, description and MTU) cannot be changed.";
        return Err(Fault::invalid(ACTION, why));
    }
    if let Some(usages) = change.usages.take() {
        let is_for_vms = usages.contains(&NetworkUsage::Vm);
        if !is_for_vms {
            let of_network = |profile: &VnicProfile| references::refers_to(&profile.network, &path);
            for profile in paths_where(call.state, VNIC_PROFILES, of_network) {
                call.state.remove(&profile);
            }
        }
        change.usages = Some(if is_for_vms { vec![NetworkUsage::Vm] } else { Vec::new() });
    }
    // These fields belong to the networks of clusters.
    change.required = None;
    change.display = None;
    change.status = None;
    let reply = call.change(&change)?;
    if let (Some(vlan), Some(network)) = (change.vlan, call.state.get_mut::<Network>(&path)) {
        // An element without an identifier removes the tag.
        network.vlan = Some(vlan).filter(|vlan| vlan.id.is_some());
    }
    call.state.emit(&Signal::NetworkChanged { network: path.clone() });
    let text = format!(
        "Network {} was updated on Data Center: {}",
        call.state.name_of(&path),
        call.state.name_of(&data_center)
    );
    call.state.event(1114, Severity::Normal, &text, &[&data_center]);
    Ok(reply)
}

/// Completes a network of a cluster or of an iSCSI bond with the fields of the network of the data center.
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

/// The network with a name in the data center that a request is about.
fn find_by_name(state: &State, place: Reference<'_>, name: &str) -> Option<String> {
    match network::data_center(state, place) {
        Some(data_center) => network::find_in(state, &data_center, &Network::with_name(name)),
        None => state.by_name(NETWORKS, name),
    }
}
