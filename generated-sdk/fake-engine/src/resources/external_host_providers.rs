//! Providers of external hosts.

use crate::api::Registry;
use crate::resources::common::external_provider;

pub(super) fn register(registry: &mut Registry) {
    registry.on("external_host_providers", "add", external_provider::add);
    registry.on("external_host_provider", "update", external_provider::update);
    registry.on("external_host_provider", "test_connectivity", external_provider::test_connectivity);
}
