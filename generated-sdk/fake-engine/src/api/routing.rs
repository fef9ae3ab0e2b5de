//! From a path to its target, and to the objects of a collection.

use std::collections::HashMap;
use std::sync::OnceLock;

use ovirt_sdk::object::{self, Kind, Object, Slot, StructInfo};
use ovirt_sdk::request::Verb;
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::Root;

use super::fault::Fault;
use super::pages;
use super::registry::{Context, View};
use super::response::ApiResponse;
use super::target::Target;
use crate::fields::id_of;
use crate::path::{is_uuid, last};
use crate::pattern::API;
use crate::routes::Service;
use crate::search::refers;

/// Where the objects of a collection are stored.
#[derive(Clone, Copy)]
pub(super) enum Home {
    /// In the collection itself.
    Here,
    /// Elsewhere, as a view says.
    View(View),
    /// In a collection at the root: those of its objects that refer to the parent with a field.
    Root { collection: &'static str, field: &'static str },
}

impl<'a> Context<'a> {
    /// The target of the request. Objects in the path need not exist: what is then the response depends on the method.
    pub(crate) fn route(&self) -> Result<Target, Fault> {
        self.walk(&self.request.segments)
    }

    /// The target at a path whose objects exist.
    pub(crate) fn resolve(&self, path: &str) -> Result<Target, Fault> {
        let segments: Vec<String> = path.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        self.walk(&segments)
            .and_then(|target| if target.missing.is_none() { Ok(target) } else { Err(Fault::not_found()) })
    }

    fn walk(&self, segments: &[String]) -> Result<Target, Fault> {
        let mut target = Target::root(Root::info())?;
        for segment in segments {
            let child = target.info.children().find(|(name, _)| name == segment).map(|(_, info)| info);
            match (child, target.info.object()) {
                _ if target.run.is_some() => return Err(Fault::raw(self.no_resource())),
                _ if target.action.is_some() => target.run = Some(segment.clone()),
                (Some(child), _) => target.enter(child, segment)?,
                (None, _) if target.service.action(segment).is_some() => {
                    target.action = target.service.action(segment);
                }
                (None, Some(object)) => {
                    let id = if is_uuid(segment) { segment.to_ascii_lowercase() } else { segment.clone() };
                    let found =
                        if target.missing.is_none() { self.find(&target, &id)? } else { self.check_id(&target, &id)? };
                    match found {
                        Some(path) => target.select(object, &id, path)?,
                        None => target.select_missing(object, &id)?,
                    }
                }
                (None, None) => return Err(Fault::raw(self.no_resource())),
            }
        }
        // A service that only leads to others is no resource.
        if target.service.methods.is_empty() { Err(Fault::raw(self.no_resource())) } else { Ok(target) }
    }

    /// The response to a request whose path the API doesn't have.
    fn no_resource(&self) -> ApiResponse {
        let path = match self.request.segments.join("/") {
            path if path.is_empty() => path,
            path => format!("/{path}"),
        };
        pages::no_resource(&format!("{}{API}/v4{path}", self.state.origin))
    }

    /// Fails if an identifier can't be one of the objects of a collection.
    fn check_id(&self, collection: &Target, id: &str) -> Result<Option<String>, Fault> {
        if let Some(check) = self.registry.id_check_of(collection.service.name) {
            return check(id).map(|()| None);
        }
        let is_possible = is_uuid(id) || self.has_get_handler(collection) || self.has_other_ids(collection);
        if is_possible { Ok(None) } else { Err(Fault::not_found()) }
    }

    /// The path at which the object of a collection with an identifier is stored.
    fn find(&self, collection: &Target, id: &str) -> Result<Option<String>, Fault> {
        let here = || format!("{}/{id}", collection.path);
        let has_view = self.registry.view_of(collection.service.name).is_some();
        if let Some(objects) = self.computed(collection).filter(|_| !has_view) {
            let exists = objects.iter().any(|object| id_of(&**object).as_deref() == Some(id));
            return Ok((exists || self.has_get_handler(collection)).then(here));
        }
        let found = match self.home(collection) {
            Home::Here => Some(here()).filter(|path| self.state.contains(path)),
            Home::View(view) => view.find(self.state, &collection.parent, id),
            Home::Root { collection: root, field } => {
                Some(format!("{root}/{id}")).filter(|path| self.refers(path, field, &collection.parent))
            }
        };
        match found {
            Some(path) => Ok(Some(path)),
            None if self.registry.id_check_of(collection.service.name).is_some() => self.check_id(collection, id),
            // The handler finds it.
            None if self.has_get_handler(collection) => Ok(Some(here())),
            None => self.check_id(collection, id),
        }
    }

    /// Whether the object at a path refers to another object with a field.
    fn refers(&self, path: &str, field: &str, to: &str) -> bool {
        self.state.object(path).is_some_and(|object| refers(object, field, last(to)))
    }

    fn has_get_handler(&self, collection: &Target) -> bool {
        let object = collection.info.object().map(|info| info.name);
        object.is_some_and(|service| self.registry.handler_of(service, "get").is_some())
    }

    /// Whether some identifiers in a collection are not UUIDs.
    fn has_other_ids(&self, collection: &Target) -> bool {
        match self.home(collection) {
            Home::Here => self.state.has_other_ids(&collection.path),
            Home::Root { collection: root, .. } => self.state.has_other_ids(root),
            Home::View(view) => {
                collection.missing.is_some()
                    || (view.members)(self.state, &collection.parent).iter().any(|path| !is_uuid(last(path)))
            }
        }
    }

    /// Where the objects of a collection are stored.
    pub(super) fn home(&self, collection: &Target) -> Home {
        if let Some(view) = self.registry.view_of(collection.service.name) {
            return Home::View(view);
        }
        let kind = collection.service.object.map(|info| info.name);
        match kind.and_then(|kind| roots().get(kind).copied()) {
            Some(root) if !collection.parent.is_empty() => self.home_at_root(collection, root).unwrap_or(Home::Here),
            _ => Home::Here,
        }
    }

    /// The field with which objects of a collection at the root refer to the parent of a collection.
    fn home_at_root(&self, collection: &Target, root: &'static str) -> Option<Home> {
        let parent = self.state.object(&collection.parent)?.info();
        let object = collection.service.object?.new_object();
        let one = |slot: &dyn Slot| matches!(slot.kind(), Kind::Object(to) if to.name == parent.name);
        let many = |slot: &dyn Slot| matches!(slot.kind(), Kind::List(to) if to.name == parent.name);
        let field = |is_meant: &dyn Fn(&dyn Slot) -> bool| {
            let found = object::members(&*object).find(|(field, slot)| field.is_link && is_meant(*slot));
            found.map(|(field, _)| field.name)
        };
        let field = field(&one).or_else(|| field(&many))?;
        Some(Home::Root { collection: root, field })
    }

    /// The paths at which the objects of a collection are stored.
    pub(crate) fn members(&self, collection: &Target) -> Vec<String> {
        match self.home(collection) {
            Home::Here => self.state.paths(&collection.path),
            Home::View(view) => (view.members)(self.state, &collection.parent),
            Home::Root { collection: root, field } => {
                let mut paths = self.state.paths(root);
                paths.retain(|path| self.refers(path, field, &collection.parent));
                paths
            }
        }
    }

    /// The objects of a collection, if they are computed.
    pub(crate) fn computed(&self, collection: &Target) -> Option<Vec<Box<dyn Object>>> {
        let compute = self.registry.compute_of(collection.service.name)?;
        Some(compute(self, &collection.parent))
    }

    /// The object at an address in a collection whose objects are computed.
    pub(crate) fn computed_at(&self, address: &str) -> Result<Box<dyn Object>, Fault> {
        let (collection, id) = address.rsplit_once('/').ok_or_else(Fault::not_found)?;
        let objects = self.computed(&self.resolve(collection)?).unwrap_or_default();
        objects.into_iter().find(|object| id_of(&**object).as_deref() == Some(id)).ok_or_else(Fault::not_found)
    }

    /// The address of an object of a collection by the path at which it is stored: that path, unless the objects of the
    /// collection have addresses below it.
    pub(crate) fn address_of<'t>(&self, collection: &'t Target) -> impl Fn(&str) -> String + use<'t> {
        let is_below = matches!(self.home(collection), Home::View(view) if view.own_addresses);
        move |path| if is_below { format!("{}/{}", collection.address, last(path)) } else { path.to_owned() }
    }

    /// The address of the target of a request, which is an object.
    pub(crate) fn own_address(&self, target: &Target) -> String {
        let above = target.address.rsplit_once('/').map(|(above, _)| above);
        let collection = above.and_then(|above| self.resolve(above).ok());
        collection.map_or_else(|| target.path.clone(), |collection| self.address_of(&collection)(&target.path))
    }
}

/// The collections at the root, by the name of the type of their objects.
pub(super) fn roots() -> &'static HashMap<&'static str, &'static str> {
    static ROOTS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    ROOTS.get_or_init(|| {
        let mut roots = HashMap::new();
        for (segment, info) in Root::info().children() {
            let service = Service::named(info.name).filter(|service| service.method(Verb::List).is_some());
            if let Some(object) = service.and_then(|service| service.object) {
                roots.entry(object.name).or_insert(segment);
            }
        }
        roots
    })
}

/// The collection at the root for objects of a type.
pub(super) fn root_of(info: &StructInfo) -> Option<&'static str> {
    roots().get(info.name).copied()
}
