//! From a path to what it means: a service, and the object or the collection that it is about.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::fault::Fault;
use super::registry::View;
use crate::exchange::Asked;
use crate::routes::{Method, Service};
use crate::search::refers;
use crate::state::{State, id_of, is_uuid, last};
use ovirt_sdk::object::{Info, Kind, Object, Slot};
use ovirt_sdk::request::Verb;
use ovirt_sdk::service::{self, Service as _};
use ovirt_sdk::unstable::Root;

/// What a path means.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The service.
    pub(crate) service: &'static Service,
    pub(crate) info: &'static service::Info,
    /// Where the object lives, or what collection it is.
    pub(crate) path: String,
    /// The path as it was asked for, without the segment of an action.
    pub(crate) address: String,
    /// Where the object lives that the collection belongs to, or that is above the object; empty at the root.
    pub(crate) parent: String,
    /// Whether it is an object, told by its identifier.
    pub(crate) is_object: bool,
    /// The action that was asked for.
    pub(crate) action: Option<&'static Method>,
}

/// The objects of a collection: those that live in it, or those that can be seen in it.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Own,
    View(View),
    /// Those of the collection of that struct at the root that refer to the parent by a member.
    Referring(&'static str, &'static str),
}

impl Target {
    /// What is asked for.
    pub(crate) fn find(state: &State, asked: &Asked) -> Result<Self, Fault> {
        Self::walk(state, &asked.segments, asked.method == "POST")
    }

    /// What a path means: one below the API's base.
    pub(crate) fn of(state: &State, path: &str) -> Result<Self, Fault> {
        let segments: Vec<String> = path.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        Self::walk(state, &segments, false)
    }

    fn walk(state: &State, segments: &[String], actions: bool) -> Result<Self, Fault> {
        let info = Root::INFO;
        let service = Service::named(info.name).ok_or_else(|| Fault::internal("the root has no routes"))?;
        let mut target = Self {
            service,
            info,
            path: String::new(),
            address: String::new(),
            parent: String::new(),
            is_object: false,
            action: None,
        };
        for (index, segment) in segments.iter().enumerate() {
            let is_last = index + 1 == segments.len();
            let child = target.info.children().find(|(name, _)| name == segment).map(|(_, info)| info);
            match (child, target.info.object()) {
                (Some(child), _) => target.enter(child, segment)?,
                (None, _) if actions && is_last && target.service.action(segment).is_some() => {
                    target.action = target.service.action(segment);
                }
                (None, Some(object)) => target.choose(state, object, segment)?,
                (None, None) => return Err(Fault::not_found()),
            }
        }
        Ok(target)
    }

    fn enter(&mut self, child: &'static service::Info, segment: &str) -> Result<(), Fault> {
        if self.is_object || self.path.is_empty() {
            self.parent.clone_from(&self.path);
        }
        self.step(child, segment)?;
        self.is_object = false;
        push(&mut self.path, segment);
        Ok(())
    }

    /// Goes from a collection to one of its objects.
    fn choose(&mut self, state: &State, object: &'static service::Info, id: &str) -> Result<(), Fault> {
        let place = self.place_of(state, id)?;
        self.step(object, id)?;
        self.path = place;
        self.is_object = true;
        Ok(())
    }

    fn step(&mut self, info: &'static service::Info, segment: &str) -> Result<(), Fault> {
        self.service =
            Service::named(info.name).ok_or_else(|| Fault::internal(format!("`{}` has no routes", info.name)))?;
        self.info = info;
        push(&mut self.address, segment);
        Ok(())
    }

    /// Where the object of this collection lives that has an identifier.
    fn place_of(&self, state: &State, id: &str) -> Result<String, Fault> {
        if let Some(objects) = self.computed(state) {
            let mut ids = objects.iter().filter_map(|object| id_of(&**object));
            return if ids.any(|other| other == id) {
                Ok(format!("{}/{id}", self.path))
            } else {
                Err(Fault::not_found())
            };
        }
        let found = match self.source(state) {
            Source::Own => Some(format!("{}/{id}", self.path)).filter(|path| state.contains(path)),
            Source::View(view) => view.find(state, &self.parent, id),
            Source::Referring(root, member) => {
                let parent = last(&self.parent);
                let refers = |path: &String| state.object(path).is_some_and(|object| refers(object, member, parent));
                Some(format!("{root}/{id}")).filter(refers)
            }
        };
        match found {
            Some(path) => Ok(path),
            // A collection that is made up as it is read has objects that are stored nowhere.
            None if self.is_made_up(state) => Ok(format!("{}/{id}", self.path)),
            None if is_uuid(id) || self.has_other_ids(state) => Err(Fault::not_found()),
            None => Err(Fault::bad(&format!("Invalid UUID string: {id}"))),
        }
    }

    fn is_made_up(&self, state: &State) -> bool {
        let of_object = self.info.object().map(|info| info.name);
        of_object.is_some_and(|name| state.registry.handler_of(name, "get").is_some())
    }

    /// Whether identifiers in this collection are no UUIDs.
    fn has_other_ids(&self, state: &State) -> bool {
        match self.source(state) {
            Source::Own => state.has_other_ids(&self.path),
            Source::Referring(root, _) => state.has_other_ids(root),
            Source::View(view) => (view.members)(state, &self.parent).iter().any(|path| !is_uuid(last(path))),
        }
    }

    /// Where the objects of this collection are.
    pub(crate) fn source(&self, state: &State) -> Source {
        if let Some(view) = state.registry.view_of(self.service.name) {
            return Source::View(view);
        }
        let kind = self.service.object.map(|info| info.name);
        match kind.and_then(|kind| Some((roots().get(kind)?, kind))) {
            Some((root, _)) if !self.parent.is_empty() => self.referring(state, root).unwrap_or(Source::Own),
            _ => Source::Own,
        }
    }

    /// The member by which objects of the collection at the root refer to the object above this one.
    fn referring(&self, state: &State, root: &'static str) -> Option<Source> {
        let parent = state.object(&self.parent)?.info();
        let info = self.service.object?;
        let object = info.new_object();
        let refers = |slot: &dyn Slot| matches!(slot.kind(), Kind::Object(to) if to.name == parent.name);
        let lists = |slot: &dyn Slot| matches!(slot.kind(), Kind::List(to) if to.name == parent.name);
        let member = |wanted: &dyn Fn(&dyn Slot) -> bool| {
            let found = ovirt_sdk::object::members(&*object).find(|(member, slot)| member.is_link && wanted(*slot));
            found.map(|(member, _)| member.name)
        };
        let member = member(&refers).or_else(|| member(&lists))?;
        Some(Source::Referring(root, member))
    }

    /// Where the objects of this collection live.
    pub(crate) fn members(&self, state: &State) -> Vec<String> {
        match self.source(state) {
            Source::Own => state.paths(&self.path),
            Source::View(view) => (view.members)(state, &self.parent),
            Source::Referring(root, member) => {
                let parent = last(&self.parent);
                let refers = |path: &String| state.object(path).is_some_and(|object| refers(object, member, parent));
                state.paths(root).into_iter().filter(refers).collect()
            }
        }
    }

    /// The objects of this collection, if they are made as they are read.
    pub(crate) fn computed(&self, state: &State) -> Option<Vec<Box<dyn Object>>> {
        state.registry.compute_of(self.service.name).map(|compute| compute(state, &self.parent))
    }

    /// The addresses of objects of this collection, by where they live: that place, unless the collection says
    /// otherwise.
    pub(crate) fn addresses(&self, state: &State) -> impl Fn(&str) -> String + use<'_> {
        let are_seen = matches!(self.source(state), Source::View(view) if view.own_addresses);
        move |place| if are_seen { format!("{}/{}", self.address, last(place)) } else { place.to_owned() }
    }

    /// The address of one object of this collection.
    pub(crate) fn address_of(&self, state: &State, place: &str) -> String {
        self.addresses(state)(place)
    }

    /// The methods of HTTP that it has.
    pub(crate) fn allowed(&self) -> String {
        let mut allowed = vec!["OPTIONS"];
        if self.action.is_some() {
            allowed.push("POST");
        } else {
            for method in self.service.methods {
                match method.verb {
                    Verb::Get | Verb::List => allowed.extend(["GET", "HEAD"]),
                    Verb::Add => allowed.push("POST"),
                    Verb::Update => allowed.push("PUT"),
                    Verb::Remove => allowed.push("DELETE"),
                    Verb::Action => {}
                }
            }
        }
        allowed.sort_unstable();
        allowed.dedup();
        allowed.join(", ")
    }
}

fn push(path: &mut String, segment: &str) {
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(segment);
}

/// The collections at the root, by the name of the struct of their objects.
pub(crate) fn roots() -> &'static HashMap<&'static str, &'static str> {
    static ROOTS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let mut roots = HashMap::new();
        for (segment, info) in Root::INFO.children() {
            let service = Service::named(info.name).filter(|service| service.method(Verb::List).is_some());
            if let Some(object) = service.and_then(|service| service.object) {
                roots.entry(object.name).or_insert(segment);
            }
        }
        roots
    })
}

/// The collection at the root where objects of a struct live.
pub(crate) fn root_of(info: &Info) -> Option<&'static str> {
    roots().get(info.name).copied()
}
