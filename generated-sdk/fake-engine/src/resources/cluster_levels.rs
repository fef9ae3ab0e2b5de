//! Cluster levels.

use crate::api::Registry;
use crate::resources::paths::CLUSTER_FEATURES;

pub(super) fn register(registry: &mut Registry) {
    // The engine has no link to the features.
    registry.hide_link("cluster_level", CLUSTER_FEATURES);
}
