//! Tags: a tree, and assignments to other objects.

use crate::api::{Call, Fault, Registry, Reply};
use crate::fields::set_text;
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::names::is_international;
use crate::resources::common::well_known::NIL;
use crate::resources::paths::{TAGS, is_sub_collection};
use crate::state::{Severity, State};
use ovirt_sdk::object::member_mut;
use ovirt_sdk::types::Tag;

const NAME: &str = "_tag.name";
const MAX_NAME: usize = 50;
const DESCRIPTION: &str = "_tag.description";
const MAX_DESCRIPTION: usize = 4000;

/// The codes of the events about assigned and removed tags, by the type of the object, and the words for it.
const ASSIGNMENTS: [(&str, i64, i64, &str); 5] = [
    ("group", 438, 450, "Group(s)"),
    ("host", 442, 444, "Host(s)"),
    ("template", 183, 185, "Templates(s)"),
    ("user", 436, 448, "User(s)"),
    ("vm", 440, 446, "VM(s)"),
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("tags", "add", add);
    registry.ignore_max("tags");
    registry.on("tag", "update", update);
    registry.on("tag", "remove", remove);
    registry.on("assigned_tags", "add", assign);
    registry.on("assigned_tag", "remove", unassign);
    registry.view_with_addresses("assigned_tags", |state, owner| state.paths(&format!("{owner}/{TAGS}")));
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut tag: Tag = call.body()?;
    check(call, &tag)?;
    if tag.parent.is_none() {
        tag = tag.parent(Tag::with_id(NIL));
    }
    let path = call.store(Box::new(tag))?;
    log(call.state, 432, &format!("New Tag {} was created by", call.state.name_of(&path)));
    Ok(Reply::Created(path))
}

/// Fails if the name or the description of a tag is invalid, or if another tag has the name.
fn check(call: &Call<'_>, tag: &Tag) -> Result<(), Fault> {
    let name = tag.name.as_deref().unwrap_or_default();
    let mut violations = Violations::default();
    violations.check_length(NAME, Some(name), 1, MAX_NAME);
    if !is_international(name) {
        violations.add(NAME, "Invalid tag name. Only letters, numbers, '-', and '_' are valid characters.");
    }
    violations.check_length(DESCRIPTION, tag.description.as_deref(), 0, MAX_DESCRIPTION);
    violations.into_result()?;
    if call.state.by_name(TAGS, name).is_some_and(|other| other != call.target.path) {
        return Err(Fault::conflict("The specified Tag name already exists."));
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Tag = call.body()?;
    let path = call.path();
    let new_parent = change.parent.as_deref().and_then(|parent| parent.id.clone());
    check_parent(call.state, &path, new_parent)?;
    let mut updated = call.state.find::<Tag>(&path)?.clone();
    updated.name = change.name.clone().or(updated.name);
    check(call, &updated)?;
    if call.id() == NIL {
        return Err(Fault::conflict("Cannot edit readonly tag"));
    }
    let reply = call.change(&change)?;
    for assigned in assignments(call.state, last(&path)) {
        if let Some(tag) = call.state.get_mut::<Tag>(&assigned) {
            tag.name.clone_from(&updated.name);
        }
    }
    log(call.state, 430, &format!("Tag {} configuration was updated by", call.state.name_of(&path)));
    Ok(reply)
}

/// Fails if a tag would be below itself.
fn check_parent(state: &State, path: &str, new_parent: Option<String>) -> Result<(), Fault> {
    let mut parent = new_parent;
    while let Some(id) = parent {
        let place = format!("{TAGS}/{id}");
        if place == path {
            return Err(Fault::conflict("Operation canceled, recursive Tag hierarchy cannot be defined."));
        }
        parent = state.find::<Tag>(&place)?.parent.as_deref().and_then(|parent| parent.id.clone());
    }
    Ok(())
}

/// Removes a tag with all tags below it.
fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.id() == NIL {
        return Err(Fault::bad("Cannot remove tag. Tag does not exist."));
    }
    let mut removed = vec![call.path()];
    let mut next = 0;
    while let Some(path) = removed.get(next) {
        let id = last(path).to_owned();
        let is_child = |tag: &Tag| tag.parent.as_deref().and_then(|parent| parent.id.as_deref()) == Some(&id);
        let children = call.state.list::<Tag>(TAGS).filter(|(_, tag)| is_child(tag)).map(|(path, _)| path);
        removed.extend(children.collect::<Vec<String>>());
        next += 1;
    }
    let name = call.state.name_of(&call.target.path);
    for path in removed {
        for assigned in assignments(call.state, last(&path)) {
            call.state.remove(&assigned);
        }
        call.state.remove(&path);
    }
    log(call.state, 434, &format!("Tag {name} was removed by"));
    Ok(Reply::Completed)
}

/// The paths at which a tag is assigned to objects. Each of them has a copy of the tag.
fn assignments(state: &State, id: &str) -> Vec<String> {
    let collections = state.collections().filter(|path| is_sub_collection(path, TAGS));
    let copies = collections.map(|path| format!("{path}/{id}"));
    copies.filter(|path| state.contains(path)).collect()
}

fn assign(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let wanted: Tag = call.body()?;
    let found = call.state.reference(TAGS, &wanted)?.ok_or_else(Fault::not_found)?;
    let mut copy = call.state.find::<Tag>(&found)?.clone();
    let owner = call.parent();
    let kind = call.state.object(&owner).map(|object| object.info().name).unwrap_or_default();
    if let Some(reference) = member_mut(&mut copy, kind).and_then(|slot| slot.make_object()) {
        set_text(reference, "id", last(&owner));
    }
    let (name, owner_name) = (call.state.name_of(&found), call.state.name_of(&owner));
    let collection = call.path();
    if call.state.contains(&format!("{collection}/{}", last(&found))) {
        call.state.event(454, Severity::Warning, &format!("Tag {name} already attached to VM(s) {owner_name}."), &[]);
    } else if let Some((_, code, _, words)) = ASSIGNMENTS.iter().find(|(other, ..)| *other == kind) {
        log(call.state, *code, &format!("Tag {name} was attached to {words} {owner_name} by"));
    }
    Ok(Reply::Created(call.state.insert(&collection, copy)))
}

fn unassign(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (name, owner) = (call.state.name_of(&call.target.path), call.parent());
    let reply = call.remove()?;
    let kind = call.state.object(&owner).map(|object| object.info().name).unwrap_or_default();
    if let Some((_, _, code, words)) = ASSIGNMENTS.iter().find(|(other, ..)| *other == kind) {
        let owner_name = call.state.name_of(&owner);
        log(call.state, *code, &format!("Tag {name} was detached from {words} {owner_name} by"));
    }
    Ok(reply)
}

/// Logs an event. The name of the user follows the text.
fn log(state: &mut State, code: i64, text: &str) {
    let text = format!("{text} {}.", state.actor.user);
    state.event(code, Severity::Normal, &text, &[]);
}
