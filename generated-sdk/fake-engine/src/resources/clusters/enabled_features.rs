//! The features of its level that a cluster uses.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::cluster_level::{self, FEATURES};
use crate::resources::paths::ENABLED_FEATURES;
use crate::state::State;
use ovirt_sdk::types::{ClusterFeature, List};

pub(super) fn register(registry: &mut Registry) {
    registry.on("cluster_enabled_features", "add", enable);
}

fn enable(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let feature: ClusterFeature = call.body()?;
    let (parent, id) = (call.parent(), feature.id.unwrap_or_default());
    enable_one(call.state, &parent, &id).map(Reply::Created)
}

pub(crate) fn enable_all(state: &mut State, cluster: &str, wanted: Option<List<ClusterFeature>>) -> Result<(), Fault> {
    for feature in wanted.into_iter().flatten() {
        enable_one(state, cluster, &feature.id.unwrap_or_default())?;
    }
    Ok(())
}

fn enable_one(state: &mut State, cluster: &str, id: &str) -> Result<String, Fault> {
    let row = FEATURES.iter().find(|(known, _, _)| *known == id).ok_or_else(Fault::not_found)?;
    Ok(state.insert(&format!("{cluster}/{ENABLED_FEATURES}"), cluster_level::feature(row)))
}
