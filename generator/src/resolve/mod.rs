//! [`syntax::Model`] → [`Model`]: replaces names by indexes, computes wire names from rules and quirks, and adds
//! inherited fields.
//!
//! Reports unresolved names, cycles and redundant quirks. [`check`](crate::check) finds the other problems of a
//! resolved model.

mod checks;
mod damage;
mod follow;
mod resolver;
mod roles;
mod searches;
mod services;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostics, FileId};
use crate::model::{BaseType, Field, Model, Segment, ServiceId, Type, TypeId, TypeKind, Verb};
use crate::syntax;
use crate::wire::Plurals;
use resolver::Resolver;
use searches::SearchNames;

/// Resolves a model. The result is complete only if no problem was reported.
pub fn resolve(mut from: syntax::Model, problems: &Diagnostics) -> Model {
    from.types.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    from.services.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    from.searches.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    // The rules for wire names depend on `model.yaml`, which is always the first file.
    damage::spread(&from, problems.is_damaged(FileId::default()), problems);
    let types = from.types.iter().enumerate().map(|(index, ty)| (ty.name.value.clone(), TypeId(index))).collect();
    let services =
        from.services.iter().enumerate().map(|(index, it)| (it.name.value.clone(), ServiceId(index))).collect();
    let faults = std::mem::take(&mut from.faults);
    let plurals = Plurals::new(&from.api.plurals);
    let resolver = Resolver { from: &from, types, services, plurals, problems };
    let root = from.api.root.as_ref().and_then(|root| resolver.service(root));
    resolver.check_plurals();
    resolver.check_primitives();
    let ids = || (0..from.types.len()).map(TypeId);
    let search_names = SearchNames::new(&from);
    let own: Vec<Vec<Field>> = ids().map(|id| resolver.own_fields(id)).collect();
    let mut model = Model {
        title: from.api.title.clone(),
        version: from.api.version.clone(),
        root,
        search: from.api.search.as_ref().map(|name| name.value.clone()),
        limit: from.api.limit.as_ref().map(|name| name.value.clone()),
        follow: from.api.follow.as_ref().map(|name| name.value.clone()),
        name_search: from.api.name_search.as_ref().map(|name| name.value.clone()),
        pending: from.api.pending.as_ref().map(|name| name.value.clone()),
        envelope: from.api.envelope.clone(),
        roles: resolver.roles(),
        parameters: from.api.parameters.clone(),
        completion_events: from.api.completion_events.clone(),
        types: ids().filter_map(|id| resolver.ty(id, &own)).collect(),
        services: from.services.iter().map(|service| resolver.whole_service(service)).collect(),
        searches: from.searches.iter().map(|search| resolver.search(search, &search_names)).collect(),
        search_values: from.search_values.iter().map(|values| resolver.search_values(values)).collect(),
        faults,
    };
    link_rels(&mut model);
    damage::spread(&from, false, problems);
    resolver.follow(&mut model);
    model
}

/// Sets the rels that match no field of a struct. The engine builds the links of an object from the locators of the
/// service that returns it.
fn link_rels(model: &mut Model) {
    let mut rels: BTreeMap<TypeId, BTreeSet<String>> = BTreeMap::new();
    for service in &model.services {
        let outs =
            service.methods.iter().filter(|method| method.verb == Verb::Get).flat_map(|method| &method.parameters);
        for out in outs.filter(|parameter| parameter.direction.is_out() && !parameter.ty.list) {
            if let BaseType::Struct(id) = out.ty.base {
                let segments = service.locators.iter().filter_map(|locator| match &locator.segment {
                    Segment::Text(segment) => Some(segment.clone()),
                    Segment::Parameter(_) => None,
                });
                rels.entry(id).or_default().extend(segments);
            }
        }
    }
    for (id, rels) in rels {
        if let Some(Type { kind: TypeKind::Struct(it), .. }) = model.types.get_mut(id.0) {
            let known = |rel: &String| it.fields.iter().any(|field| field.rel.as_ref() == Some(rel));
            it.other_rels = rels.into_iter().filter(|rel| !known(rel)).collect();
            // The root object of the API is not a resource, but has links, before its fields.
            if !it.other_rels.is_empty() {
                let attributes = it.fields.iter().filter(|field| field.xml_attribute).count();
                it.links_at.get_or_insert(attributes);
            }
        }
    }
}
