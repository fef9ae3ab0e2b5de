//! Which item of the model each Rust item is generated from.

use std::collections::BTreeMap;

use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::model::{Model, ServiceId, TypeId};

use super::searches;
use crate::public_api::ApiItem;

/// The items of the model that may explain a Rust item, most specific first.
pub(super) type Origins = Vec<String>;

/// The origins of all Rust items of a model.
#[derive(Default)]
pub(super) struct Locations {
    /// By path of the owner and name of the member. The name of an owner itself is empty.
    found: BTreeMap<(String, String), Origins>,
}

impl Locations {
    pub(super) fn new(read: &LoadedModel) -> Self {
        let mut locations = Self::default();
        let (model, names) = (&read.model, &read.names);
        for (id, ty) in model.types() {
            let rust = names.type_names(id);
            let owner = format!("types::{}", rust.ident);
            let family = type_family(model, id);
            locations.add(&owner, "", vec![ty.name.to_string()]);
            for (field, rust) in ty.as_struct().into_iter().flat_map(|it| &it.fields).zip(&rust.fields) {
                let origins = qualified(&family, field.name.as_str());
                let with = format!("with_{}", field.name);
                let constructor = qualified(&family, &with);
                locations.add(&owner, &with, constructor);
                for name in [&rust.field, &rust.setter, &rust.accessor, &rust.getter, &rust.link] {
                    locations.add(&owner, &name.to_string(), origins.clone());
                }
            }
            if let ovirt_sdk_generator::model::TypeKind::Enum(values) = &ty.kind {
                for (value, rust) in values.iter().zip(&rust.variants) {
                    locations.add(&owner, &rust.to_string(), qualified(&family, value.name.as_str()));
                }
            }
        }
        for (id, search) in model.searches() {
            let rust = names.search_names(id);
            let owner = format!("search::{}", rust.module);
            let item = searches::item(search.name.as_str());
            locations.add(&owner, "", vec![item.clone()]);
            let fields = search.fields.iter().map(|field| &field.name).zip(&rust.fields);
            let references = search.references.iter().map(|reference| &reference.name).zip(&rust.references);
            for (name, constant) in fields.chain(references) {
                locations.add(&owner, &constant.to_string(), vec![format!("{item}.{name}")]);
            }
        }
        locations.add("services", "Root", vec!["root".to_owned()]);
        for (id, service) in model.services() {
            let rust = names.service_names(id);
            let owner = format!("services::{}", rust.ident);
            let family = service_family(model, id);
            locations.add(&owner, "", family.clone());
            for (declaring, index) in model.methods_of(id) {
                let method = model.service(declaring).methods.get(index);
                if let (Some(method), Some(rust)) = (method, names.service_names(declaring).methods.get(index)) {
                    locations.add(&owner, &rust.ident.to_string(), qualified(&family, method.name.as_str()));
                }
            }
            for (declaring, index) in model.locators_of(id) {
                let locator = model.service(declaring).locators.get(index);
                if let (Some(locator), Some(rust)) = (locator, names.service_names(declaring).locators.get(index)) {
                    locations.add(&owner, &rust.ident.to_string(), qualified(&family, locator.name.as_str()));
                }
            }
            for (declaring, index) in model.waiters_of(id) {
                let waiter = model.service(declaring).waiters.get(index);
                if let (Some(waiter), Some(rust)) = (waiter, names.service_names(declaring).waiters.get(index)) {
                    locations.add(&owner, &rust.to_string(), qualified(&family, waiter.name.value.as_str()));
                }
            }
            let module = &rust.module;
            // A shared request belongs to no method.
            let own = service.methods.iter().zip(&rust.methods).filter(|(_, rust)| !rust.shares_request);
            for (method, rust) in own {
                let owner = format!("requests::{module}::{}", rust.request);
                let item = format!("{}.{}", service.name, method.name);
                locations.add(&owner, "", vec![item.clone()]);
                for (parameter, rust) in method.all_parameters().into_iter().zip(&rust.parameters) {
                    locations.add(&owner, &rust.setter.to_string(), vec![format!("{item}.{}", parameter.name)]);
                }
            }
        }
        locations
    }

    fn add(&mut self, owner: &str, name: &str, origins: Origins) {
        self.found.entry((owner.to_owned(), name.to_owned())).or_insert(origins);
    }

    /// The origins of an item, and of its owner.
    pub(super) fn origins(&self, item: &ApiItem) -> (Origins, Origins) {
        let get = |name: &str| self.found.get(&(item.owner.clone(), name.to_owned())).cloned().unwrap_or_default();
        let owner = get("");
        (item.name.as_deref().map(get).unwrap_or_default(), owner)
    }
}

/// The name of a member in all of a family.
fn qualified(family: &[String], name: &str) -> Origins {
    family.iter().map(|owner| format!("{owner}.{name}")).collect()
}

/// The names of a type and its ancestors, nearest first.
pub(super) fn type_family(model: &Model, id: TypeId) -> Vec<String> {
    let base = |id: &TypeId| model.ty(*id).as_struct().and_then(|it| it.base);
    std::iter::successors(Some(id), base).map(|id| model.ty(id).name.to_string()).collect()
}

/// The names of a service and its ancestors, nearest first.
pub(super) fn service_family(model: &Model, id: ServiceId) -> Vec<String> {
    let base = |id: &ServiceId| model.service(*id).base;
    std::iter::successors(Some(id), base).map(|id| model.service(id).name.to_string()).collect()
}
