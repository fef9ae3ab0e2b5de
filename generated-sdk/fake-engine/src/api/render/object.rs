//! Showing one object: from a stored or computed object to what a client sees of it.

use ovirt_sdk::object::{self, Kind, Object, Slot, member_mut};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::{self, Root, wire};

use crate::api::fault::Fault;
use crate::api::registry::Context;
use crate::api::routing::root_of;
use crate::api::target::Target;
use crate::fields::{HIDDEN_SECRET, for_each_object, set_text, text_ref};
use crate::path::{join, last};
use crate::routes::Service;

/// More than the actions of most resources need, in bytes.
const LONG_LINE: usize = 512;

/// An object to be shown.
pub(in crate::api) enum Item<'a> {
    /// The object that is stored at a path.
    Stored(&'a str),
    /// The same, if the object is known.
    Known(&'a str, &'a dyn Object),
    /// An object that is not stored.
    Computed(Box<dyn Object>),
}

/// Shows an object at an address: what resources add, its address, the addresses of everything that it refers to, its
/// actions and its links. Secrets are removed.
pub(in crate::api) fn show(context: &Context<'_>, item: Item<'_>, address: &str) -> Result<Box<dyn Object>, Fault> {
    let mut address = address.to_owned();
    let mut shown = match item {
        Item::Computed(object) => object,
        Item::Stored(path) => rendered(context, path, context.state.object(path).ok_or_else(Fault::not_found)?),
        Item::Known(path, object) => rendered(context, path, object),
    };
    // An object can have an address of its own.
    if let Some(own) = text_ref(&*shown, "href").filter(|own| !own.starts_with('/')) {
        address = own.to_owned();
    }
    if is_without_addresses(&*shown) {
        remove_addresses(context, &mut *shown);
        return Ok(shown);
    }
    let href = join(&context.request.base, &address);
    if has_id(&*shown) {
        set_text(&mut *shown, "href", href.as_str());
    }
    complete(context, &mut *shown, Secrets::Removed);
    add_links(context, &mut *shown, &address, href.trim_end_matches('/'));
    Ok(shown)
}

/// A copy of a stored object with what its resource adds.
fn rendered(context: &Context<'_>, path: &str, object: &dyn Object) -> Box<dyn Object> {
    let mut shown = object::copy(object);
    context.apply_render(path, &mut *shown);
    shown
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
    set_text(shown, "href", href.as_str());
    let parent = context.state.object(&target.parent).map(|parent| parent.info().name);
    if let Some(reference) = parent.and_then(|kind| member_mut(shown, kind)?.make_object()) {
        set_text(reference, "id", last(&target.parent));
        complete_reference(context, reference);
    }
    add_links(context, shown, &target.address, &href);
}

/// Whether an object and everything in it have no addresses. Resources mark such an object with an empty `href`.
fn is_without_addresses(shown: &dyn Object) -> bool {
    text_ref(shown, "href").is_some_and(str::is_empty)
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
    let Some(info) = Root::info().find(address).filter(|_| shown.info().is_resource()) else { return };
    let shows_link = context.registry.shows_link_of(info.name);
    let is_shown = |segment: &&str| shows_link.is_none_or(|shows| shows(shown, segment));
    let mut actions = actions_of(info.name).peekable();
    let has_actions = actions.peek().is_some();
    let words = wire::LEADING.first().copied().into_iter().chain(actions.filter(is_shown));
    let words = joined(words);
    let links = info.children().map(|(segment, _)| segment).filter(is_shown);
    // The SDK derives addresses from the address of the object.
    match text_ref(shown, "href").is_some() {
        true => {
            let links = joined(links);
            if has_actions {
                unstable::set_actions(shown.unknown_mut(), words);
            }
            if !links.is_empty() {
                unstable::set_links_below(shown.unknown_mut(), links);
            }
        }
        false => {
            let links: Vec<&str> = links.collect();
            links.iter().for_each(|name| unstable::push_link(shown.unknown_mut(), name, &join(href, name)));
        }
    }
}

/// Joins words with spaces.
fn joined<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut joined = String::with_capacity(LONG_LINE);
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

fn actions_of(service: &str) -> impl Iterator<Item = &'static str> {
    let methods = Service::named(service).into_iter().flat_map(|service| service.methods.iter());
    methods.filter_map(|method| method.segment)
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
    let info = shown.info();
    let kind = info.name;
    // Most of what is set has no address and is no secret.
    let mut set = Vec::new();
    // The visitor does not fail.
    let _ = shown.each_set(&mut |index, slot| {
        let may_be_secret = || info.members.get(index).is_some_and(|field| field.is_secret);
        if matches!(slot.kind(), Kind::Object(_) | Kind::List(_)) || may_be_secret() {
            set.push(index);
        }
        Ok(())
    });
    for index in set {
        let (Some(field), Some(slot)) = (info.members.get(index), shown.slot_mut(index)) else { continue };
        let is_hidden = secrets == Secrets::Removed && context.registry.hides(kind, field);
        if is_hidden && slot.text().as_deref() != Some(HIDDEN_SECRET) {
            slot.clear();
            continue;
        }
        for_each_object(slot, |part| match field.is_link || is_reference(part) {
            true => complete_reference(context, part),
            false => complete(context, part, secrets),
        });
        let is_empty = || slot.as_list().is_some_and(|list| list.count() == 0);
        if field.is_link && is_empty() && !context.registry.shows_empty_lists(kind) {
            slot.clear();
        }
    }
}

/// Whether a part of an object is one of a collection of the engine, such as an icon.
pub(super) fn is_reference(part: &dyn Object) -> bool {
    has_id(part) && root_of(part.info()).is_some()
}

fn has_id(object: &dyn Object) -> bool {
    text_ref(object, "id").is_some_and(|id| !id.is_empty())
}

/// Sets the address of an object that is referred to. An object that was filled in keeps its own.
pub(super) fn complete_reference(context: &Context<'_>, referred: &mut dyn Object) {
    if is_without_addresses(referred) {
        return remove_addresses(context, referred);
    }
    let base = &context.request.base;
    let href = match text_ref(referred, "href") {
        Some(href) if href.starts_with('/') => None,
        Some(href) => Some(join(base, href)),
        None => {
            let parts = root_of(referred.info()).zip(text_ref(referred, "id"));
            parts.map(|(root, id)| [base.as_str(), "/", root, "/", id].concat())
        }
    };
    if let Some(href) = href {
        set_text(referred, "href", href);
    }
    complete(context, referred, Secrets::Removed);
}
