//! Showing one object: from a stored or computed object to what a client sees of it.

use ovirt_sdk::object::{self, Object, Slot, member, member_mut};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::{self, Root, wire};

use crate::api::fault::Fault;
use crate::api::registry::Context;
use crate::api::routing::root_of;
use crate::api::target::Target;
use crate::fields::{HIDDEN_SECRET, for_each_object, id_of, set_text, text};
use crate::path::last;
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
            context.apply_render(path, &mut *shown);
            shown
        }
    };
    // An object can have an address of its own.
    if let Some(own) = text(&*shown, "href").filter(|own| !own.starts_with('/')) {
        address = own;
    }
    if is_without_addresses(&*shown) {
        remove_addresses(context, &mut *shown);
        return Ok(shown);
    }
    let href = format!("{}/{address}", context.request.base);
    if id_of(&*shown).is_some() {
        set_text(&mut *shown, "href", &href);
    }
    complete(context, &mut *shown, Secrets::Removed);
    add_links(context, &mut *shown, &address, href.trim_end_matches('/'));
    Ok(shown)
}

impl Context<'_> {
    /// Completes a copy of the stored object at a path with what its resource adds.
    pub(crate) fn apply_render(&self, path: &str, shown: &mut dyn Object) {
        if let Some(render) = self.registry.render_of(shown.info().name) {
            render(self, path, shown);
        }
    }
}

/// Fills in the object of a target with its identifier, its address, its parent, its actions and its links only.
pub(super) fn show_bare(context: &Context<'_>, shown: &mut dyn Object, target: &Target) {
    let href = format!("{}/{}", context.request.base, target.address);
    set_text(shown, "id", last(&target.path));
    set_text(shown, "href", &href);
    let parent = context.state.object(&target.parent).map(|parent| parent.info().name);
    if let Some(reference) = parent.and_then(|kind| member_mut(shown, kind)?.make_object()) {
        set_text(reference, "id", last(&target.parent));
        complete_reference(context, reference);
    }
    add_links(context, shown, &target.address, &href);
}

/// Whether an object and everything in it have no addresses. Resources mark such an object with an empty `href`.
fn is_without_addresses(shown: &dyn Object) -> bool {
    text(shown, "href").is_some_and(|href| href.is_empty())
}

/// Removes the addresses and secrets from an object and everything in it.
fn remove_addresses(context: &Context<'_>, shown: &mut dyn Object) {
    if let Some(href) = member_mut(shown, "href") {
        href.clear();
    }
    let kind = shown.info().name;
    for (index, field) in shown.info().members.iter().enumerate() {
        let Some(slot) = shown.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        match context.registry.hides(kind, field) {
            true => slot.clear(),
            false => for_each_object(slot, |part| remove_addresses(context, part)),
        }
    }
}

/// Adds the actions and the links of the resource at an address.
fn add_links(context: &Context<'_>, shown: &mut dyn Object, address: &str, href: &str) {
    let Some(info) = Root::INFO.find(address).filter(|_| shown.info().is_resource()) else { return };
    let shows_link = context.registry.shows_link_of(info.name);
    let is_shown = |segment: &str| shows_link.is_none_or(|shows| shows(shown, segment));
    let actions = Service::named(info.name).map_or_else(Vec::new, actions_of);
    let shown_actions = actions.iter().copied().filter(|action| is_shown(action));
    let words: Vec<&str> = wire::LEADING.first().copied().into_iter().chain(shown_actions).collect();
    let links: Vec<&str> = info.children().map(|(segment, _)| segment).filter(|segment| is_shown(segment)).collect();
    // The SDK derives the addresses of actions from the address of the object.
    if !actions.is_empty() && member(shown, "href").is_some_and(|slot| slot.is_set()) {
        unstable::set_actions(shown.unknown_mut(), words.join(" "));
    }
    for segment in links {
        unstable::push_link(shown.unknown_mut(), segment, &format!("{href}/{segment}"));
    }
}

fn actions_of(service: &'static Service) -> Vec<&'static str> {
    service.methods.iter().filter_map(|method| method.segment).collect()
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
    let kind = shown.info().name;
    let shows_empty_lists = context.registry.shows_empty_lists(kind);
    for (index, field) in shown.info().members.iter().enumerate() {
        let Some(slot) = shown.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        let is_hidden = secrets == Secrets::Removed && context.registry.hides(kind, field);
        if is_hidden && slot.text().as_deref() != Some(HIDDEN_SECRET) {
            slot.clear();
            continue;
        }
        for_each_object(slot, |part| match field.is_link || is_reference(part) {
            true => complete_reference(context, part),
            false => complete(context, part, secrets),
        });
        if field.is_link && !shows_empty_lists && slot.as_list().is_some_and(|list| list.count() == 0) {
            slot.clear();
        }
    }
}

/// Whether a part of an object is one of a collection of the engine, such as an icon.
pub(super) fn is_reference(part: &dyn Object) -> bool {
    id_of(part).is_some() && root_of(part.info()).is_some()
}

/// Sets the address of an object that is referred to. An object that was filled in keeps its own.
pub(super) fn complete_reference(context: &Context<'_>, referred: &mut dyn Object) {
    if is_without_addresses(referred) {
        return remove_addresses(context, referred);
    }
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
