//! Disks.

pub(crate) mod convert;
pub(crate) mod copy;
pub(crate) mod create;
pub(crate) mod disk_snapshots;
pub(crate) mod export;
pub(crate) mod move_disk;
pub(crate) mod profile;
pub(crate) mod reduce;
pub(crate) mod refresh_lun;
pub(crate) mod remove;
pub(crate) mod show;
pub(crate) mod sparsify;
pub(crate) mod update;

use crate::api::Registry;

pub(super) fn register(registry: &mut Registry) {
    convert::register(registry);
    copy::register(registry);
    create::register(registry);
    disk_snapshots::register(registry);
    export::register(registry);
    move_disk::register(registry);
    reduce::register(registry);
    refresh_lun::register(registry);
    remove::register(registry);
    show::register(registry);
    sparsify::register(registry);
    update::register(registry);
}
