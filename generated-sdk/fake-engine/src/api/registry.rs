//! What resources register: handlers, effects, views and everything else that is particular to them.

use std::collections::{HashMap, HashSet};

use super::About;
use super::call::{Call, Reply};
use super::fault::Fault;
use crate::exchange::Asked;
use crate::search::Entity;
use crate::state::{State, last};
use ovirt_sdk::object::Object;

/// Answers a method of a service.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Reply, Fault>;
/// Something that happens later.
pub(crate) type Effect = fn(&mut State, &[String]);
/// Completes what is shown of the object at a path: members that follow from others, or that are shown only when they
/// are asked for.
pub(crate) type Show = fn(&State, &str, &Asked, &mut dyn Object);
/// The paths of the objects that can be seen below the object at a path.
pub(crate) type Members = fn(&State, &str) -> Vec<String>;

/// Makes the objects of a collection that are stored nowhere, for the object at a path to which it belongs.
pub(crate) type Compute = fn(&State, &str) -> Vec<Box<dyn Object>>;

/// The path of the object with an identifier that can be seen below the object at a path.
pub(crate) type Find = fn(&State, &str, &str) -> Option<String>;

/// The path of the object of a name that goes with what a request is about.
pub(crate) type Named = fn(&State, About<'_>, &str) -> Option<String>;

/// A collection whose objects live elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) members: Members,
    /// Finds one of them; where they are few, a look through all of them does.
    find: Option<Find>,
    /// Whether its objects have the addresses at which they are seen, and not those at which they live.
    pub(crate) own_addresses: bool,
}

impl View {
    /// The path of the object with an identifier that can be seen below the object at a path.
    pub(crate) fn find(&self, state: &State, parent: &str, id: &str) -> Option<String> {
        match self.find {
            Some(find) => find(state, parent, id),
            None => (self.members)(state, parent).into_iter().find(|path| last(path) == id),
        }
    }
}

/// Everything that is particular.
#[derive(Default)]
pub(crate) struct Registry {
    pub(crate) handlers: HashMap<(&'static str, &'static str), Handler>,
    effects: HashMap<&'static str, Effect>,
    pub(crate) shows: HashMap<&'static str, Show>,
    pub(crate) views: HashMap<&'static str, View>,
    pub(crate) computed: HashMap<&'static str, Compute>,
    entities: HashMap<&'static str, &'static Entity>,
    pub(crate) named: HashMap<&'static str, Named>,
    made: HashSet<(&'static str, &'static str)>,
}

impl Registry {
    /// Answers a method of a service, by their names in the model.
    pub(crate) fn on(&mut self, service: &'static str, method: &'static str, handler: Handler) {
        once(self.handlers.insert((service, method), handler), method);
    }

    /// Names something that happens later.
    pub(crate) fn effect(&mut self, name: &'static str, effect: Effect) {
        once(self.effects.insert(name, effect), name);
    }

    /// Completes what is shown of objects of a struct, by its name in the model.
    pub(crate) fn show(&mut self, name: &'static str, show: Show) {
        once(self.shows.insert(name, show), name);
    }

    /// Says which objects can be seen in the collections of a service. They have the addresses at which they live.
    pub(crate) fn view(&mut self, service: &'static str, members: Members) {
        once(self.views.insert(service, View { members, find: None, own_addresses: false }), service);
    }

    /// As [`view`](Self::view), with addresses at which the objects are seen.
    pub(crate) fn view_with_addresses(&mut self, service: &'static str, members: Members) {
        once(self.views.insert(service, View { members, find: None, own_addresses: true }), service);
    }

    /// Says how one object of a view is found without a look through all of them.
    pub(crate) fn found(&mut self, service: &'static str, find: Find) {
        if let Some(view) = self.views.get_mut(service) {
            view.find = Some(find);
        }
    }

    /// Makes the objects of the collections of a service as they are read.
    pub(crate) fn compute(&mut self, service: &'static str, compute: Compute) {
        once(self.computed.insert(service, compute), service);
    }

    /// Searches the objects of a service as another kind than their struct says.
    pub(crate) fn searched(&mut self, service: &'static str, entity: &'static Entity) {
        self.entities.insert(service, entity);
    }

    /// Says which object of a struct is meant by a name that several can have.
    pub(crate) fn named(&mut self, name: &'static str, named: Named) {
        once(self.named.insert(name, named), name);
    }

    pub(crate) fn named_of(&self, name: &str) -> Option<Named> {
        self.named.get(name).copied()
    }

    /// Says that a member of a struct describes what is to be made: the name in it is a new one, and refers to nothing.
    pub(crate) fn made(&mut self, name: &'static str, member: &'static str) {
        self.made.insert((name, member));
    }

    pub(crate) fn is_made(&self, name: &'static str, member: &'static str) -> bool {
        self.made.contains(&(name, member))
    }

    pub(crate) fn entity_of(&self, service: &str) -> Option<&'static Entity> {
        self.entities.get(service).copied()
    }

    pub(crate) fn handler_of(&self, service: &str, method: &str) -> Option<Handler> {
        self.handlers.get(&(service, method)).copied()
    }

    pub(crate) fn effect_of(&self, name: &str) -> Option<Effect> {
        self.effects.get(name).copied()
    }

    pub(crate) fn show_of(&self, name: &str) -> Option<Show> {
        self.shows.get(name).copied()
    }

    pub(crate) fn compute_of(&self, service: &str) -> Option<Compute> {
        self.computed.get(service).copied()
    }

    pub(crate) fn view_of(&self, service: &str) -> Option<View> {
        self.views.get(service).copied()
    }
}

/// What is registered twice is done in one way only, and nobody sees that the other one is dead.
fn once<T>(before: Option<T>, name: &str) {
    debug_assert!(before.is_none(), "`{name}` is registered twice");
}
