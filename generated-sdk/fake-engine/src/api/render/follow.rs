//! The parameter `follow`: linked objects in place of links, such as `nics,disk_attachments.disk`.
//!
//! What can't be followed is an exception of the engine: a name that is no link, or a link that this object doesn't
//! have.

use ovirt_sdk::object::{Following, Kind, Object};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::Root;

use super::candidate::Candidate;
use super::object::{Item, is_reference, show};
use crate::api::fault::{Fault, pascal_case};
use crate::api::follow_paths::{FollowPaths, is_named, is_same};
use crate::api::pages;
use crate::api::registry::{Context, IsVisible};
use crate::fields::{id_of, text};
use crate::path::join;

/// The most steps in a path.
const MAX_DEPTH: usize = 12;

/// What a request follows: found out once for all objects of a response.
pub(super) struct Follower<'c> {
    pub(super) context: &'c Context<'c>,
    paths: FollowPaths<'c>,
    /// Types with collections that the request wants as details, and these collections.
    details: Vec<(&'static str, &'static str)>,
    /// Whether the user may see an object; `None` if all.
    is_visible: Option<IsVisible<'c>>,
}

impl<'c> Follower<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        let request = context.request;
        Self {
            context,
            paths: FollowPaths::of(request),
            details: context.registry.details_of(request),
            is_visible: context.registry.visibility(context),
        }
    }

    /// Fills in the linked objects that the request follows from an object, or that it wants as details of it. Details
    /// that an object doesn't have are ignored.
    pub(super) fn follow(&self, shown: &mut dyn Object) -> Result<(), Fault> {
        let kind = shown.info().name;
        for (_, detail) in self.details.iter().filter(|(owner, _)| *owner == kind) {
            let path = text(shown, "href").and_then(|href| path_of(self.context, &href));
            if path.is_some_and(|path| linked_collection(&path, detail).is_some()) {
                self.follow_steps(shown, &[detail])?;
            }
        }
        for steps in self.paths.iter() {
            if steps.len() > MAX_DEPTH {
                return Err(Fault::bad(&format!("links are followed {MAX_DEPTH} levels deep at most")));
            }
            self.follow_steps(shown, steps)?;
        }
        Ok(())
    }

    fn follow_steps(&self, shown: &mut dyn Object, steps: &[&str]) -> Result<(), Fault> {
        let context = self.context;
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
                    let objects = self.items(&path).ok_or_else(problem)?;
                    for object in objects {
                        list.push_object(object);
                    }
                }
                for index in 0..list.count() {
                    if let Some(item) = list.object_mut(index) {
                        self.follow_steps(item, rest)?;
                    }
                }
                Ok(())
            }
            (Kind::Object(_), _) if slot.is_set() && (field.is_link || slot.as_object().is_some_and(is_reference)) => {
                let part = slot.make_object().ok_or_else(problem)?;
                fill(context, part).ok_or_else(problem)?;
                self.follow_steps(part, rest)
            }
            _ => Err(problem()),
        }
    }

    /// The objects of the collection at a path; `None` if it doesn't exist.
    fn items(&self, path: &str) -> Option<Vec<Box<dyn Object>>> {
        let context = self.context;
        let target = context.resolve(path).ok()?;
        if let Some(objects) = context.computed(&target) {
            let show_computed = |object: Box<dyn Object>| {
                let address = id_of(&*object).map_or_else(|| path.to_owned(), |id| format!("{path}/{id}"));
                show(context, Item::Computed(object), &address).ok()
            };
            return Some(objects.into_iter().filter_map(show_computed).collect());
        }
        let address_of = context.address_of(&target);
        let show_stored = |candidate: Candidate<'_>| {
            let path = candidate.path();
            if self.is_visible.as_ref().is_some_and(|is_visible| !is_visible(&path)) {
                return None;
            }
            show(context, Item::Known(&path, candidate.object), &address_of(&path)).ok()
        };
        Some(Candidate::in_collection(context, &target).into_iter().filter_map(show_stored).collect())
    }
}

/// Whether an object has more than an identifier, an address and a name.
fn is_whole(object: &dyn Object) -> bool {
    let fields = ovirt_sdk::object::members(object);
    fields.filter(|(field, slot)| slot.is_set() && !["href", "id", "name"].contains(&field.name)).count() > 0
}

/// The path of the collection that an object links to with a name.
fn linked_collection(path: &str, name: &str) -> Option<String> {
    let info = Root::info().find(path)?;
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
    // The visitor does not fail.
    let _ = whole.each_set(&mut |index, filled| {
        if let Some(slot) = reference.slot_mut(index) {
            slot.assign(filled);
        }
        Ok(())
    });
    *reference.unknown_mut() = whole.unknown().clone();
    Some(())
}

/// The path of an address.
fn path_of(context: &Context<'_>, href: &str) -> Option<String> {
    Some(href.strip_prefix(&context.request.base)?.trim_matches('/').to_owned())
}
