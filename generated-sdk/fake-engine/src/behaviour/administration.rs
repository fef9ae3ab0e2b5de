//! Who may do what, and what the engine keeps about it: users, roles, tags, affinity, quotas, jobs, events.

pub(crate) mod access;
mod affinity;
mod history;
pub(crate) mod people;
mod roles;
mod tags;

use super::Registry;

pub(super) fn register(registry: &mut Registry) {
    access::register(registry);
    affinity::register(registry);
    history::register(registry);
    people::register(registry);
    roles::register(registry);
    tags::register(registry);
}
