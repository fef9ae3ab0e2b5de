//! Lookup of vNIC profiles.

use crate::resources::common::network::find_in;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::paths::{NETWORKS, VNIC_PROFILES};
use crate::state::State;
use ovirt_sdk::types::{Network, VnicProfile};

/// The default filter of profiles.
pub(crate) const DEFAULT_FILTER: &str = "vdsm-no-mac-spoofing";

/// Finds a profile of a data center by its name, its network or both.
pub(crate) fn find(state: &State, data_center: &str, network: Option<&Network>, name: Option<&str>) -> Option<String> {
    let network = match network {
        Some(network) => Some(find_in(state, data_center, network)?),
        None => None,
    };
    let is_here = |profile: &VnicProfile| match &network {
        Some(network) => references::refers_to(&profile.network, network),
        None => path_of(NETWORKS, &profile.network)
            .and_then(|path| state.get::<Network>(&path))
            .is_some_and(|network| references::refers_to(&network.data_center, data_center)),
    };
    let fits = |profile: &VnicProfile| (name.is_none() || profile.name.as_deref() == name) && is_here(profile);
    paths_where(state, VNIC_PROFILES, fits).into_iter().next()
}
