//! A request as behaviours see it, and what they answer.

use std::any::Any;

use super::document::{self, Sent};
use super::fault::{Fault, capital};
use super::merge::{merge, resolve_names};
use super::resolve::Target;
use crate::exchange::Asked;
use crate::routes::Method;
use crate::state::{State, id_of, last, set_text};
use ovirt_sdk::object::{Object, Slot, Struct, member, member_mut};
use ovirt_sdk::request::Verb;
use ovirt_sdk::unstable::Value;

/// A request to change something, or one that a behaviour answers.
pub(crate) struct Call<'s> {
    pub(crate) state: &'s mut State,
    pub(crate) asked: &'s Asked,
    pub(crate) target: Target,
    pub(crate) method: &'static Method,
    bodies: Vec<Box<dyn Object>>,
    pub(super) sent: Vec<Sent>,
}

/// What a request is answered with.
pub(crate) enum Reply {
    /// The object that was made at a path: 201, or 202 while its job goes on.
    Created(String),
    /// The object at a path.
    Object(String),
    /// An object that is stored nowhere.
    Value(Box<dyn Object>),
    /// Objects that are stored nowhere, for a list.
    Values(Vec<Box<dyn Object>>),
    /// Objects by their paths, for a list; searched, sorted and cut as it was asked for.
    Paths(Vec<String>),
    /// What was asked for is done, or goes on in a job.
    Done,
    /// What was asked for has begun: the answer says no more of it, and the client can't wait for its end.
    Begun,
    /// As `Done`, with what came out: the tag of the parameter, and the value.
    Out(&'static str, Box<dyn Slot>),
    /// No body.
    Empty(u16),
}

impl<'s> Call<'s> {
    pub(super) fn new(
        state: &'s mut State,
        asked: &'s Asked,
        target: Target,
        method: &'static Method,
    ) -> Result<Self, Fault> {
        let (mut bodies, mut sent) = (Vec::new(), Vec::new());
        match method.verb {
            Verb::Add | Verb::Update => match document::body_of(method) {
                Some((false, info)) => bodies.push(document::object(asked, info)?),
                Some((true, info)) => bodies = document::objects(asked, info)?,
                None => {}
            },
            Verb::Action => sent = document::action(asked, method)?,
            Verb::Remove if !asked.body.is_empty() => sent = document::action(asked, method)?,
            _ => {}
        }
        for body in &mut bodies {
            resolve_names(state, &target.path, &mut **body)?;
        }
        for (_, slot) in &mut sent {
            if slot.as_object().is_some()
                && let Some(object) = slot.make_object()
            {
                resolve_names(state, &target.path, object)?;
            }
        }
        Ok(Self { state, asked, target, method, bodies, sent })
    }

    /// Where the object lives that the request is about, or the collection that it is about.
    pub(crate) fn path(&self) -> String {
        self.target.path.clone()
    }

    /// The identifier of the object that the request is about.
    pub(crate) fn id(&self) -> String {
        last(&self.target.path).to_owned()
    }

    /// Where the object lives to which the collection belongs.
    pub(crate) fn parent(&self) -> String {
        self.target.parent.clone()
    }

    /// The object that was sent. It is taken: who wants it stored stores it.
    pub(crate) fn body<T: Struct>(&mut self) -> Result<T, Fault> {
        let object: Box<dyn Any> = self.take_body()?;
        object.downcast::<T>().map(|object| *object).map_err(|_| Fault::internal("the body is of another struct"))
    }

    /// The object that was sent, whatever it is.
    pub(crate) fn take_body(&mut self) -> Result<Box<dyn Object>, Fault> {
        match self.bodies.is_empty() {
            true => Err(Fault::internal("the method has no body")),
            false => Ok(self.bodies.remove(0)),
        }
    }

    /// A parameter of the action.
    pub(crate) fn parameter<V: Value>(&self, tag: &str) -> Option<V> {
        let (_, slot) = self.sent.iter().find(|(member, _)| member.tag == tag)?;
        let slot: &dyn Any = &**slot;
        slot.downcast_ref::<Option<V>>()?.clone()
    }

    /// A parameter of the action that is an object.
    pub(crate) fn object<T: Struct>(&self, tag: &str) -> Option<T> {
        self.parameter::<Box<T>>(tag).map(|object| *object)
    }

    /// A parameter that is true or false, of the action or of the query.
    pub(crate) fn flag(&self, tag: &str) -> Option<bool> {
        self.parameter::<bool>(tag).or_else(|| self.asked.flag(tag))
    }

    /// Refuses when members of the object that was sent are missing: dotted paths, of which each may have alternatives
    /// as the engine writes them, `cluster.id|name`.
    pub(crate) fn require(&self, wanted: &[&str]) -> Result<(), Fault> {
        let Some(body) = self.bodies.first() else { return Ok(()) };
        let missing: Vec<&str> = wanted.iter().copied().filter(|path| !has(&**body, path)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let name: String = body.info().name.split('_').map(capital).collect();
        Err(Fault::incomplete(&name, &missing, self.method.name))
    }

    /// Stores an object in the collection that was asked for, as every collection does: it gets an identifier, its name
    /// must be free, and what belongs into collections of its own is left out.
    pub(crate) fn add(&mut self, object: Box<dyn Object>) -> Result<Reply, Fault> {
        self.unique(&*object)?;
        self.store(object).map(Reply::Created)
    }

    /// As [`add`](Self::add), for objects whose names need not be unique in their collection; gives the path.
    pub(crate) fn store(&mut self, mut object: Box<dyn Object>) -> Result<String, Fault> {
        let info = object.info();
        for (index, row) in info.members.iter().enumerate() {
            let is_collection = row.rel.is_some_and(|rel| self.has_collection(rel));
            if (is_collection || row.name == "href")
                && let Some(slot) = object.slot_mut(index)
            {
                slot.clear();
            }
        }
        if let Some(slot) = member_mut(&mut *object, "id")
            && slot.text().is_some_and(|id| self.state.contains(&format!("{}/{id}", self.target.path)))
        {
            return Err(Fault::conflict(&format!("{} already exists", info.name)));
        }
        self.refer_to_parent(&mut *object);
        Ok(self.state.insert_object(&self.home(), object))
    }

    /// Where objects of the collection that was asked for live.
    fn home(&self) -> String {
        match self.target.source(self.state) {
            super::resolve::Source::Referring(root, _) => root.to_owned(),
            _ => self.target.path.clone(),
        }
    }

    /// Notes in a new object which one it belongs to.
    fn refer_to_parent(&self, object: &mut dyn Object) {
        let parent = last(&self.target.parent);
        let Some(kind) = self.state.object(&self.target.parent).map(|parent| parent.info().name) else { return };
        let name = match self.target.source(self.state) {
            super::resolve::Source::Referring(_, member) => member,
            _ => kind,
        };
        let Some(slot) = member_mut(object, name) else { return };
        let reference = match slot.make_list() {
            Some(list) => list.push_new(),
            None => slot.make_object(),
        };
        if let Some(reference) = reference {
            set_text(reference, "id", parent);
        }
    }

    /// Whether objects of the collection that was asked for have a collection of their own at a segment.
    fn has_collection(&self, segment: &str) -> bool {
        let object = self.target.info.object();
        object.is_some_and(|info| info.children().any(|(name, _)| name == segment))
    }

    /// Refuses a name that another object of the collection has.
    pub(crate) fn unique(&self, object: &dyn Object) -> Result<(), Fault> {
        let Some(name) = member(object, "name").and_then(|slot| slot.text()) else { return Ok(()) };
        let own = if self.target.is_object { Some(self.target.path.as_str()) } else { None };
        let collection = if self.target.is_object {
            self.target.path.rsplit_once('/').map(|(collection, _)| collection.to_owned()).unwrap_or_default()
        } else {
            self.home()
        };
        let taken = self.state.by_name(&collection, &name);
        if taken.is_some_and(|taken| Some(taken.as_str()) != own) {
            return Err(Fault::conflict(&format!(
                "Cannot {} {}. The name {name} is already in use.",
                if own.is_some() { "edit" } else { "add" },
                object.info().name.split('_').map(capital).collect::<Vec<_>>().join(" ")
            )));
        }
        Ok(())
    }

    /// Changes the object that was asked for by what was sent.
    pub(crate) fn update(&mut self, change: &dyn Object) -> Result<Reply, Fault> {
        self.unique(change)?;
        self.change(change)
    }

    /// As [`update`](Self::update), for objects whose names need not be unique in their collection.
    pub(crate) fn change(&mut self, change: &dyn Object) -> Result<Reply, Fault> {
        let path = self.path();
        let object = self.state.object_mut(&path).ok_or_else(Fault::not_found)?;
        merge(object, change);
        Ok(Reply::Object(path))
    }

    /// Removes the object that was asked for.
    pub(crate) fn remove(&mut self) -> Result<Reply, Fault> {
        if self.state.remove(&self.target.path) { Ok(Reply::Done) } else { Err(Fault::not_found()) }
    }

    /// Begins a job of what is asked for.
    pub(crate) fn job(&mut self, description: &str) -> String {
        self.state.begin_job(description)
    }
}

/// Whether an object has something at a dotted path, whose steps may have alternatives: `cluster.id|name`.
fn has(object: &dyn Object, path: &str) -> bool {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    step.split('|').any(|name| {
        // A reference that had a name has got its identifier.
        let slot = member(object, name).filter(|slot| slot.is_set());
        match (slot, rest) {
            (Some(_), None) => true,
            (None, None) => name == "name" && id_of(object).is_some(),
            (Some(slot), Some(rest)) => match (slot.as_object(), slot.as_list()) {
                (Some(inner), _) => has(inner, rest),
                (_, Some(list)) => {
                    list.count() > 0 && (0..list.count()).filter_map(|index| list.object(index)).all(|it| has(it, rest))
                }
                _ => false,
            },
            (None, Some(_)) => false,
        }
    })
}
