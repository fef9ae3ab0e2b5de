//! The parameter `follow`: linked objects in place of links, such as `nics,disk_attachments.disk`.
//!
//! What can't be followed is an exception of the engine: a name that is no link, or a link that this object doesn't
//! have.

use ovirt_sdk::object::{Following, Kind, Object};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::Root;

use super::object::{Item, is_reference, show};
use crate::api::fault::{Fault, pascal_case};
use crate::api::follow_paths::{FollowPaths, is_named, is_same};
use crate::api::pages;
use crate::api::registry::Context;
use crate::fields::{id_of, text};
use crate::path::join;

/// The most steps in a path.
const MAX_DEPTH: usize = 12;

/// Fills in the linked objects that the request follows from an object, or that it wants as details of it. Details that
/// an object doesn't have are ignored.
pub(super) fn follow(context: &Context<'_>, shown: &mut dyn Object) -> Result<(), Fault> {
    for detail in context.registry.details_of(shown.info().name, context.request) {
        let path = text(shown, "href").and_then(|href| path_of(context, &href));
        if path.is_some_and(|path| linked_collection(&path, detail).is_some()) {
            follow_steps(context, shown, &[detail])?;
        }
    }
    for steps in FollowPaths::of(context.request).iter() {
        if steps.len() > MAX_DEPTH {
            return Err(Fault::bad(&format!("links are followed {MAX_DEPTH} levels deep at most")));
        }
        follow_steps(context, shown, steps)?;
    }
    Ok(())
}

fn follow_steps(context: &Context<'_>, shown: &mut dyn Object, steps: &[&str]) -> Result<(), Fault> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    let info = shown.info();
    let problem = || {
        let kind = pascal_case(info.name);
        Fault::raw(pages::exception(&format!("Problem fetching '{step}' from {kind}")))
    };
    let own_path = text(shown, "href").and_then(|href| path_of(context, &href));
    let collection = own_path.and_then(|path| linked_collection(&path, step));
    let index = info.members.iter().position(|field| is_named(field, step)).ok_or_else(problem)?;
    let field = info.members.get(index).ok_or_else(problem)?;
    // A link that the model knows the engine not to follow. References lead to parents, too, which the model does not list.
    if field.rel.is_some() && field.following == Following::Never {
        return Err(problem());
    }
    let slot = shown.slot_mut(index).ok_or_else(problem)?;
    match (slot.kind(), collection) {
        (Kind::List(_), Some(path)) => {
            // Objects that were fetched for another path stay.
            let is_followed = slot.as_list().is_some_and(|list| {
                list.count() > 0 && (0..list.count()).filter_map(|index| list.object(index)).all(is_whole)
            });
            if !is_followed {
                slot.clear();
            }
            let list = slot.make_list().ok_or_else(problem)?;
            if !is_followed {
                let objects = items(context, &path).ok_or_else(problem)?;
                for object in objects {
                    list.push_object(object);
                }
            }
            for index in 0..list.count() {
                if let Some(item) = list.object_mut(index) {
                    follow_steps(context, item, rest)?;
                }
            }
            Ok(())
        }
        (Kind::Object(_), _) if slot.is_set() && (field.is_link || slot.as_object().is_some_and(is_reference)) => {
            let part = slot.make_object().ok_or_else(problem)?;
            fill(context, part).ok_or_else(problem)?;
            follow_steps(context, part, rest)
        }
        _ => Err(problem()),
    }
}

/// Whether an object has more than an identifier, an address and a name.
fn is_whole(object: &dyn Object) -> bool {
    let fields = ovirt_sdk::object::members(object);
    fields.filter(|(field, slot)| slot.is_set() && !["href", "id", "name"].contains(&field.name)).count() > 0
}

/// The path of the collection that an object links to with a name.
fn linked_collection(path: &str, name: &str) -> Option<String> {
    let info = Root::INFO.find(path)?;
    let (segment, _) = info.children().find(|(segment, _)| is_same(segment, name))?;
    Some(join(path, segment))
}

/// Replaces a reference by the object that it refers to. Returns `None` if the object doesn't exist.
fn fill(context: &Context<'_>, reference: &mut dyn Object) -> Option<()> {
    if is_whole(reference) {
        return Some(());
    }
    let path = text(reference, "href").and_then(|href| path_of(context, &href))?;
    let target = context.resolve(&path).ok()?;
    let whole = match context.state.contains(&target.path) {
        true => show(context, Item::Stored(&target.path), &target.path).ok()?,
        false => show(context, Item::Computed(context.computed_at(&path).ok()?), &path).ok()?,
    };
    if whole.info().name != reference.info().name {
        return None;
    }
    for index in 0..whole.info().members.len() {
        if let (Some(slot), Some(filled)) = (reference.slot_mut(index), whole.slot(index)) {
            slot.assign(filled);
        }
    }
    *reference.unknown_mut() = whole.unknown().clone();
    Some(())
}

/// The objects of the collection at a path; `None` if it doesn't exist.
fn items(context: &Context<'_>, path: &str) -> Option<Vec<Box<dyn Object>>> {
    let target = context.resolve(path).ok()?;
    if let Some(objects) = context.computed(&target) {
        let show_computed = |object: Box<dyn Object>| {
            let address = id_of(&*object).map_or_else(|| path.to_owned(), |id| format!("{path}/{id}"));
            show(context, Item::Computed(object), &address).ok()
        };
        return Some(objects.into_iter().filter_map(show_computed).collect());
    }
    let address_of = context.address_of(&target);
    let show_stored = |path: &String| show(context, Item::Stored(path), &address_of(path)).ok();
    let visible = context.registry.filter_visible(context, context.members(&target));
    Some(visible.iter().filter_map(show_stored).collect())
}

/// The path of an address.
fn path_of(context: &Context<'_>, href: &str) -> Option<String> {
    Some(href.strip_prefix(&context.request.base)?.trim_matches('/').to_owned())
}
