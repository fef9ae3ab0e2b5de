//! What a cluster makes use of: features of its level, and providers of networks.

use super::super::super::Registry;
use super::super::levels;
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::state::State;
use ovirt_sdk::types::{ClusterFeature, ExternalProvider, List, OpenStackNetworkProvider};

pub(super) fn register(registry: &mut Registry) {
    registry.on("cluster_enabled_features", "add", enable);
}

fn enable(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id"])?;
    let feature: ClusterFeature = call.body()?;
    let (parent, id) = (call.parent(), feature.id.unwrap_or_default());
    enable_one(call.state, &parent, &id).map(Reply::Created)
}

pub(super) fn enable_all(state: &mut State, cluster: &str, wanted: Option<List<ClusterFeature>>) -> Result<(), Fault> {
    for feature in wanted.into_iter().flatten() {
        enable_one(state, cluster, &feature.id.unwrap_or_default())?;
    }
    Ok(())
}

fn enable_one(state: &mut State, cluster: &str, id: &str) -> Result<String, Fault> {
    let row = levels::FEATURES.iter().find(|(known, _, _)| *known == id).ok_or_else(Fault::not_found)?;
    Ok(state.insert(&format!("{cluster}/enabledfeatures"), levels::feature(row)))
}

/// Lets the networks of a cluster come from providers.
pub(super) fn use_providers(state: &mut State, cluster: &str, wanted: Option<List<ExternalProvider>>) {
    for provider in wanted.into_iter().flatten() {
        let named = || state.by_name("openstacknetworkproviders", provider.name.as_deref()?);
        let path = provider.id.as_ref().map(|id| format!("openstacknetworkproviders/{id}")).or_else(named);
        let Some(path) = path else { continue };
        let Some(known) = state.get::<OpenStackNetworkProvider>(&path) else { continue };
        let mut shown = ExternalProvider::new();
        shown.id.clone_from(&known.id);
        shown.name.clone_from(&known.name);
        shown.description.clone_from(&known.description);
        shown.url.clone_from(&known.url);
        shown.requires_authentication = known.requires_authentication;
        shown.href = Some(path);
        state.insert(&format!("{cluster}/externalnetworkproviders"), shown);
    }
}
