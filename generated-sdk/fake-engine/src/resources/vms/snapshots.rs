//! Snapshots of virtual machines.

pub(crate) mod contents;
pub(crate) mod create;
pub(crate) mod preview;
pub(crate) mod remove;
pub(crate) mod stateless;

use crate::api::registry::Registry;

pub(super) fn register(registry: &mut Registry) {
    create::register(registry);
    preview::register(registry);
    remove::register(registry);
}
