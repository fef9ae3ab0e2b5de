//! Networks below their data centers.

use crate::api::Registry;
use crate::resources::networks::{self, remove};

pub(super) fn register(registry: &mut Registry) {
    registry.on("data_center_networks", "add", networks::add);
    registry.on("data_center_network", "update", networks::update);
    registry.on("data_center_network", "remove", remove::remove);
}
