//! Facts derived from services: the objects that they manage.

use std::collections::BTreeMap;

use super::{Model, Segment, ServiceId, TypeId, Verb};

/// Where the objects of a type are.
#[derive(Clone, Debug)]
pub struct Located {
    /// Type of the objects.
    pub ty: TypeId,
    /// Path segment of their collection, if it is directly below the root.
    pub collection: Option<String>,
    /// Whether that collection can create objects.
    pub creates: bool,
}

impl Model {
    /// The type of the objects that a service manages: one object, or those of a collection.
    pub fn object_of(&self, id: ServiceId) -> Option<TypeId> {
        let verbs = [Verb::List, Verb::Get, Verb::Add, Verb::Update];
        verbs.into_iter().find_map(|verb| self.method(id, verb)?.result_struct())
    }

    /// The services that are the main ones for the objects of their type: the service below a collection at the root,
    /// or else the only service of the type.
    pub fn located(&self) -> BTreeMap<ServiceId, Located> {
        let mut services: BTreeMap<TypeId, Vec<(ServiceId, Option<Located>)>> = BTreeMap::new();
        let at_root: BTreeMap<ServiceId, &str> = match self.root {
            Some(root) => self.fixed_segments(root).collect(),
            None => BTreeMap::new(),
        };
        for (collection, _) in self.services() {
            let Some(object) = self.object_service(collection) else { continue };
            let Some(ty) = self.object_of(object).filter(|ty| self.is_concrete(*ty)) else { continue };
            let segment = at_root.get(&collection).filter(|_| self.object_of(collection) == Some(ty));
            let located = segment.map(|segment| Located {
                ty,
                collection: Some((*segment).to_owned()),
                creates: self.all_methods(collection).any(|method| method.verb == Verb::Add && !method.returns_action),
            });
            services.entry(ty).or_default().push((object, located));
        }
        let main = services.into_iter().filter_map(|(ty, mut services)| {
            let only = services.iter().all(|(service, _)| Some(service) == services.first().map(|(first, _)| first));
            let mut at_root = services.iter().filter(|(_, located)| located.is_some());
            match (at_root.next().cloned(), at_root.next()) {
                (Some((service, Some(located))), None) => Some((service, located)),
                (None, _) if only => {
                    let (service, _) = services.pop()?;
                    Some((service, Located { ty, collection: None, creates: false }))
                }
                _ => None,
            }
        });
        main.collect()
    }

    /// The element of the document at the base URL, if the API describes it.
    pub(crate) fn root_tag(&self) -> Option<&str> {
        let root = self.method(self.root?, Verb::Get)?.result_struct()?;
        self.ty(root).as_struct().map(|it| it.tag.as_str())
    }

    fn is_concrete(&self, ty: TypeId) -> bool {
        self.ty(ty).as_struct().is_some_and(|it| !it.is_abstract)
    }

    /// The services below a service with fixed path segments.
    pub(super) fn fixed_segments(&self, id: ServiceId) -> impl Iterator<Item = (ServiceId, &str)> {
        let locators = self.locators_of(id).into_iter();
        let locators = locators.filter_map(|(owner, index)| self.service(owner).locators.get(index));
        locators.filter_map(|locator| match &locator.segment {
            Segment::Text(segment) => Some((locator.service, segment.as_str())),
            Segment::Parameter(_) => None,
        })
    }

    /// The service of a single object of a collection.
    pub(super) fn object_service(&self, collection: ServiceId) -> Option<ServiceId> {
        let locators = self.locators_of(collection).into_iter();
        let mut locators = locators.filter_map(|(owner, index)| self.service(owner).locators.get(index));
        locators.find(|locator| matches!(locator.segment, Segment::Parameter(_))).map(|locator| locator.service)
    }
}
