//! The target of a request: the service and the object that its path means.

use ovirt_sdk::request::Verb;
use ovirt_sdk::service;

use super::fault::Fault;
use crate::path::join;
use crate::routes::{Method, Service};

/// The service at a path, and the object or collection that a request to it is about.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) service: &'static Service,
    pub(crate) info: &'static service::ServiceInfo,
    /// The path at which the object is stored, or the path of the collection.
    pub(crate) path: String,
    /// The path in the request, without the segment of an action.
    pub(crate) address: String,
    /// The path of the object to which the collection belongs, or that is above the object; empty at the root.
    pub(crate) parent: String,
    /// Whether the target is an object of a collection.
    pub(crate) is_object: bool,
    /// The action that the path names.
    pub(crate) action: Option<&'static Method>,
    /// The identifier of a run of the action: of its response with status 202.
    pub(crate) run: Option<String>,
    /// The identifier of the first object in the path that doesn't exist.
    pub(crate) missing: Option<String>,
}

impl Target {
    /// The root of the API.
    pub(super) fn root(info: &'static service::ServiceInfo) -> Result<Self, Fault> {
        Ok(Self {
            service: service_of(info)?,
            info,
            path: String::new(),
            address: String::new(),
            parent: String::new(),
            is_object: false,
            action: None,
            run: None,
            missing: None,
        })
    }

    /// Enters a collection or a single resource below the target.
    pub(super) fn enter(&mut self, child: &'static service::ServiceInfo, segment: &str) -> Result<(), Fault> {
        if self.is_object || self.path.is_empty() {
            self.parent.clone_from(&self.path);
        }
        self.path = join(&self.path, segment);
        self.is_object = false;
        self.step(child, segment)
    }

    /// Selects an object of the collection, which is stored at a path.
    pub(super) fn select(
        &mut self,
        object: &'static service::ServiceInfo,
        id: &str,
        path: String,
    ) -> Result<(), Fault> {
        self.path = path;
        self.is_object = true;
        self.step(object, id)
    }

    fn step(&mut self, info: &'static service::ServiceInfo, segment: &str) -> Result<(), Fault> {
        self.service = service_of(info)?;
        self.info = info;
        self.address = join(&self.address, segment);
        Ok(())
    }

    /// Selects an object of the collection that doesn't exist.
    pub(super) fn select_missing(&mut self, object: &'static service::ServiceInfo, id: &str) -> Result<(), Fault> {
        let path = join(&self.path, id);
        self.missing.get_or_insert_with(|| id.to_owned());
        self.select(object, id, path)
    }

    /// The method of the service that an HTTP method calls.
    pub(crate) fn method(&self, http_method: &str) -> Result<&'static Method, Fault> {
        let by_verb = |verb| self.service.method(verb);
        let method = match (http_method, self.action) {
            ("POST", Some(action)) if self.run.is_none() => Some(action),
            (_, Some(_)) => None,
            ("GET", None) => by_verb(Verb::List).or_else(|| by_verb(Verb::Get)),
            ("POST", None) => by_verb(Verb::Add),
            ("PUT", None) => by_verb(Verb::Update),
            ("DELETE", None) => by_verb(Verb::Remove),
            _ => None,
        };
        method.ok_or_else(|| Fault::method_not_allowed(&self.allowed_methods()))
    }

    /// The HTTP methods that the resource has, for the header `Allow`, in the engine's order.
    pub(crate) fn allowed_methods(&self) -> String {
        let has = |verb| self.action.is_none() && self.service.method(verb).is_some();
        let is_read = self.run.is_some() || has(Verb::Get) || has(Verb::List);
        let is_posted = self.action.is_some() && self.run.is_none() || has(Verb::Add);
        let all = [
            ("HEAD", is_read),
            ("POST", is_posted),
            ("DELETE", has(Verb::Remove)),
            ("GET", is_read),
            ("OPTIONS", true),
            ("PUT", has(Verb::Update)),
        ];
        let allowed: Vec<&str> = all.iter().filter(|(_, is_allowed)| *is_allowed).map(|(name, _)| *name).collect();
        allowed.join(", ")
    }
}

fn service_of(info: &'static service::ServiceInfo) -> Result<&'static Service, Fault> {
    Service::named(info.name).ok_or_else(|| Fault::internal(format!("`{}` has no routes", info.name)))
}
