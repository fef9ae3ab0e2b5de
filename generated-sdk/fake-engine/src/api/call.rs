//! The operations that a request offers to its handler.

use std::any::Any;

use ovirt_sdk::object::{Object, Struct, member, member_mut};
use ovirt_sdk::unstable::FieldValue;

use super::fault::{Fault, capitalized, pascal_case};
use super::merge::merge;
use super::registry::{Call, Context};
use super::reply::Reply;
use super::routing::Home;
use crate::fields::{id_of, set_text, text};
use crate::path::last;
use crate::services::action_parameter;

impl Call<'_> {
    /// The request with read access to the state.
    pub(crate) fn context(&self) -> Context<'_> {
        Context { state: self.state, registry: self.registry, request: self.request }
    }

    /// The path of the object or collection that the request is about.
    pub(crate) fn path(&self) -> String {
        self.target.path.clone()
    }

    /// The identifier of the object that the request is about.
    pub(crate) fn id(&self) -> String {
        last(&self.target.path).to_owned()
    }

    /// The path of the object to which the collection belongs.
    pub(crate) fn parent(&self) -> String {
        self.target.parent.clone()
    }

    /// Takes the object in the body.
    pub(crate) fn body<T: Struct>(&mut self) -> Result<T, Fault> {
        let object: Box<dyn Any> = self.take_body()?;
        object.downcast::<T>().map(|object| *object).map_err(|_| Fault::internal("the body has another type"))
    }

    /// The object in the body, until it is taken.
    pub(crate) fn sent(&self) -> Option<&dyn Object> {
        self.bodies.first().map(|body| &**body)
    }

    /// A parameter of the action that is an object of any type, by its tag.
    pub(crate) fn argument(&self, tag: &str) -> Option<&dyn Object> {
        self.parameters.iter().find(|(member, _)| member.tag == tag)?.1.as_object()
    }

    /// Takes the object in the body, of any type.
    pub(crate) fn take_body(&mut self) -> Result<Box<dyn Object>, Fault> {
        match self.bodies.is_empty() {
            true => Err(Fault::internal("the method has no body")),
            false => Ok(self.bodies.remove(0)),
        }
    }

    /// A parameter of the action, by its tag.
    pub(crate) fn parameter<V: FieldValue>(&self, tag: &str) -> Option<V> {
        let (_, slot) = self.parameters.iter().find(|(member, _)| member.tag == tag)?;
        let slot: &dyn Any = &**slot;
        slot.downcast_ref::<Option<V>>()?.clone()
    }

    /// Sets a parameter of the action, which the response repeats.
    pub(crate) fn set_parameter<V: FieldValue>(&mut self, tag: &str, value: Option<V>) {
        if let Some(parameter) = action_parameter(tag) {
            self.parameters.retain(|(member, _)| member.tag != tag);
            self.parameters.push((&parameter.member, Box::new(value)));
        }
    }

    /// A parameter of the action that is an object.
    pub(crate) fn object<T: Struct>(&self, tag: &str) -> Option<T> {
        self.parameter::<Box<T>>(tag).map(|object| *object)
    }

    /// A boolean parameter of the action or of the query.
    pub(crate) fn flag(&self, tag: &str) -> Option<bool> {
        self.parameter::<bool>(tag).or_else(|| self.request.flag(tag))
    }

    /// Fails if fields of the body are missing. The paths are dotted, and each step may have alternatives, as in the
    /// engine's faults: `cluster.id|name`.
    pub(crate) fn require(&self, paths: &[&str]) -> Result<(), Fault> {
        let Some(body) = self.bodies.first() else { return Ok(()) };
        let missing: Vec<&str> = paths.iter().copied().filter(|path| !has(&**body, path)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let kind = pascal_case(body.info().name);
        Err(Fault::incomplete(&kind, &missing, self.method.name))
    }

    /// Adds an object to the collection of the request. Its name must be unique there.
    pub(crate) fn add(&mut self, object: Box<dyn Object>) -> Result<Reply, Fault> {
        self.check_name(&*object)?;
        self.store(object).map(Reply::Created)
    }

    /// Like [`add`](Self::add), for collections in which names are not unique; returns the path.
    pub(crate) fn store(&mut self, mut object: Box<dyn Object>) -> Result<String, Fault> {
        let info = object.info();
        for (index, field) in info.members.iter().enumerate() {
            let is_collection = field.rel.is_some_and(|rel| self.has_collection(rel));
            if (is_collection || field.name == "href")
                && let Some(slot) = object.slot_mut(index)
            {
                slot.clear();
            }
        }
        if text(&*object, "id").is_some_and(|id| self.state.contains(&format!("{}/{id}", self.target.path))) {
            return Err(Fault::conflict(&format!("{} already exists", info.name)));
        }
        self.refer_to_parent(&mut *object);
        let home = self.home();
        Ok(self.state.insert_object(&home, object))
    }

    /// The collection in which objects of the collection of the request are stored.
    fn home(&self) -> String {
        match self.context().home(&self.target) {
            Home::Root { collection, .. } => collection.to_owned(),
            _ => self.target.path.clone(),
        }
    }

    /// Sets the field with which a new object refers to its parent.
    fn refer_to_parent(&self, object: &mut dyn Object) {
        let parent = last(&self.target.parent);
        let Some(kind) = self.state.object(&self.target.parent).map(|parent| parent.info().name) else { return };
        let name = match self.context().home(&self.target) {
            Home::Root { field, .. } => field,
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

    /// Whether the objects of the collection of the request have a collection at a segment.
    fn has_collection(&self, segment: &str) -> bool {
        let object = self.target.info.object();
        object.is_some_and(|info| info.children().any(|(name, _)| name == segment))
    }

    /// Fails if another object of the collection has the name of an object.
    pub(crate) fn check_name(&self, object: &dyn Object) -> Result<(), Fault> {
        if !self.is_name_taken(object) {
            return Ok(());
        }
        let action = if self.target.is_object { "edit" } else { "add" };
        let kind = object.info().name.split('_').map(capitalized).collect::<Vec<_>>().join(" ");
        let why = format!("The {kind} name is already in use, please choose a unique name and try again.");
        Err(Fault::cannot(&format!("{action} {kind}"), &why))
    }

    /// Whether another object of the collection has the name of an object.
    pub(crate) fn is_name_taken(&self, object: &dyn Object) -> bool {
        let Some(name) = text(object, "name") else { return false };
        let own = if self.target.is_object { Some(self.target.path.as_str()) } else { None };
        let collection = if self.target.is_object {
            self.target.path.rsplit_once('/').map(|(collection, _)| collection.to_owned()).unwrap_or_default()
        } else {
            self.home()
        };
        self.state.by_name(&collection, &name).is_some_and(|taken| Some(taken.as_str()) != own)
    }

    /// Changes the object of the request. Its new name must be unique in the collection.
    pub(crate) fn update(&mut self, change: &dyn Object) -> Result<Reply, Fault> {
        self.check_name(change)?;
        self.change(change)
    }

    /// Like [`update`](Self::update), for collections in which names are not unique.
    pub(crate) fn change(&mut self, change: &dyn Object) -> Result<Reply, Fault> {
        let path = self.path();
        let object = self.state.object_mut(&path).ok_or_else(Fault::not_found)?;
        merge(object, change);
        Ok(Reply::Object(path))
    }

    /// Removes the object of the request.
    pub(crate) fn remove(&mut self) -> Result<Reply, Fault> {
        if self.state.remove(&self.target.path) { Ok(Reply::Completed) } else { Err(Fault::not_found()) }
    }

    /// Sets the description of the job of the request, which appears whether the request succeeds or not.
    pub(crate) fn name_job(&mut self, description: &str) {
        self.job_title = Some(description.to_owned());
    }

    /// Starts the job of the request, whose description is that of the [command](super::Command) or was
    /// [set](Self::name_job) before.
    pub(crate) fn job(&mut self) {
        debug_assert!(self.job_title.is_some(), "the job of `{}` has no description", self.method.name);
        self.job_titled("");
    }

    /// Like [`job`](Self::job), for requests that may have no description: they get this one. Unlike
    /// [`name_job`](Self::name_job), it leaves no job behind if the request is refused before.
    pub(crate) fn job_titled(&mut self, description: &str) {
        self.state.begin_job(self.job_title.as_deref().unwrap_or(description));
    }
}

/// Whether a field is set, by its dotted path whose steps may have alternatives: `cluster.id|name`.
fn has(object: &dyn Object, path: &str) -> bool {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    step.split('|').any(|name| {
        let slot = member(object, name).filter(|slot| slot.is_set());
        match (slot, rest) {
            (Some(_), None) => true,
            // Names of references were replaced by identifiers.
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
