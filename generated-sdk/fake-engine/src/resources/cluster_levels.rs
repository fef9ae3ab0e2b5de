//! Cluster levels.

use crate::api::Registry;
use crate::resources::paths::CLUSTER_FEATURES;

pub(super) fn register(registry: &mut Registry) {
    // The engine has no link to the features.
    registry.shows_link("cluster_level", |_, segment| segment != CLUSTER_FEATURES);
}
