//! Members of affinity groups and labels, kept as notes.

use crate::api::{Call, Fault, Reply};
use crate::fields::id_of;
use crate::note::Note;
use crate::path::last;
use crate::resources::paths::{AFFINITY_LABELS, HOST_LABELS, HOSTS, VM_LABELS, VMS};
use crate::state::State;
use ovirt_sdk::object::{Object, Objects};

/// The note with the identifiers in a collection of a group or a label.
fn note_of(key: &str) -> Option<Note<Vec<String>>> {
    Some(match key {
        VMS => Note::new(VMS),
        HOSTS => Note::new(HOSTS),
        VM_LABELS => Note::new(VM_LABELS),
        HOST_LABELS => Note::new(HOST_LABELS),
        _ => return None,
    })
}

/// The identifiers in a collection of a group or a label.
pub(crate) fn noted(state: &State, owner: &str, key: &str) -> Vec<String> {
    note_of(key).and_then(|note| state.note(owner, note)).unwrap_or_default()
}

fn set_noted(state: &mut State, owner: &str, key: &str, ids: Vec<String>) {
    if let Some(note) = note_of(key) {
        state.set_note(owner, note, ids);
    }
}

/// The objects in a collection of a group or a label that still exist.
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

/// The key under which what a collection has is noted: the segment of it.
fn key_of(address: &str) -> &str {
    last(address)
}

pub(crate) fn add_member_handler(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id|name"])?;
    let object = call.take_body()?;
    let key = key_of(&call.target.address).to_owned();
    let collection = if key.ends_with("labels") { AFFINITY_LABELS } else { key.as_str() };
    let path = call.state.reference(collection, &*object)?.ok_or_else(Fault::not_found)?;
    let owner = call.parent();
    add_member(call.state, &owner, &key, last(&path));
    Ok(Reply::Created(path))
}

pub(crate) fn remove_member_handler(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let above = call.target.address.rsplit_once('/').map_or("", |(above, _)| above);
    let key = key_of(above).to_owned();
    let (owner, id) = (call.parent(), call.id());
    remove_member(call.state, &owner, &key, &id);
    Ok(Reply::Completed)
}

/// The identifiers that a list of references has.
pub(crate) fn ids(list: Option<&dyn Objects>) -> Vec<String> {
    let list = list.into_iter().flat_map(|list| (0..list.count()).filter_map(|index| list.object(index)));
    list.filter_map(|object: &dyn Object| id_of(object)).collect()
}

pub(crate) fn set_members(state: &mut State, path: &str, sent: Vec<(&'static str, Vec<String>)>) {
    for (key, ids) in sent {
        set_noted(state, path, key, ids);
    }
}
