//! Members of affinity groups and labels, kept as notes.

use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::resources::paths::AFFINITY_LABELS;
use crate::state::{State, id_of, last};
use ovirt_sdk::object::{Object, Objects};

/// The objects that a note of a group or a label names, as far as they are still there.
pub(crate) fn members(state: &State, owner: &str, key: &str, collection: &str) -> Vec<String> {
    let ids = state.note(owner, key).unwrap_or_default().split(' ').filter(|id| !id.is_empty());
    ids.map(|id| format!("{collection}/{id}")).filter(|path| state.contains(path)).collect()
}

pub(crate) fn add_member(state: &mut State, owner: &str, key: &str, id: &str) {
    let mut ids: Vec<String> = state.note(owner, key).unwrap_or_default().split(' ').map(str::to_owned).collect();
    ids.retain(|known| !known.is_empty() && known != id);
    ids.push(id.to_owned());
    state.set_note(owner, key, ids.join(" "));
}

pub(crate) fn remove_member(state: &mut State, owner: &str, key: &str, id: &str) {
    let ids = state.note(owner, key).unwrap_or_default();
    let left: Vec<&str> = ids.split(' ').filter(|known| *known != id).collect();
    let left = left.join(" ");
    state.set_note(owner, key, left);
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
    Ok(Reply::Done)
}

/// The identifiers that a list of references has.
pub(crate) fn ids(list: Option<&dyn Objects>) -> Vec<String> {
    let list = list.into_iter().flat_map(|list| (0..list.count()).filter_map(|index| list.object(index)));
    list.filter_map(|object: &dyn Object| id_of(object)).collect()
}

pub(crate) fn set_members(state: &mut State, path: &str, sent: Vec<(&'static str, Vec<String>)>) {
    for (key, ids) in sent {
        state.set_note(path, key, ids.join(" "));
    }
}
