//! Tags: a tree of them, and what has which.

use crate::api::{Call, Fault, Registry, Reply};
use crate::fields::set_text;
use crate::path::last;
use crate::resources::common::well_known::NIL;
use crate::resources::paths::{TAGS, is_sub_collection};
use crate::state::State;
use ovirt_sdk::object::member_mut;
use ovirt_sdk::types::Tag;

pub(super) fn register(registry: &mut Registry) {
    registry.on("tags", "add", add);
    registry.on("tag", "update", update);
    registry.on("tag", "remove", remove);
    registry.on("assigned_tags", "add", assign);
    registry.view_with_addresses("assigned_tags", |state, owner| state.paths(&format!("{owner}/{TAGS}")));
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut tag: Tag = call.body()?;
    if tag.parent.is_none() {
        tag = tag.parent(Tag::with_id(NIL));
    }
    call.add(Box::new(tag))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Tag = call.body()?;
    let own = call.path();
    let mut above = change.parent.as_deref().and_then(|parent| parent.id.clone());
    while let Some(id) = above {
        let place = format!("{TAGS}/{id}");
        if place == own {
            return Err(Fault::conflict("Cannot edit Tag. A tag can't be moved below itself."));
        }
        above = call.state.find::<Tag>(&place)?.parent.as_deref().and_then(|parent| parent.id.clone());
    }
    let reply = call.update(&change)?;
    if let Some(name) = change.name {
        for copy in copies(call.state, last(&own)) {
            if let Some(tag) = call.state.get_mut::<Tag>(&copy) {
                tag.name = Some(name.clone());
            }
        }
    }
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.id() == NIL {
        return Err(Fault::conflict("Cannot remove Tag. The root tag can't be removed."));
    }
    // What is below goes with it.
    let mut gone = vec![call.path()];
    let mut next = 0;
    while let Some(path) = gone.get(next) {
        let id = last(path).to_owned();
        let below = |tag: &Tag| tag.parent.as_deref().and_then(|parent| parent.id.as_deref()) == Some(&id);
        let children: Vec<String> =
            call.state.list::<Tag>(TAGS).filter(|(_, tag)| below(tag)).map(|(path, _)| path).collect();
        gone.extend(children);
        next += 1;
    }
    for path in gone {
        for copy in copies(call.state, last(&path)) {
            call.state.remove(&copy);
        }
        call.state.remove(&path);
    }
    Ok(Reply::Completed)
}

/// Where a tag is assigned: each such place has a copy of it.
fn copies(state: &State, id: &str) -> Vec<String> {
    let collections = state.collections().filter(|path| is_sub_collection(path, TAGS));
    let copies = collections.map(|path| format!("{path}/{id}"));
    copies.filter(|path| state.contains(path)).collect()
}

fn assign(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id|name"])?;
    let wanted: Tag = call.body()?;
    let found = call.state.reference(TAGS, &wanted)?.ok_or_else(Fault::not_found)?;
    let mut copy = call.state.find::<Tag>(&found)?.clone();
    let parent = call.parent();
    let kind = call.state.object(&parent).map(|object| object.info().name).unwrap_or_default();
    if let Some(owner) = member_mut(&mut copy, kind).and_then(|slot| slot.make_object()) {
        set_text(owner, "id", last(&parent));
    }
    let collection = call.path();
    Ok(Reply::Created(call.state.insert(&collection, copy)))
}
