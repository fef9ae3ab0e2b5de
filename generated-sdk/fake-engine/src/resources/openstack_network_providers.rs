//! Providers of external networks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::references::{self, default_to, paths_where};
use crate::resources::common::{external_provider, network, network_usage};
use crate::resources::networks::defaults::complete_network;
use crate::resources::networks::remove::remove_network;
use crate::resources::paths::{
    CLUSTERS, DATA_CENTERS, EXTERNAL_NETWORK_PROVIDERS, NETWORKS, OPENSTACK_NETWORK_PROVIDERS,
};
use crate::resources::vnic_profiles::add_default_profile;
use crate::state::State;
use ovirt_sdk::types::{
    DataCenter, Network, NetworkPluginType, OpenStackNetwork, OpenStackNetworkProvider, OpenStackNetworkProviderType,
};

pub(super) fn register(registry: &mut Registry) {
    registry.on("openstack_network_providers", "add", add);
    registry.on("openstack_network_provider", "remove", remove);
    registry.on("openstack_network_provider", "test_connectivity", external_provider::test_connectivity);
    registry.on("openstack_network", "import", import);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut provider: OpenStackNetworkProvider = call.body()?;
    default_to(&mut provider.requires_authentication, false);
    default_to(&mut provider.read_only, false);
    default_to(&mut provider.auto_sync, false);
    default_to(&mut provider.unmanaged, false);
    default_to(&mut provider.type_, OpenStackNetworkProviderType::Neutron);
    default_to(&mut provider.plugin_type, NetworkPluginType::OpenVswitch);
    if provider.requires_authentication == Some(true) {
        let missing = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
        if missing(&provider.username) {
            return Err(Fault::bad("An Openstack Neutron provider with authentication enabled requires a user name."));
        }
        if missing(&provider.password) {
            return Err(Fault::bad("An Openstack Neutron provider with authentication enabled requires a password."));
        }
        if missing(&provider.authentication_url) {
            return Err(Fault::bad(
                "An Openstack Neutron provider with authentication enabled requires an authentication url.",
            ));
        }
    }
    call.add(Box::new(provider))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let using =
        |cluster: &String| call.state.contains(&format!("{cluster}/{EXTERNAL_NETWORK_PROVIDERS}/{}", last(&path)));
    let clusters: Vec<String> = call.state.paths(CLUSTERS).into_iter().filter(using).collect();
    if !clusters.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove provider. External network provider is used as default network provider in the following \
             cluster/s:\n{}\n - Please change default network provider first and try again.",
            call.state.names_of(&clusters)
        )));
    }
    let provided =
        paths_where(call.state, NETWORKS, |network: &Network| references::refers_to(&network.external_provider, &path));
    for network in &provided {
        network_usage::refuse_if_used(call.state, network, "remove")?;
    }
    for network in provided {
        remove_network(call.state, &network);
    }
    call.remove()
}

/// A network of a provider becomes one of a data center.
fn import(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let data_center = call.object::<DataCenter>("data_center");
    let data_center = data_center.ok_or_else(|| Fault::incomplete("Action", &["dataCenter.id|name"], "import"))?;
    let data_center = call.state.reference(DATA_CENTERS, &data_center)?.ok_or_else(Fault::not_found)?;
    let name = call.state.find::<OpenStackNetwork>(&path)?.name.clone().unwrap_or_default();
    let wanted = Network::with_name(name.as_str());
    if network::find_in(call.state, &data_center, &wanted).is_some() {
        return Err(Fault::conflict(&format!(
            "Cannot import Network. The name of the logical network '{name}' is already used by an existing logical \
             network in the same data-center.\n-Please choose a different name."
        )));
    }
    let provider = OpenStackNetworkProvider::with_id(last(above(&path, 2)));
    let mut network = wanted.data_center(DataCenter::with_id(last(&data_center))).external_provider(provider);
    complete_network(call.state, &mut network);
    let network = call.state.insert(NETWORKS, network);
    add_default_profile(call.state, &network);
    Ok(Reply::Completed)
}

/// A network that is added to a data center is made by its provider, too.
pub(crate) fn add_provided_network(state: &mut State, provider: &str, name: &str) {
    let networks = format!("{OPENSTACK_NETWORK_PROVIDERS}/{}/{NETWORKS}", last(provider));
    if state.by_name(&networks, name).is_none() {
        let reference = OpenStackNetworkProvider::with_id(last(provider));
        let network = OpenStackNetwork::new().name(name).openstack_network_provider(reference);
        state.insert(&networks, network);
    }
}
