//! Templates.

pub(crate) mod create;
pub(crate) mod disks;
pub(crate) mod export;
pub(crate) mod nics;
pub(crate) mod remove;
pub(crate) mod update;

use crate::api::Registry;
use crate::resources::common::devices;
use crate::resources::vms::{graphics_consoles, mediated_devices, watchdogs};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template_graphics_consoles", "add", graphics_consoles::add);
    registry.on("template_mediated_devices", "add", mediated_devices::add);
    registry.on("template_watchdogs", "add", watchdogs::add);
    registry.render("template", devices::show_devices);
    create::register(registry);
    disks::register(registry);
    export::register(registry);
    nics::register(registry);
    remove::register(registry);
    update::register(registry);
}
