//! The providers of the networks that a cluster uses.

use crate::resources::paths::{EXTERNAL_NETWORK_PROVIDERS, OPENSTACK_NETWORK_PROVIDERS};
use crate::state::State;
use ovirt_sdk::types::{ExternalProvider, List, OpenStackNetworkProvider};

/// Adds providers to those of a cluster.
pub(crate) fn use_providers(state: &mut State, cluster: &str, wanted: Option<List<ExternalProvider>>) {
    for provider in wanted.into_iter().flatten() {
        let named = || state.by_name(OPENSTACK_NETWORK_PROVIDERS, provider.name.as_deref()?);
        let path = provider.id.as_ref().map(|id| format!("{OPENSTACK_NETWORK_PROVIDERS}/{id}")).or_else(named);
        let Some(path) = path else { continue };
        let Some(known) = state.get::<OpenStackNetworkProvider>(&path) else { continue };
        let mut shown = ExternalProvider::new();
        shown.id.clone_from(&known.id);
        shown.name.clone_from(&known.name);
        shown.description.clone_from(&known.description);
        shown.url.clone_from(&known.url);
        shown.requires_authentication = known.requires_authentication;
        shown.href = Some(path);
        state.insert(&format!("{cluster}/{EXTERNAL_NETWORK_PROVIDERS}"), shown);
    }
}
