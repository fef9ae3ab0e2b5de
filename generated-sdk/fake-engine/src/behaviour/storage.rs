//! Storage domains, disks and how they get in and out.

mod adding;
mod attached;
pub(crate) mod attachments;
pub(crate) mod block;
pub(crate) mod connections;
pub(crate) mod data;
mod disk_actions;
pub(crate) mod disks;
pub(crate) mod domains;
pub(crate) mod files;
mod gluster;
mod layers;
mod making;
mod profiles;
mod transfers;
mod unregistered;

use super::{GIB, Registry};

/// Where disks live.
pub(crate) const DISKS: &str = "disks";
/// Where storage domains live.
pub(crate) const DOMAINS: &str = "storagedomains";

pub(super) fn register(registry: &mut Registry) {
    disks::register(registry);
    disk_actions::register(registry);
    attachments::register(registry);
    domains::register(registry);
    attached::register(registry);
    making::register(registry);
    unregistered::register(registry);
    block::register(registry);
    connections::register(registry);
    files::register(registry);
    transfers::register(registry);
    layers::register(registry);
    profiles::register(registry);
    gluster::register(registry);
}
