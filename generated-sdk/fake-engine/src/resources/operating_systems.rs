//! Operating systems of VMs.

use crate::api::Registry;

pub(super) fn register(registry: &mut Registry) {
    registry.ignore_max("operating_systems");
}
