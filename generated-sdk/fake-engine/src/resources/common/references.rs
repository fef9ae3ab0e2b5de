//! References between objects, and lookups by them.

use crate::api::Fault;
use crate::fields::id_of;
use crate::path::last;
use crate::resources::paths::{INSTANCE_TYPES, TEMPLATES};
use crate::state::State;
use ovirt_sdk::object::{Object, Struct};

/// Whether something refers to the object at a path.
pub(crate) fn refers_to<T: Struct>(reference: &Option<Box<T>>, path: &str) -> bool {
    reference.as_deref().and_then(|it| id_of(it)).as_deref() == Some(last(path))
}

/// The path of the object that a reference means.
pub(crate) fn path_of<T: Struct>(collection: &str, reference: &Option<Box<T>>) -> Option<String> {
    reference.as_deref().and_then(|it| id_of(it)).map(|id| format!("{collection}/{id}"))
}

/// The name of the object that a reference means; empty without a reference.
pub(crate) fn name_of<T: Struct>(state: &State, collection: &str, reference: &Option<Box<T>>) -> String {
    path_of(collection, reference).map(|path| state.name_of(&path)).unwrap_or_default()
}

/// The paths of the objects of a collection that meet a condition.
pub(crate) fn paths_where<T: Struct>(state: &State, collection: &str, fits: impl Fn(&T) -> bool) -> Vec<String> {
    state.list::<T>(collection).filter(|(_, object)| fits(object)).map(|(path, _)| path).collect()
}

/// Sets a field that is unset.
pub(crate) fn default_to<V>(slot: &mut Option<V>, value: V) {
    slot.get_or_insert(value);
}

/// The path of the machine that a path below it belongs to; itself for a machine.
pub(crate) fn top_level_object(path: &str) -> String {
    path.split('/').take(2).collect::<Vec<_>>().join("/")
}

/// The objects of a collection, copied.
pub(crate) fn list_cloned<T: Struct>(state: &State, collection: &str) -> Vec<(String, T)> {
    state.list::<T>(collection).map(|(path, object)| (path, object.clone())).collect()
}

/// Sets the reference of a device to its machine, template or instance type.
pub(crate) fn refer_to_owner<T: Object>(mut device: T, path: &str) -> T {
    let owner = match path.split('/').next() {
        Some(TEMPLATES) => "template",
        Some(INSTANCE_TYPES) => "instance_type",
        _ => "vm",
    };
    if let Some(owner) = ovirt_sdk::object::member_mut(&mut device, owner).and_then(|slot| slot.make_object()) {
        crate::fields::set_text(owner, "id", last(path));
    }
    device
}

/// 404: the request refers to an object that doesn't exist, in a place where the engine tells only its identifier or
/// name.
pub(crate) fn entity_not_found(name: &str) -> Fault {
    Fault::new(404, "Operation Failed", format!("Entity not found: {name}"))
}

/// The name of the current user, for texts.
pub(crate) fn acting_user(state: &State) -> String {
    state.actor.user.clone()
}

/// The object that has an identifier in any of the collections of that name below a collection at the root.
pub(crate) fn find_below_any(state: &State, root: &str, collection: &str, id: &str) -> Option<String> {
    state.paths(root).iter().map(|owner| format!("{owner}/{collection}/{id}")).find(|path| state.contains(path))
}
