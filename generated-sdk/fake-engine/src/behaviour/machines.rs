//! Virtual machines as they run, and their devices.

mod actions;
mod cdroms;
mod consoles;
pub(crate) mod defaults;
mod devices;
pub(crate) mod guard;
mod guest;
pub(crate) mod halt;
pub(crate) mod hosts;
mod macs;
pub(crate) mod migrate;
pub(crate) mod nics;
mod pending;
mod remove;
pub(crate) mod run;
mod show;
mod statistics;
mod update;

use super::Registry;

pub(super) fn register(registry: &mut Registry) {
    for register in [
        actions::register,
        cdroms::register,
        consoles::register,
        devices::register,
        halt::register,
        migrate::register,
        nics::register,
        remove::register,
        run::register,
        show::register,
        statistics::register,
        update::register,
    ] {
        register(registry);
    }
}
