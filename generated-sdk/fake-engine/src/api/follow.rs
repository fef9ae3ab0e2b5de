//! What a client asks to be filled in: `nics,disk_attachments.disk`.

use super::fault::Fault;
use super::render;
use super::resolve::Target;
use crate::exchange::Asked;
use crate::state::{State, id_of};
use ovirt_sdk::object::{Kind, Member, Object, member};

/// How deep links are followed; the documents of deeper ones nobody reads.
const DEEPEST: usize = 12;

/// Fills in what is linked from an object that is shown: paths separated by commas, of members separated by dots.
pub(super) fn follow(state: &State, asked: &Asked, shown: &mut dyn Object, paths: &str) -> Result<(), Fault> {
    for path in paths.split(',').map(str::trim).filter(|path| !path.is_empty()) {
        let steps: Vec<&str> = path.split('.').map(str::trim).collect();
        along(state, asked, shown, &steps)?;
    }
    Ok(())
}

fn along(state: &State, asked: &Asked, shown: &mut dyn Object, steps: &[&str]) -> Result<(), Fault> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    if steps.len() > DEEPEST {
        return Err(Fault::bad(&format!("links are followed {DEEPEST} levels deep at most")));
    }
    let info = shown.info();
    let own = member(shown, "href").and_then(|slot| slot.text()).and_then(|href| place(asked, &href));
    let Some(index) = info.members.iter().position(|member| is_meant(member, step)) else { return Ok(()) };
    let (Some(row), Some(slot)) = (info.members.get(index), shown.slot_mut(index)) else { return Ok(()) };
    match slot.kind() {
        Kind::List(_) => {
            let inline = slot.as_list().is_some_and(|list| list.count() > 0);
            let Some(list) = slot.make_list() else { return Ok(()) };
            if row.is_link && !inline {
                let linked = own.zip(row.rel).map(|(own, rel)| format!("{own}/{rel}"));
                for object in linked.map_or_else(Vec::new, |path| items(state, asked, &path)) {
                    list.push_object(object);
                }
            }
            for index in 0..list.count() {
                let Some(item) = list.object_mut(index) else { continue };
                if row.is_link && inline {
                    fill(state, asked, item)?;
                }
                along(state, asked, item, rest)?;
            }
        }
        Kind::Object(_) if slot.is_set() => {
            let Some(part) = slot.make_object() else { return Ok(()) };
            if row.is_link {
                fill(state, asked, part)?;
            }
            along(state, asked, part, rest)?;
        }
        _ => {}
    }
    Ok(())
}

/// Whether a step means a member: letters count, case and underscores do not.
fn is_meant(member: &Member, step: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|it| *it != '_').flat_map(char::to_lowercase).collect::<String>();
    let step = plain(step);
    plain(member.name) == step || member.rel.is_some_and(|rel| rel == step)
}

/// Puts what is referred to in the place of a reference.
fn fill(state: &State, asked: &Asked, reference: &mut dyn Object) -> Result<(), Fault> {
    let path = member(reference, "href").and_then(|slot| slot.text()).and_then(|href| place(asked, &href));
    let Some(path) = path else { return Ok(()) };
    let Ok(target) = Target::of(state, &path) else { return Ok(()) };
    let Ok(whole) = render::object(state, asked, &target.path, &target.path) else { return Ok(()) };
    if whole.info().name != reference.info().name {
        return Ok(());
    }
    for index in 0..whole.info().members.len() {
        if let (Some(slot), Some(filled)) = (reference.slot_mut(index), whole.slot(index)) {
            slot.assign(filled);
        }
    }
    *reference.unknown_mut() = whole.unknown().clone();
    Ok(())
}

/// The objects of a collection as they are shown.
fn items(state: &State, asked: &Asked, path: &str) -> Vec<Box<dyn Object>> {
    let Ok(target) = Target::of(state, path) else { return Vec::new() };
    if let Some(objects) = target.computed(state) {
        let address = |object: &dyn Object| id_of(object).map_or_else(|| path.to_owned(), |id| format!("{path}/{id}"));
        let made = |mut object: Box<dyn Object>| {
            render::address(state, asked, &address(&*object), &mut *object);
            object
        };
        return objects.into_iter().map(made).collect();
    }
    let address = target.addresses(state);
    let shown = |place: &String| render::object(state, asked, place, &address(place)).ok();
    target.members(state).iter().filter_map(shown).collect()
}

/// The path of an address.
fn place(asked: &Asked, href: &str) -> Option<String> {
    Some(href.strip_prefix(&asked.base)?.trim_matches('/').to_owned())
}
