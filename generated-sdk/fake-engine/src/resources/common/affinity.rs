//! Members of affinity groups and labels, kept as notes.

use crate::api::{Call, Fault, Reply};
use crate::fields::id_of;
use crate::note::Note;
use crate::path::last;
use crate::resources::paths::{HOST_LABELS, HOSTS, VM_LABELS, VMS};
use crate::state::State;
use ovirt_sdk::object::{Object, Objects};

/// The note with the identifiers of the objects in a collection of a group or a label.
fn note_of(key: &str) -> Option<Note<Vec<String>>> {
    Some(match key {
        VMS => Note::new(VMS),
        HOSTS => Note::new(HOSTS),
        VM_LABELS => Note::new(VM_LABELS),
        HOST_LABELS => Note::new(HOST_LABELS),
        _ => return None,
    })
}

/// The identifiers of the objects in a collection of a group or a label.
pub(crate) fn noted(state: &State, owner: &str, key: &str) -> Vec<String> {
    note_of(key).and_then(|note| state.note(owner, note)).unwrap_or_default()
}

fn set_noted(state: &mut State, owner: &str, key: &str, ids: Vec<String>) {
    if let Some(note) = note_of(key) {
        state.set_note(owner, note, ids);
    }
}

/// The paths of the objects in a collection of a group or a label that still exist.
pub(crate) fn members(state: &State, owner: &str, key: &str, collection: &str) -> Vec<String> {
    let ids = noted(state, owner, key).into_iter();
    ids.map(|id| format!("{collection}/{id}")).filter(|path| state.contains(path)).collect()
}

pub(crate) fn add_member(state: &mut State, owner: &str, key: &str, id: &str) {
    let mut ids = noted(state, owner, key);
    ids.retain(|known| known != id);
    ids.push(id.to_owned());
    set_noted(state, owner, key, ids);
}

pub(crate) fn remove_member(state: &mut State, owner: &str, key: &str, id: &str) {
    let mut ids = noted(state, owner, key);
    ids.retain(|known| known != id);
    set_noted(state, owner, key, ids);
}

/// Removes an object from a collection of a group or a label.
pub(crate) fn remove_member_handler(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let key = call.target.address.rsplit_once('/').map_or("", |(above, _)| last(above)).to_owned();
    let (owner, id) = (call.parent(), call.id());
    remove_member(call.state, &owner, &key, &id);
    Ok(Reply::Completed)
}

/// The identifiers in a list of references.
pub(crate) fn ids(list: Option<&dyn Objects>) -> Vec<String> {
    let list = list.into_iter().flat_map(|list| (0..list.count()).filter_map(|index| list.object(index)));
    list.filter_map(|object: &dyn Object| id_of(object)).collect()
}

/// Sets the objects in collections of a group or a label, by their identifiers.
pub(crate) fn set_members(state: &mut State, path: &str, members: Vec<(&'static str, Vec<String>)>) {
    for (key, ids) in members {
        set_noted(state, path, key, ids);
    }
}
