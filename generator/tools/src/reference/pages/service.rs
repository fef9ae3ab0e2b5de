//! The page of a service.

use serde::Serialize;

use super::methods::MethodPart;
use super::{Contents, Docs, Piece, Site};
use crate::reference::links::{Place, Scope};
use crate::reference::ways::{Way, steps};
use ovirt_sdk_generator::model::{Segment, ServiceId};

/// The page of a service.
#[derive(Debug, Serialize)]
pub(in crate::reference) struct ServicePage {
    name: String,
    /// The Rust type of its handle.
    handle: String,
    area: Option<String>,
    docs: Docs,
    base: Option<Piece>,
    extended_by: Vec<Piece>,
    /// The services on the shortest way.
    crumbs: Vec<Piece>,
    ways: Vec<WayPart>,
    methods: Vec<MethodPart>,
    finding: Option<FindingPart>,
    locators: Vec<LocatorPart>,
    /// Locators that lead here.
    reached_by: Vec<Piece>,
    contents: Vec<Contents>,
}

/// A way to the service.
#[derive(Debug, Serialize)]
struct WayPart {
    path: Vec<Piece>,
    rust: Vec<Piece>,
}

/// How its objects are found by name.
#[derive(Debug, Serialize)]
struct FindingPart {
    chain: Vec<Piece>,
    item: Piece,
    member: Piece,
    creates: bool,
}

/// A locator of the service.
#[derive(Debug, Serialize)]
struct LocatorPart {
    name: String,
    docs: Docs,
    from: Option<Piece>,
    service: Piece,
    /// What it adds to the path.
    segment: String,
    is_value: bool,
    /// The call in Rust.
    rust: String,
    /// Whether it leads back up.
    back: bool,
}

impl<'m> Site<'m> {
    /// The page of a service.
    pub(in crate::reference) fn service(&self, id: ServiceId) -> ServicePage {
        let (service, own) = (self.model.service(id), self.names.of_service(id));
        let methods = self.model.methods_of(id).into_iter().filter_map(|(owner, at)| {
            let method = self.model.service(owner).methods.get(at)?;
            Some((owner, method, self.names.of_service(owner).methods.get(at)?))
        });
        let methods: Vec<_> = methods.collect();
        let locators = self.locators(id);
        let links = |ids: Option<&Vec<ServiceId>>| ids.into_iter().flatten().map(|id| self.service_name(*id)).collect();
        let ways = self.ways.to(id).iter().map(|way| WayPart { path: self.path(way), rust: self.chain(way) }).collect();
        let mut contents = Vec::new();
        let mut of_methods = Contents::new("Methods", "Methods");
        for (_, method, _) in &methods {
            of_methods.entry(&method.name, method.docs.deprecated.is_some());
        }
        let mut of_locators = Contents::new("Services below", "Locators");
        for locator in &locators {
            of_locators.entry(&locator.name, locator.docs.deprecated.is_some());
        }
        contents.push(of_methods);
        contents.push(of_locators);
        contents.retain(|part| !part.items.is_empty());
        contents.push(Contents::new("Paths", "Paths"));
        let reached = self.uses.locators.get(&id).into_iter().flatten();
        ServicePage {
            name: service.name.to_string(),
            handle: own.ident.to_string(),
            area: service.area.clone(),
            docs: self.docs(&service.docs, Scope::new(Place::Service(id))),
            base: service.base.map(|base| self.service_name(base)),
            extended_by: links(self.uses.services.get(&id)),
            crumbs: self.crumbs(self.ways.shortest(id)),
            ways,
            methods: methods.into_iter().map(|(owner, method, of)| self.method(id, owner, method, of)).collect(),
            finding: self.finding(id),
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

    /// The services that a way passes, without the one where it ends.
    fn crumbs(&self, way: Option<&Way>) -> Vec<Piece> {
        let Some(way) = way else { return Vec::new() };
        way.iter().map(|step| self.service_name(step.from)).collect()
    }

    fn locators(&self, id: ServiceId) -> Vec<LocatorPart> {
        let back = self.ways.back_from(id);
        let part = |step: crate::reference::ways::Step| {
            let (locator, names) = (step.locator(self.model)?, step.names(self.names)?);
            let (segment, is_value) = match &locator.segment {
                Segment::Text(text) => (text.clone(), false),
                Segment::Parameter(name) => (format!("{{{name}}}"), true),
            };
            let argument = if is_value { names.parameter.to_string() } else { String::new() };
            let scope = Scope::new(Place::Service(id)).item(locator.name.as_str(), None);
            Some(LocatorPart {
                name: locator.name.to_string(),
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

    fn finding(&self, id: ServiceId) -> Option<FindingPart> {
        let finding = self.model.finding(id)?;
        Some(FindingPart {
            chain: self.ways.shortest(id).map_or_else(|| vec![Piece::text("service")], |way| self.chain(way)),
            item: self.type_link(finding.item),
            member: Piece::link(finding.member.as_str(), self.links.member(finding.item, finding.member)),
            creates: finding.creates,
        })
    }
}
