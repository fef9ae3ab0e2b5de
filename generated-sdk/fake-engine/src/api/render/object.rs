//! Showing one object: from a stored or computed object to what a client sees of it.

use ovirt_sdk::object::{self, Kind, Object, Slot, member, member_mut};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::{self, Root, wire};

use crate::api::fault::Fault;
use crate::api::registry::Context;
use crate::api::routing::root_of;
use crate::fields::{id_of, set_text, text};
use crate::routes::Service;

/// An object to be shown.
pub(super) enum Item<'a> {
    /// The object that is stored at a path.
    Stored(&'a str),
    /// An object that is not stored.
    Computed(Box<dyn Object>),
}

/// Shows an object at an address: what resources add, its address, the addresses of everything that it refers to, its
/// actions and its links. Secrets are removed.
pub(super) fn show(context: &Context<'_>, item: Item<'_>, address: &str) -> Result<Box<dyn Object>, Fault> {
    let mut address = address.to_owned();
    let mut shown = match item {
        Item::Computed(object) => object,
        Item::Stored(path) => {
            let mut shown = object::copy(context.state.object(path).ok_or_else(Fault::not_found)?);
            if let Some(render) = context.registry.render_of(shown.info().name) {
                render(context, path, &mut *shown);
            }
            shown
        }
    };
    // An object can have an address of its own.
    if let Some(own) = text(&*shown, "href").filter(|own| !own.starts_with('/')) {
        address = own;
    }
    let href = format!("{}/{address}", context.request.base);
    if id_of(&*shown).is_some() {
        set_text(&mut *shown, "href", &href);
    }
    complete(context, &mut *shown, Secrets::Removed);
    add_links(&mut *shown, &address, href.trim_end_matches('/'));
    Ok(shown)
}

/// Adds the actions and the links of the resource at an address.
fn add_links(shown: &mut dyn Object, address: &str, href: &str) {
    let Some(info) = Root::INFO.find(address).filter(|_| shown.info().is_resource()) else { return };
    if let Some(service) = Service::named(info.name) {
        let actions: Vec<&str> = service.methods.iter().filter_map(|method| method.segment).collect();
        if let (false, Some(tag)) = (actions.is_empty(), wire::LEADING.first()) {
            add_actions(shown, tag, href, &actions);
        }
    }
    for (segment, _) in info.children() {
        unstable::push_link(shown.unknown_mut(), segment, &format!("{href}/{segment}"));
    }
}

fn add_actions(shown: &mut dyn Object, tag: &str, href: &str, actions: &[&str]) {
    if member(shown, "href").is_some_and(|slot| slot.is_set()) {
        unstable::set_actions(shown.unknown_mut(), format!("{tag} {}", actions.join(" ")));
        return;
    }
    // The SDK derives the addresses of actions from the `href` of the object, which this one doesn't have.
    let link = |action: &&str| format!("<link href=\"{href}/{action}\" rel=\"{action}\"/>");
    let links: String = actions.iter().map(link).collect();
    unstable::push_element(shown.unknown_mut(), &format!("<{tag}>{links}</{tag}>"));
}

/// Whether passwords and the like stay in an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrets {
    Removed,
    /// For the output of actions: a ticket is what the client asked for.
    Kept,
}

/// Sets the addresses of everything that the value of a parameter refers to.
pub(super) fn complete_slot(context: &Context<'_>, slot: &mut dyn Slot, secrets: Secrets) {
    for_each_object(slot, |object| complete(context, object, secrets));
}

/// Sets the addresses of everything that an object refers to.
fn complete(context: &Context<'_>, shown: &mut dyn Object, secrets: Secrets) {
    for (index, field) in shown.info().members.iter().enumerate() {
        let Some(slot) = shown.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        if field.is_secret && secrets == Secrets::Removed {
            slot.clear();
            continue;
        }
        for_each_object(slot, |part| match field.is_link {
            true => complete_reference(context, part),
            false => complete(context, part, secrets),
        });
        if field.is_link && slot.as_list().is_some_and(|list| list.count() == 0) {
            slot.clear();
        }
    }
}

/// Sets the address of an object that is referred to. An object that was filled in keeps its own.
fn complete_reference(context: &Context<'_>, referred: &mut dyn Object) {
    let address =
        text(referred, "href").or_else(|| Some(format!("{}/{}", root_of(referred.info())?, id_of(referred)?)));
    if let Some(address) = address
        && let Some(slot) = member_mut(referred, "href")
    {
        let href = if address.starts_with('/') { address } else { format!("{}/{address}", context.request.base) };
        slot.assign(&Some(href));
    }
    complete(context, referred, Secrets::Removed);
}

/// Calls a function with each object in a field: the object itself, or the items of a list.
fn for_each_object(slot: &mut dyn Slot, mut apply: impl FnMut(&mut dyn Object)) {
    match slot.kind() {
        Kind::Object(_) => {
            if let Some(object) = slot.make_object() {
                apply(object);
            }
        }
        Kind::List(_) => {
            let Some(list) = slot.make_list() else { return };
            for index in 0..list.count() {
                if let Some(item) = list.object_mut(index) {
                    apply(item);
                }
            }
        }
        _ => {}
    }
}
