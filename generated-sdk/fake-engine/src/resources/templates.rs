//! Templates.

pub(crate) mod create;
pub(crate) mod disks;
pub(crate) mod export;
pub(crate) mod nics;
pub(crate) mod remove;
mod show;
pub(crate) mod update;

use crate::api::Registry;
use crate::resources::vms::{graphics_consoles, mediated_devices, watchdogs};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template_graphics_consoles", "add", graphics_consoles::add);
    registry.on("template_mediated_devices", "add", mediated_devices::add);
    registry.on("template_watchdogs", "add", watchdogs::add);
    create::register(registry);
    disks::register(registry);
    export::register(registry);
    nics::register(registry);
    remove::register(registry);
    show::register(registry);
    update::register(registry);
}
