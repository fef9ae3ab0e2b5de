//! Providers of external networks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::messages::with_names;
use crate::resources::common::references::{self, default_to, paths_where};
use crate::resources::common::{external_provider, names, network, network_usage};
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
    registry.on("openstack_network_provider", "update", update);
    registry.on("openstack_network_provider", "remove", remove);
    registry.on("openstack_network_provider", "test_connectivity", external_provider::test_connectivity);
    registry.on("openstack_network", "import", import);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    external_provider::check_name(call)?;
    let mut provider: OpenStackNetworkProvider = call.body()?;
    default_to(&mut provider.requires_authentication, false);
    default_to(&mut provider.read_only, false);
    default_to(&mut provider.auto_sync, false);
    default_to(&mut provider.unmanaged, false);
    default_to(&mut provider.type_, OpenStackNetworkProviderType::Neutron);
    default_to(&mut provider.plugin_type, NetworkPluginType::OpenVswitch);
    check_name(call, &provider, None)?;
    check_credentials(&provider, "add provider")?;
    call.store(Box::new(provider)).map(Reply::Created)
}

/// Fails if another provider of networks has the name.
fn check_name(call: &Call<'_>, provider: &OpenStackNetworkProvider, own: Option<&str>) -> Result<(), Fault> {
    let has_name = |other: &OpenStackNetworkProvider| provider.name.is_some() && other.name == provider.name;
    let action = if own.is_some() { "edit provider" } else { "add provider" };
    match names::is_taken(call.state, OPENSTACK_NETWORK_PROVIDERS, own, has_name) {
        true => Err(Fault::cannot(
            action,
            "The provider name is already in use, please choose a unique name and try again.",
        )),
        false => Ok(()),
    }
}

/// Checks the credentials of a provider.
fn check_credentials(provider: &OpenStackNetworkProvider, action: &str) -> Result<(), Fault> {
    if provider.password.as_deref().is_some_and(|password| password.chars().count() > 200) {
        return Err(Fault::invalid(action, "The password must not exceed 200 characters."));
    }
    if provider.requires_authentication != Some(true) {
        return Ok(());
    }
    let is_missing = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    let missing = [
        (is_missing(&provider.username), "a user name"),
        (is_missing(&provider.password), "a password"),
        (is_missing(&provider.authentication_url), "an authentication url"),
        (
            provider.type_ == Some(OpenStackNetworkProviderType::Neutron)
                && is_missing(&provider.tenant_name)
                && is_missing(&provider.user_domain_name),
            "a tenant name or a user domain name",
        ),
    ];
    match missing.iter().find(|(is_missing, _)| *is_missing) {
        Some((_, part)) => {
            Err(Fault::bad(&format!("An Openstack Neutron provider with authentication enabled requires {part}.")))
        }
        None => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "edit provider";
    external_provider::check_name(call)?;
    let change: OpenStackNetworkProvider = call.body()?;
    let path = call.path();
    let old = call.state.find::<OpenStackNetworkProvider>(&path)?.clone();
    check_name(call, &change, Some(&path))?;
    if change.password.as_deref().is_some_and(|password| password.chars().count() > 200) {
        return Err(Fault::invalid(ACTION, "The password must not exceed 200 characters."));
    }
    if change.type_.is_some() && change.type_ != old.type_ {
        return Err(Fault::invalid(ACTION, "The provider type cannot be changed."));
    }
    call.change(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let using =
        |cluster: &String| call.state.contains(&format!("{cluster}/{EXTERNAL_NETWORK_PROVIDERS}/{}", last(&path)));
    let clusters: Vec<String> = call.state.paths(CLUSTERS).into_iter().filter(using).collect();
    let provided =
        paths_where(call.state, NETWORKS, |network: &Network| references::refers_to(&network.external_provider, &path));
    let is_used = |network: &&String| network_usage::check_unused(call.state, network, "remove Network").is_err();
    let used: Vec<String> = provided.iter().filter(is_used).map(|network| call.state.name_of(network)).collect();
    if !used.is_empty() {
        let networks = match used.len() {
            1 => "External network is used by virtual machines and/or templates:",
            _ => {
                "Several external networks (${NETWORK_NAMES_COUNTER}) are being used by virtual machines and/or \
                 templates:"
            }
        };
        let message = format!(
            "{networks}\n${{NETWORK_NAMES}}\n - Please resolve the external networks usage first and try again."
        );
        return Err(Fault::cannot("remove provider", &with_names(&message, "NETWORK_NAMES", &used)));
    }
    if !clusters.is_empty() {
        let names: Vec<String> = clusters.iter().map(|cluster| call.state.name_of(cluster)).collect();
        let message = "External network provider is used as default network provider in the following \
                       cluster/s:\n${CLUSTER_NAMES}\n - Please change default network provider first and try again.";
        return Err(Fault::cannot("remove provider", &with_names(message, "CLUSTER_NAMES", &names)));
    }
    for network in provided {
        remove_network(call.state, &network);
    }
    call.remove()
}

/// Adds a network of a provider to a data center.
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

/// Adds a network of a data center to its provider.
pub(crate) fn add_provided_network(state: &mut State, provider: &str, name: &str) {
    let networks = format!("{OPENSTACK_NETWORK_PROVIDERS}/{}/{NETWORKS}", last(provider));
    if state.by_name(&networks, name).is_none() {
        let reference = OpenStackNetworkProvider::with_id(last(provider));
        let network = OpenStackNetwork::new().name(name).openstack_network_provider(reference);
        state.insert(&networks, network);
    }
}
