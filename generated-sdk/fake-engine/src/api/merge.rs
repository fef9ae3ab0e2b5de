//! What an update changes: members that it has; what it does not have stays.

use super::fault::Fault;
use super::resolve::root_of;
use crate::state::{State, id_of, set_text};
use ovirt_sdk::object::{Kind, Object, member, member_mut};

/// Members that say what an object is, not how it is.
const IDENTITY: [&str; 2] = ["href", "id"];

/// Changes an object by what another one of the struct has. Parts of the object are changed member by member; lists and
/// what it refers to are replaced.
pub(crate) fn merge(target: &mut dyn Object, change: &dyn Object) {
    for (index, member) in change.info().members.iter().enumerate() {
        let (Some(new), Some(slot)) = (change.slot(index), target.slot_mut(index)) else { continue };
        if !new.is_set() || IDENTITY.contains(&member.name) {
            continue;
        }
        match (new.as_object(), slot.is_set()) {
            (Some(part), true) if !member.is_link => {
                if let Some(old) = slot.make_object() {
                    merge(old, part);
                }
            }
            _ => {
                slot.assign(new);
            }
        }
    }
}

/// What a request is about: names that several objects have mean the one that goes with that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) path: &'a str,
    /// What was sent, as it came.
    pub(crate) sent: &'a dyn Object,
}

/// Gives what was sent, by a request for a path, the identifiers of what it refers to by name, where the name tells
/// which one is meant. What can't be found is a fault.
pub(crate) fn resolve_names(state: &State, path: &str, sent: &mut dyn Object) -> Result<(), Fault> {
    let copy = ovirt_sdk::object::copy(sent);
    resolve(state, About { path, sent: &*copy }, sent)
}

fn resolve(state: &State, about: About<'_>, object: &mut dyn Object) -> Result<(), Fault> {
    let of = object.info().name;
    for (index, row) in object.info().members.iter().enumerate() {
        let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        match slot.kind() {
            Kind::Object(info) => {
                let refers = row.is_link && !state.registry.is_made(of, row.name);
                let root = refers.then(|| root_of(info)).flatten();
                let Some(part) = slot.make_object() else { continue };
                match root {
                    Some(root) => resolve_name(state, about, root, part)?,
                    None => resolve(state, about, part)?,
                }
            }
            Kind::List(info) => {
                let root = row.is_link.then(|| root_of(info)).flatten();
                let Some(list) = slot.make_list() else { continue };
                for index in 0..list.count() {
                    let Some(item) = list.object_mut(index) else { continue };
                    match root {
                        // Only what refers, and not what is to be made: a disk of a new attachment has a name, too.
                        Some(root) if is_bare(item) => resolve_name(state, about, root, item)?,
                        _ => resolve(state, about, item)?,
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn resolve_name(state: &State, about: About<'_>, root: &str, reference: &mut dyn Object) -> Result<(), Fault> {
    if id_of(reference).is_some() || !is_bare(reference) {
        return Ok(());
    }
    let found = match (
        state.registry.named_of(reference.info().name),
        member(reference, "name").and_then(|slot| slot.text()),
    ) {
        (Some(named), Some(name)) => {
            let found = named(state, about, &name);
            Some(found.ok_or_else(|| Fault::no_such(reference.info(), &name))?)
        }
        _ => state.reference(root, reference)?,
    };
    if let Some(path) = found {
        set_text(reference, "id", crate::state::last(&path));
        if let Some(name) = member_mut(reference, "name") {
            name.clear();
        }
    }
    Ok(())
}

/// Whether an object has nothing but its name.
fn is_bare(object: &dyn Object) -> bool {
    let mut set = ovirt_sdk::object::members(object).filter(|(_, slot)| slot.is_set());
    member(object, "name").is_some_and(|name| name.is_set()) && set.all(|(member, _)| member.name == "name")
}
