//! References by name in what clients send.

use ovirt_sdk::object::{self, Kind, Object, member, member_mut};

use super::fault::Fault;
use super::registry::{Context, Reference};
use super::routing::root_of;
use crate::fields::{id_of, set_text, text};
use crate::path::last;

/// Sets the identifiers of references by name in an object that was sent to a path. Fails if a name leads to no object.
pub(super) fn resolve_names(context: &Context<'_>, path: &str, sent: &mut dyn Object) -> Result<(), Fault> {
    let copy = object::copy(sent);
    resolve(context, Reference { path, sent: &*copy }, sent)
}

fn resolve(context: &Context<'_>, place: Reference<'_>, object: &mut dyn Object) -> Result<(), Fault> {
    let kind = object.info().name;
    for (index, field) in object.info().members.iter().enumerate() {
        if context.registry.keeps_names(kind, field.name) {
            continue;
        }
        let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        match slot.kind() {
            Kind::Object(info) => {
                let is_reference = field.is_link && !context.registry.is_new(kind, field.name);
                let root = is_reference.then(|| root_of(info)).flatten();
                let Some(part) = slot.make_object() else { continue };
                match root {
                    Some(root) => resolve_name(context, place, root, part)?,
                    None => resolve(context, place, part)?,
                }
            }
            Kind::List(info) => {
                let root = field.is_link.then(|| root_of(info)).flatten();
                let Some(list) = slot.make_list() else { continue };
                for index in 0..list.count() {
                    let Some(item) = list.object_mut(index) else { continue };
                    match root {
                        // An item with more than a name describes a new object.
                        Some(root) if is_only_name(item) => resolve_name(context, place, root, item)?,
                        _ => resolve(context, place, item)?,
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn resolve_name(
    context: &Context<'_>,
    place: Reference<'_>,
    root: &str,
    reference: &mut dyn Object,
) -> Result<(), Fault> {
    if id_of(reference).is_some() || !is_only_name(reference) {
        return Ok(());
    }
    let kind = reference.info().name;
    let found = match (context.registry.resolve_name_of(kind), text(reference, "name")) {
        (Some(resolve), Some(name)) => {
            Some(resolve(context.state, place, &name).ok_or_else(|| Fault::no_such(kind, &name))?)
        }
        _ => context.state.reference(root, reference)?,
    };
    if let Some(path) = found {
        set_text(reference, "id", last(&path));
        if let Some(name) = member_mut(reference, "name") {
            name.clear();
        }
    }
    Ok(())
}

/// Whether only the name of an object is set.
fn is_only_name(object: &dyn Object) -> bool {
    let mut set = object::members(object).filter(|(_, slot)| slot.is_set());
    member(object, "name").is_some_and(|name| name.is_set()) && set.all(|(field, _)| field.name == "name")
}
