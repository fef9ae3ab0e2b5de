//! A service.

use serde::Serialize;

use super::methods::MethodPart;
use super::waiters::WaiterPart;
use super::{Contents, Piece, RenderedDocs, Site};
use crate::reference::links::{Scope, TextOwner};
use crate::reference::service_paths::{ServicePath, steps};
use ovirt_sdk_generator::model::{Segment, ServiceId};

/// A service.
#[derive(Debug, Serialize)]
pub(in crate::reference) struct ServicePage {
    name: String,
    /// The Rust type of its handle.
    handle: String,
    area: Option<String>,
    docs: RenderedDocs,
    base: Option<Piece>,
    extended_by: Vec<Piece>,
    /// Breadcrumbs: the services on the shortest path.
    crumbs: Vec<Piece>,
    paths: Vec<PathPart>,
    methods: Vec<MethodPart>,
    lookup: Option<LookupPart>,
    waiters: Vec<WaiterPart>,
    locators: Vec<LocatorPart>,
    /// Locators that lead here.
    reached_by: Vec<Piece>,
    contents: Vec<Contents>,
}

/// A path to the service.
#[derive(Debug, Serialize)]
struct PathPart {
    path: Vec<Piece>,
    rust: Vec<Piece>,
}

/// How to find its objects.
#[derive(Debug, Serialize)]
struct LookupPart {
    chain: Vec<Piece>,
    item: Piece,
    /// The path of the field that identifies an object, with a link to its first field.
    field: Piece,
    creates: bool,
}

/// A locator of the service.
#[derive(Debug, Serialize)]
struct LocatorPart {
    name: String,
    /// The name, or the Rust name if a method has the same name.
    anchor: String,
    docs: RenderedDocs,
    from: Option<Piece>,
    service: Piece,
    /// Path segment.
    segment: String,
    is_value: bool,
    /// Rust call.
    rust: String,
    /// Whether it leads back to a service above.
    back: bool,
}

impl<'m> Site<'m> {
    /// A service.
    pub(in crate::reference) fn service(&self, id: ServiceId) -> ServicePage {
        let (service, own) = (self.model.service(id), self.names.service_names(id));
        let methods = self.model.methods_of(id).into_iter().filter_map(|(owner, at)| {
            let method = self.model.service(owner).methods.get(at)?;
            Some((owner, method, self.names.service_names(owner).methods.get(at)?))
        });
        let methods: Vec<_> = methods.collect();
        let locators = self.locators(id);
        let links = |ids: Option<&Vec<ServiceId>>| ids.into_iter().flatten().map(|id| self.service_name(*id)).collect();
        let paths = self
            .paths
            .to(id)
            .iter()
            .map(|path| PathPart { path: self.path_pieces(path), rust: self.chain(path) })
            .collect();
        let mut contents = Vec::new();
        let mut of_methods = Contents::new("Methods", "Methods");
        for (_, method, _) in &methods {
            of_methods.entry(&method.name, method.docs.deprecated.is_some());
        }
        let mut of_locators = Contents::new("Services below", "Locators");
        for locator in &locators {
            of_locators.entry_at(&locator.name, &locator.anchor, locator.docs.deprecated.is_some());
        }
        let waiters = self.waiters(id);
        let mut of_waiters = Contents::new("Waiters", "Waiters");
        for waiter in &waiters {
            of_waiters.entry(&waiter.anchor, false);
        }
        contents.push(of_methods);
        contents.push(of_waiters);
        contents.push(of_locators);
        contents.retain(|part| !part.items.is_empty());
        contents.push(Contents::new("Paths", "Paths"));
        let reached = self.uses.locators.get(&id).into_iter().flatten();
        ServicePage {
            name: service.name.to_string(),
            handle: own.ident.to_string(),
            area: service.area.clone(),
            docs: self.docs(&service.docs, Scope::new(TextOwner::Service(id))),
            base: service.base.map(|base| self.service_name(base)),
            extended_by: links(self.uses.services.get(&id)),
            crumbs: self.crumbs(self.paths.shortest(id)),
            paths,
            methods: methods.into_iter().map(|(owner, method, of)| self.method(id, owner, method, of)).collect(),
            lookup: self.lookup(id),
            waiters,
            locators,
            reached_by: reached
                .map(|(from, locator)| {
                    let text = format!("{}.{locator}", self.model.service(*from).name);
                    Piece::link(text, self.links.method(*from, locator))
                })
                .collect(),
            contents,
        }
    }

    /// The services on a path, without the last one.
    fn crumbs(&self, path: Option<&ServicePath>) -> Vec<Piece> {
        let Some(path) = path else { return Vec::new() };
        path.iter().map(|step| self.service_name(step.from)).collect()
    }

    fn locators(&self, id: ServiceId) -> Vec<LocatorPart> {
        let back = self.paths.back_from(id);
        let part = |step: crate::reference::service_paths::Step| {
            let (locator, names) = (step.locator(self.model)?, step.names(self.names)?);
            let (segment, is_value) = match &locator.segment {
                Segment::Text(text) => (text.clone(), false),
                Segment::Parameter(name) => (format!("{{{name}}}"), true),
            };
            let is_method = self.model.all_methods(id).any(|method| method.name == locator.name);
            let argument = if is_value { names.parameter.to_string() } else { String::new() };
            let scope = Scope::new(TextOwner::Service(id)).item(locator.name.as_str(), None);
            Some(LocatorPart {
                name: locator.name.to_string(),
                anchor: if is_method { names.ident.to_string() } else { locator.name.to_string() },
                docs: self.docs(&locator.docs, scope),
                from: (step.owner != id).then(|| self.service_name(step.owner)),
                service: self.service_name(step.to),
                segment,
                is_value,
                rust: format!(".{}({argument})", names.ident),
                back: back.contains(&step),
            })
        };
        steps(self.model, id).into_iter().filter_map(part).collect()
    }

    fn lookup(&self, id: ServiceId) -> Option<LookupPart> {
        let found = self.model.lookup(id)?;
        let first = found.path.first()?;
        Some(LookupPart {
            chain: self.paths.shortest(id).map_or_else(|| vec![Piece::text("service")], |path| self.chain(path)),
            item: self.type_link(found.item),
            field: Piece::link(found.text(), self.links.field(found.item, first)),
            creates: found.creates,
        })
    }
}
