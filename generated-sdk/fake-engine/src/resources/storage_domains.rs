//! Storage domains.

pub(crate) mod connections;
pub(crate) mod create;
pub(crate) mod disks;
pub(crate) mod files;
pub(crate) mod images;
pub(crate) mod imports;
pub(crate) mod is_attached;
pub(crate) mod luns;
pub(crate) mod remove;
pub(crate) mod show;
pub(crate) mod templates;
pub(crate) mod unregistered;
pub(crate) mod update;
pub(crate) mod update_ovf_store;
pub(crate) mod vms;

use crate::api::Registry;

pub(super) fn register(registry: &mut Registry) {
    connections::register(registry);
    create::register(registry);
    disks::register(registry);
    files::register(registry);
    images::register(registry);
    is_attached::register(registry);
    luns::register(registry);
    remove::register(registry);
    show::register(registry);
    templates::register(registry);
    update::register(registry);
    update_ovf_store::register(registry);
    vms::register(registry);
}
