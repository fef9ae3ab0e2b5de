//! Snapshots of virtual machines.

pub(crate) mod contents;
pub(crate) mod create;
pub(crate) mod preview;
pub(crate) mod remove;
mod show;
pub(crate) mod stateless;

use crate::api::{Registry, on_signal};
use crate::path::last;
use crate::resources::paths::{DISKS, SNAPSHOTS, VMS};
use crate::state::State;

pub(super) fn register(registry: &mut Registry) {
    on_signal!(registry, |state, DiskRemoved { disk }| forget_disk(state, disk));
    create::register(registry);
    preview::register(registry);
    remove::register(registry);
    show::register(registry);
}

/// Removes the images of a disk from all snapshots.
fn forget_disk(state: &mut State, disk: &str) {
    let id = last(disk);
    for vm in state.paths(VMS) {
        for snapshot in state.paths(&format!("{vm}/{SNAPSHOTS}")) {
            state.remove(&format!("{snapshot}/{DISKS}/{id}"));
        }
    }
}
