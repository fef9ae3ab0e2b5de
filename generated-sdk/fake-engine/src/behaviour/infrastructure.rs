//! Data centers, clusters, hosts and networks, and what is defined for all of them.

pub(crate) mod clusters;
pub(crate) mod data_centers;
pub(crate) mod hosts;
pub(crate) mod levels;
pub(crate) mod networks;
mod options;
mod providers;
mod scheduling;

use super::Registry;
use crate::state::{State, id_of, last};
use ovirt_sdk::object::Struct;

pub(super) fn register(registry: &mut Registry) {
    data_centers::register(registry);
    clusters::register(registry);
    hosts::register(registry);
    networks::register(registry);
    options::register(registry);
    providers::register(registry);
    scheduling::register(registry);
}

/// Whether something refers to the object at a path.
pub(crate) fn is<T: Struct>(reference: &Option<Box<T>>, path: &str) -> bool {
    reference.as_deref().and_then(|it| id_of(it)).as_deref() == Some(last(path))
}

/// The path of what something refers to.
pub(crate) fn path_of<T: Struct>(collection: &str, reference: &Option<Box<T>>) -> Option<String> {
    reference.as_deref().and_then(|it| id_of(it)).map(|id| format!("{collection}/{id}"))
}

/// The paths of objects of a collection that fit.
pub(crate) fn paths_where<T: Struct>(state: &State, collection: &str, fits: impl Fn(&T) -> bool) -> Vec<String> {
    state.list::<T>(collection).filter(|(_, object)| fits(object)).map(|(path, _)| path).collect()
}

/// Sets a member that is absent.
pub(crate) fn default_to<V>(slot: &mut Option<V>, value: V) {
    slot.get_or_insert(value);
}
