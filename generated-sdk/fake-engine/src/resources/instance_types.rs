//! Instance types.

use crate::api::Registry;
use crate::resources::templates::nics;
use crate::resources::vms::{graphics_consoles, watchdogs};

pub(super) fn register(registry: &mut Registry) {
    registry.on("instance_type_graphics_consoles", "add", graphics_consoles::add);
    registry.on("instance_type_nics", "add", nics::add);
    registry.on("instance_type_watchdogs", "add", watchdogs::add);
}
