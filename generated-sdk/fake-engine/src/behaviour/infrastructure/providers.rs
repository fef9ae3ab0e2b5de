//! Providers: other systems from which networks, images and volumes come.

use super::super::Registry;
use super::{default_to, is, networks, paths_where};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::state::{State, above, last};
use ovirt_sdk::types::{
    DataCenter, Network, NetworkPluginType, OpenStackNetwork, OpenStackNetworkProvider, OpenStackNetworkProviderType,
};

const PROVIDERS: &str = "openstacknetworkproviders";

pub(super) fn register(registry: &mut Registry) {
    registry.on("openstack_network_providers", "add", add);
    registry.on("openstack_network_provider", "remove", remove);
    registry.on("openstack_network", "import", import);
    for service in [
        "openstack_network_provider",
        "openstack_image_provider",
        "openstack_volume_provider",
        "external_host_provider",
    ] {
        registry.on(service, "test_connectivity", test_connectivity);
    }
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
    let using = |cluster: &String| call.state.contains(&format!("{cluster}/externalnetworkproviders/{}", last(&path)));
    let clusters: Vec<String> = call.state.paths("clusters").into_iter().filter(using).collect();
    if !clusters.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove provider. External network provider is used as default network provider in the following \
             cluster/s:\n{}\n - Please change default network provider first and try again.",
            call.state.names_of(&clusters)
        )));
    }
    let provided = paths_where(call.state, "networks", |network: &Network| is(&network.external_provider, &path));
    for network in &provided {
        networks::refuse_if_used(call.state, network, "remove")?;
    }
    for network in provided {
        networks::forget(call.state, &network);
    }
    call.remove()
}

/// Providers are there, unless their URL says otherwise.
fn test_connectivity(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let object = call.state.object(&path).ok_or_else(Fault::not_found)?;
    let url = ovirt_sdk::object::member(object, "url").and_then(|slot| slot.text()).unwrap_or_default();
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(Reply::Done);
    }
    Err(Fault::conflict("Failed to communicate with the external provider, see log for additional details."))
}

/// A network of a provider becomes one of a data center.
fn import(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let data_center = call.object::<DataCenter>("data_center");
    let data_center = data_center.ok_or_else(|| Fault::incomplete("Action", &["dataCenter.id|name"], "import"))?;
    let data_center = call.state.reference("datacenters", &data_center)?.ok_or_else(Fault::not_found)?;
    let name = call.state.find::<OpenStackNetwork>(&path)?.name.clone().unwrap_or_default();
    let wanted = Network::with_name(name.as_str());
    if networks::find_in(call.state, &data_center, &wanted).is_some() {
        return Err(Fault::conflict(&format!(
            "Cannot import Network. The name of the logical network '{name}' is already used by an existing logical \
             network in the same data-center.\n-Please choose a different name."
        )));
    }
    let provider = OpenStackNetworkProvider::with_id(last(above(&path, 2)));
    let mut network = wanted.data_center(DataCenter::with_id(last(&data_center))).external_provider(provider);
    networks::complete(call.state, &mut network);
    let network = call.state.insert("networks", network);
    networks::make_profile(call.state, &network);
    Ok(Reply::Done)
}

/// A network that is added to a data center is made by its provider, too.
pub(super) fn provide(state: &mut State, provider: &str, name: &str) {
    let networks = format!("{PROVIDERS}/{}/networks", last(provider));
    if state.by_name(&networks, name).is_none() {
        let reference = OpenStackNetworkProvider::with_id(last(provider));
        let network = OpenStackNetwork::new().name(name).openstack_network_provider(reference);
        state.insert(&networks, network);
    }
}
