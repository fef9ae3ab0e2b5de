//! The objects among which a list chooses.

use ovirt_sdk::object::Object;

use crate::api::registry::Context;
use crate::api::routing::Home;
use crate::api::target::Target;
use crate::path::join;

/// A stored object that a list can have. Most lists have few of the objects of a collection, so the path is only made for
/// these.
pub(super) struct Candidate<'s> {
    place: Place<'s>,
    pub(super) object: &'s dyn Object,
}

/// Where an object is stored.
enum Place<'s> {
    At(String),
    In(&'s str, &'s str),
}

impl<'s> Candidate<'s> {
    /// The object at a path, if it exists.
    pub(super) fn at(context: &Context<'s>, path: String) -> Option<Self> {
        let object = context.state.object(&path)?;
        Some(Self { place: Place::At(path), object })
    }

    /// All objects in the collection of a target.
    pub(super) fn in_collection(context: &Context<'s>, target: &'s Target) -> Vec<Self> {
        let stored = |collection: &'s str| {
            let entries = context.state.entries(collection);
            entries.map(move |(id, object)| Self { place: Place::In(collection, id), object })
        };
        match context.home(target) {
            Home::Here => stored(&target.path).collect(),
            _ => context.members(target).into_iter().filter_map(|path| Self::at(context, path)).collect(),
        }
    }

    pub(super) fn path(&self) -> String {
        match &self.place {
            Place::At(path) => path.clone(),
            Place::In(collection, id) => join(collection, id),
        }
    }
}
