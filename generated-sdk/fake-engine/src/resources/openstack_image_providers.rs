//! Providers of external images.

use crate::api::Registry;
use crate::resources::common::external_provider;

pub(super) fn register(registry: &mut Registry) {
    registry.on("openstack_image_providers", "add", external_provider::add);
    registry.on("openstack_image_provider", "update", external_provider::update);
    registry.on("openstack_image_provider", "test_connectivity", external_provider::test_connectivity);
}
