//! Virtual machines as they run, and their devices.

mod actions;
mod cdroms;
mod consoles;
pub(in crate::fake_engine) mod defaults;
mod devices;
pub(in crate::fake_engine) mod guard;
mod guest;
pub(in crate::fake_engine) mod halt;
pub(in crate::fake_engine) mod hosts;
mod macs;
pub(in crate::fake_engine) mod migrate;
pub(in crate::fake_engine) mod nics;
mod pending;
mod remove;
pub(in crate::fake_engine) mod run;
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
