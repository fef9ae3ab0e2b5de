//! The parameter `follow`: linked objects in place of links, such as `nics,disk_attachments.disk`.

use ovirt_sdk::object::{Kind, Member, Object};

use super::object::{Item, show};
use crate::api::fault::Fault;
use crate::api::registry::Context;
use crate::fields::{id_of, text};

/// The most steps in a path.
const MAX_DEPTH: usize = 12;

/// Fills in the linked objects that the request follows from an object: paths separated by commas, of steps separated
/// by dots.
pub(super) fn follow(context: &Context<'_>, shown: &mut dyn Object) -> Result<(), Fault> {
    let paths = context.request.parameter("follow").unwrap_or_default();
    for path in paths.split(',').map(str::trim).filter(|path| !path.is_empty()) {
        let steps: Vec<&str> = path.split('.').map(str::trim).collect();
        if steps.len() > MAX_DEPTH {
            return Err(Fault::bad(&format!("links are followed {MAX_DEPTH} levels deep at most")));
        }
        follow_steps(context, shown, &steps)?;
    }
    Ok(())
}

fn follow_steps(context: &Context<'_>, shown: &mut dyn Object, steps: &[&str]) -> Result<(), Fault> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    let info = shown.info();
    let own_path = text(shown, "href").and_then(|href| path_of(context, &href));
    let Some(index) = info.members.iter().position(|field| is_named(field, step)) else { return Ok(()) };
    let (Some(field), Some(slot)) = (info.members.get(index), shown.slot_mut(index)) else { return Ok(()) };
    match slot.kind() {
        Kind::List(_) => {
            let is_inline = slot.as_list().is_some_and(|list| list.count() > 0);
            let Some(list) = slot.make_list() else { return Ok(()) };
            if field.is_link && !is_inline {
                let path = own_path.zip(field.rel).map(|(own, rel)| format!("{own}/{rel}"));
                for object in path.map_or_else(Vec::new, |path| items(context, &path)) {
                    list.push_object(object);
                }
            }
            for index in 0..list.count() {
                let Some(item) = list.object_mut(index) else { continue };
                if field.is_link && is_inline {
                    fill(context, item);
                }
                follow_steps(context, item, rest)?;
            }
        }
        Kind::Object(_) if slot.is_set() => {
            let Some(part) = slot.make_object() else { return Ok(()) };
            if field.is_link {
                fill(context, part);
            }
            follow_steps(context, part, rest)?;
        }
        _ => {}
    }
    Ok(())
}

/// Whether a step names a field; case and underscores don't count.
fn is_named(field: &Member, step: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|it| *it != '_').flat_map(char::to_lowercase).collect::<String>();
    let step = plain(step);
    plain(field.name) == step || field.rel.is_some_and(|rel| rel == step)
}

/// Replaces a reference by the object that it refers to. A reference that leads to no object stays.
fn fill(context: &Context<'_>, reference: &mut dyn Object) {
    let path = text(reference, "href").and_then(|href| path_of(context, &href));
    let target = path.and_then(|path| context.resolve(&path).ok());
    let whole = target.and_then(|target| show(context, Item::Stored(&target.path), &target.path).ok());
    let Some(whole) = whole.filter(|whole| whole.info().name == reference.info().name) else { return };
    for index in 0..whole.info().members.len() {
        if let (Some(slot), Some(filled)) = (reference.slot_mut(index), whole.slot(index)) {
            slot.assign(filled);
        }
    }
    *reference.unknown_mut() = whole.unknown().clone();
}

/// The objects of the collection at a path.
fn items(context: &Context<'_>, path: &str) -> Vec<Box<dyn Object>> {
    let Ok(target) = context.resolve(path) else { return Vec::new() };
    if let Some(objects) = context.computed(&target) {
        let show_computed = |object: Box<dyn Object>| {
            let address = id_of(&*object).map_or_else(|| path.to_owned(), |id| format!("{path}/{id}"));
            show(context, Item::Computed(object), &address).ok()
        };
        return objects.into_iter().filter_map(show_computed).collect();
    }
    let address_of = context.address_of(&target);
    let show_stored = |path: &String| show(context, Item::Stored(path), &address_of(path)).ok();
    context.members(&target).iter().filter_map(show_stored).collect()
}

/// The path of an address.
fn path_of(context: &Context<'_>, href: &str) -> Option<String> {
    Some(href.strip_prefix(&context.request.base)?.trim_matches('/').to_owned())
}
