//! Cluster levels.

use crate::resources::common::cluster_level::{self, FEATURES, LISTED};
use crate::resources::paths::{CLUSTER_FEATURES, CLUSTER_LEVELS};
use crate::state::State;

pub(super) fn fill(state: &mut State) {
    for minor in LISTED {
        let path = state.insert(CLUSTER_LEVELS, cluster_level::level(minor));
        for row in FEATURES {
            state.insert(&format!("{path}/{CLUSTER_FEATURES}"), cluster_level::feature(row));
        }
    }
}
