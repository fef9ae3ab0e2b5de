//! References to other objects, of which the engine sends only the ID and the address.

use super::access::{members, text};
use super::traits::{Object, Slot};
use crate::unknown::HREF;

/// The member with the identifier of an object.
pub(super) const ID: &str = "id";

/// The position of a member, and of an item if it is a list.
pub(crate) type Step = (usize, Option<usize>);

/// A reference of the engine that has only an ID and an address.
#[derive(Debug)]
pub(crate) struct Unresolved {
    pub(crate) steps: Vec<Step>,
    pub(crate) href: String,
}

pub(super) fn id(object: &dyn Object) -> Option<String> {
    text(object, ID)
}

/// Whether an object has nothing but its ID and its address.
pub(super) fn is_bare(object: &dyn Object) -> bool {
    members(object).all(|(member, slot)| !slot.is_set() || member.is_attribute)
}

/// The references in the fields that a program can set. The engine sends them without names.
pub(crate) fn references(object: &dyn Object) -> Vec<Unresolved> {
    let mut found = Vec::new();
    collect_references(object, &mut Vec::new(), &mut found);
    found
}

/// The references on a path of names from each item of a list, of which the engine sent only the ID and the address. Only
/// the first one on each path: what follows is known only when it was read.
pub(crate) fn references_on_path(object: &dyn Object, list: &str, path: &str) -> Vec<Unresolved> {
    let mut found = Vec::new();
    let Some(index) = object.info().position(list) else { return found };
    let items = object.slot(index).and_then(Slot::as_list);
    for item in 0..items.map_or(0, |items| items.count()) {
        let mut steps = vec![(index, Some(item))];
        let mut current = items.and_then(|items| items.object(item));
        for name in path.split('.') {
            let at = current.and_then(|object| object.info().position(name));
            let Some((inner, index)) = current.zip(at).and_then(|(it, at)| Some((it.slot(at)?.as_object()?, at)))
            else {
                break;
            };
            steps.push((index, None));
            match text(inner, HREF) {
                Some(href) if is_bare(inner) => {
                    found.push(Unresolved { steps, href });
                    break;
                }
                _ => current = Some(inner),
            }
        }
    }
    found
}

fn collect_references(object: &dyn Object, steps: &mut Vec<Step>, found: &mut Vec<Unresolved>) {
    for (index, (member, slot)) in members(object).enumerate() {
        if member.access.read_only {
            continue;
        }
        let list = slot.as_list();
        let items =
            (0..list.map_or(0, |list| list.count())).map(|item| (Some(item), list.and_then(|it| it.object(item))));
        for (item, inner) in slot.as_object().map(|object| (None, Some(object))).into_iter().chain(items) {
            let Some(inner) = inner else { continue };
            steps.push((index, item));
            match text(inner, HREF) {
                Some(href) if member.is_link && is_bare(inner) => found.push(Unresolved { steps: steps.clone(), href }),
                _ => collect_references(inner, steps, found),
            }
            steps.pop();
        }
    }
}

/// The references of an object of the engine that must be read before it can be compared.
pub(crate) fn unresolved(wanted: &dyn Object, actual: &dyn Object) -> Vec<Unresolved> {
    let mut found = Vec::new();
    collect_unresolved(wanted, actual, &mut Vec::new(), &mut found);
    found
}

fn collect_unresolved(wanted: &dyn Object, actual: &dyn Object, steps: &mut Vec<Step>, found: &mut Vec<Unresolved>) {
    for (index, (member, slot)) in members(wanted).enumerate() {
        let Some(other) = actual.slot(index) else { continue };
        if member.is_secret || member.access.write_only {
            continue;
        }
        if let Some((wanted, actual)) = slot.as_object().zip(other.as_object()) {
            steps.push((index, None));
            if member.is_link {
                collect_reference(wanted, actual, steps, found);
            } else {
                collect_unresolved(wanted, actual, steps, found);
            }
            steps.pop();
        } else if let Some((wanted, actual)) = slot.as_list().zip(other.as_list())
            && member.is_link
        {
            let mut items = (0..wanted.count()).filter_map(|item| wanted.object(item));
            let Some(by_name) = items.find(|item| id(*item).is_none()) else { continue };
            for item in 0..actual.count() {
                let Some(actual) = actual.object(item) else { continue };
                steps.push((index, Some(item)));
                collect_reference(by_name, actual, steps, found);
                steps.pop();
            }
        }
    }
}

fn collect_reference(wanted: &dyn Object, actual: &dyn Object, steps: &mut Vec<Step>, found: &mut Vec<Unresolved>) {
    if id(wanted).is_some() || is_bare(wanted) {
        return;
    }
    match text(actual, HREF) {
        Some(href) if is_bare(actual) => found.push(Unresolved { steps: steps.clone(), href }),
        _ => collect_unresolved(wanted, actual, steps, found),
    }
}

/// Sets fields of a reference to those of the object that it refers to: the one with a name, or all.
pub(crate) fn fill(object: &mut dyn Object, steps: &[Step], referenced: &dyn Object, only: Option<&str>) {
    match steps {
        [] => {
            for (index, (member, value)) in members(referenced).enumerate() {
                if value.is_set()
                    && only.is_none_or(|only| only == member.name)
                    && let Some(slot) = object.slot_mut(index)
                {
                    slot.assign(value);
                }
            }
        }
        [(index, item), rest @ ..] => {
            let Some(slot) = object.slot_mut(*index) else { return };
            let next = match item {
                None => slot.make_object(),
                Some(item) => slot.make_list().and_then(|list| list.object_mut(*item)),
            };
            if let Some(next) = next {
                fill(next, rest, referenced, only);
            }
        }
    }
}
