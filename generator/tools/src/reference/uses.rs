//! References to types and services.

use std::collections::BTreeMap;

use ovirt_sdk_generator::model::{BaseType, Model, ServiceId, TypeId};
use ovirt_sdk_generator::name::Name;

/// A method that sends or returns a type, and the service that declares it.
pub(super) type Call<'m> = (ServiceId, &'m Name);

/// All references.
#[derive(Debug, Default)]
pub(super) struct Uses<'m> {
    /// Fields with a type.
    pub(super) fields: BTreeMap<TypeId, Vec<(TypeId, &'m Name)>>,
    /// Methods that send a type.
    pub(super) sent: BTreeMap<TypeId, Vec<Call<'m>>>,
    /// Methods that return a type.
    pub(super) returned: BTreeMap<TypeId, Vec<Call<'m>>>,
    /// Types that extend a type.
    pub(super) types: BTreeMap<TypeId, Vec<TypeId>>,
    /// Services that extend a service.
    pub(super) services: BTreeMap<ServiceId, Vec<ServiceId>>,
    /// Locators that lead to a service.
    pub(super) locators: BTreeMap<ServiceId, Vec<(ServiceId, &'m Name)>>,
}

impl<'m> Uses<'m> {
    pub(super) fn find(model: &'m Model) -> Self {
        let mut found = Self::default();
        for (id, ty) in model.types() {
            let Some(it) = ty.as_struct() else { continue };
            if let Some(base) = it.base {
                found.types.entry(base).or_default().push(id);
            }
            for field in it.fields.iter().filter(|field| model.is_own(id, field)) {
                if let Some(used) = declared(field.ty.base) {
                    found.fields.entry(used).or_default().push((id, &field.name));
                }
            }
        }
        for (id, service) in model.services() {
            if let Some(base) = service.base {
                found.services.entry(base).or_default().push(id);
            }
            for locator in &service.locators {
                found.locators.entry(locator.service).or_default().push((id, &locator.name));
            }
            for method in &service.methods {
                for parameter in method.all_parameters() {
                    let Some(used) = declared(parameter.ty.base) else { continue };
                    let add = |calls: &mut BTreeMap<TypeId, Vec<Call<'m>>>| {
                        let calls = calls.entry(used).or_default();
                        if calls.last() != Some(&(id, &method.name)) {
                            calls.push((id, &method.name));
                        }
                    };
                    if parameter.direction.is_in() {
                        add(&mut found.sent);
                    }
                    if parameter.direction.is_out() {
                        add(&mut found.returned);
                    }
                }
            }
        }
        for fields in found.fields.values_mut() {
            fields.sort_by_key(|(id, name)| (*id, *name));
        }
        found
    }
}

/// The declared type, unless it is primitive.
pub(super) fn declared(base: BaseType) -> Option<TypeId> {
    match base {
        BaseType::Primitive(_) => None,
        BaseType::Struct(id) | BaseType::Enum(id) => Some(id),
    }
}
