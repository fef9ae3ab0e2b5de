//! Providers of external volumes.

use crate::api::Registry;
use crate::resources::common::external_provider;

pub(super) fn register(registry: &mut Registry) {
    registry.on("openstack_volume_provider", "test_connectivity", external_provider::test_connectivity);
}
