//! Where the pages of items are, and which item a name in a text means.
//!
//! Addresses are relative to the root of the site. A member, a value, a method or a locator has its name as anchor,
//! which no other anchor is: those of parameters have a hyphen, those of sections a capital letter.

use std::collections::BTreeMap;

use ovirt_sdk_generator::model::{BaseType, Method, Model, ServiceId, TypeId, TypeKind};
use ovirt_sdk_generator::name::Name;

/// What the texts of an item are read beside: the nearest meaning of a name wins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'m> {
    pub(super) place: Place<'m>,
    /// The type of the item, whose values its text may name.
    pub(super) ty: Option<BaseType>,
    /// Anchor of the item on its page: nothing links to where it stands.
    pub(super) anchor: &'m str,
}

/// The page and the part of it where a text stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'m> {
    /// The page of a type.
    Type(TypeId),
    /// The page of a service.
    Service(ServiceId),
    /// A method on the page of a service.
    Method(ServiceId, &'m Method),
}

impl<'m> Scope<'m> {
    pub(super) fn new(place: Place<'m>) -> Self {
        Self { place, ty: None, anchor: "" }
    }

    /// The same for an item of its own, of this type.
    pub(super) fn item(self, anchor: &'m str, ty: Option<BaseType>) -> Self {
        Self { anchor, ty, ..self }
    }
}

/// The items by name.
#[derive(Debug)]
pub(super) struct Links<'m> {
    model: &'m Model,
    types: BTreeMap<&'m str, TypeId>,
    services: BTreeMap<&'m str, ServiceId>,
}

impl<'m> Links<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self {
            model,
            types: model.types().map(|(id, ty)| (ty.name.as_str(), id)).collect(),
            services: model.services().map(|(id, service)| (service.name.as_str(), id)).collect(),
        }
    }

    /// The page of a type.
    pub(super) fn ty(&self, id: TypeId) -> String {
        format!("types/{}.html", self.model.ty(id).name)
    }

    /// A member or value on the page of a type.
    pub(super) fn member(&self, id: TypeId, member: &Name) -> String {
        format!("{}#{member}", self.ty(id))
    }

    /// The page of a service.
    pub(super) fn service(&self, id: ServiceId) -> String {
        format!("services/{}.html", self.model.service(id).name)
    }

    /// A method or locator on the page of a service.
    pub(super) fn method(&self, id: ServiceId, method: &Name) -> String {
        format!("{}#{method}", self.service(id))
    }

    /// A parameter on the page of a service.
    pub(super) fn parameter(&self, id: ServiceId, method: &Name, parameter: &Name) -> String {
        format!("{}#{}", self.service(id), parameter_anchor(method, parameter))
    }

    /// What a piece of code in a text means, if it is a name that means one thing.
    pub(super) fn resolve(&self, code: &str, scope: Scope<'_>) -> Option<String> {
        let path = names(code)?;
        let found = self.near(&path, scope).or_else(|| {
            // One word means too many things: `filter` is a type, and a parameter nearly everywhere.
            let telling = path.len() > 1 || code.contains('_');
            if telling { self.anywhere(&path) } else { None }
        })?;
        let here = match scope.place {
            Place::Type(id) => self.ty(id),
            Place::Service(id) | Place::Method(id, _) => self.service(id),
        };
        let itself = if scope.anchor.is_empty() { here } else { format!("{here}#{}", scope.anchor) };
        (found != itself).then_some(found)
    }

    /// What a name in brackets means, which its author wants to be a link.
    pub(super) fn wanted(&self, name: &str, scope: Scope<'_>) -> Option<String> {
        let path = names(name)?;
        self.near(&path, scope).or_else(|| self.anywhere(&path))
    }

    fn near(&self, path: &[&str], scope: Scope<'_>) -> Option<String> {
        let value = match scope.ty {
            Some(BaseType::Enum(id)) => self.below_type(id, path),
            _ => None,
        };
        value.or_else(|| match (scope.place, scope.ty) {
            // The text of a struct in a struct can mean the members of either.
            (Place::Type(id), Some(BaseType::Struct(inner))) => {
                match (self.below_type(id, path), self.below_type(inner, path)) {
                    (Some(one), None) | (None, Some(one)) => Some(one),
                    _ => None,
                }
            }
            (Place::Type(id), _) => self.below_type(id, path),
            (Place::Service(id), _) => self.below_service(id, path),
            (Place::Method(id, method), _) => {
                self.below_method(id, method, path).or_else(|| self.below_service(id, path))
            }
        })
    }

    /// A type or service by name, or what is below one; nothing when it could be several things.
    fn anywhere(&self, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        let ty = self.types.get(head).copied();
        let service = self.services.get(head).copied();
        let (ty, service) = if rest.is_empty() {
            (ty.map(|id| self.ty(id)), service.map(|id| self.service(id)))
        } else {
            (ty.and_then(|id| self.below_type(id, rest)), service.and_then(|id| self.below_service(id, rest)))
        };
        match (ty, service) {
            (Some(one), None) | (None, Some(one)) => Some(one),
            _ => None,
        }
    }

    /// A member, a value, or a member of a member.
    pub(super) fn below_type(&self, id: TypeId, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        match &self.model.ty(id).kind {
            TypeKind::Enum(values) => {
                let value = values.iter().find(|value| value.name == **head)?;
                rest.is_empty().then(|| self.member(id, &value.name))
            }
            TypeKind::Struct(it) => {
                let member = it.members.iter().find(|member| member.name == **head)?;
                match member.ty.base {
                    _ if rest.is_empty() => Some(self.member(id, &member.name)),
                    BaseType::Struct(inner) | BaseType::Enum(inner) => self.below_type(inner, rest),
                    BaseType::Primitive(_) => None,
                }
            }
        }
    }

    /// A parameter, or a field of the body.
    fn below_method(&self, id: ServiceId, method: &Method, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        let all = method.all_parameters();
        let parameter = all.iter().find(|parameter| parameter.name == **head);
        let named = parameter.and_then(|parameter| match parameter.ty.base {
            _ if rest.is_empty() => Some(self.parameter(id, &method.name, &parameter.name)),
            BaseType::Struct(inner) | BaseType::Enum(inner) => self.below_type(inner, rest),
            BaseType::Primitive(_) => None,
        });
        let body = method.body().map(|(_, body)| body).or_else(|| method.answer());
        named.or_else(|| match body?.ty.base {
            BaseType::Struct(inner) if is_field(method, path) => self.below_type(inner, path),
            _ => None,
        })
    }

    /// A method or locator, or a parameter of a method.
    fn below_service(&self, id: ServiceId, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        let model = self.model;
        let mut methods =
            model.methods_of(id).into_iter().filter_map(|(owner, at)| model.service(owner).methods.get(at));
        if let Some(method) = methods.find(|method| method.name == **head) {
            return match rest {
                [] => Some(self.method(id, &method.name)),
                [parameter] => {
                    let all = method.all_parameters();
                    let parameter = all.into_iter().find(|known| known.name == **parameter)?;
                    Some(self.parameter(id, &method.name, &parameter.name))
                }
                _ => None,
            };
        }
        let mut locators =
            model.locators_of(id).into_iter().filter_map(|(owner, at)| model.service(owner).locators.get(at));
        let locator = locators.find(|locator| locator.name == **head)?;
        match rest {
            [] => Some(self.method(id, &locator.name)),
            _ => None,
        }
    }
}

/// Whether a name means a field of the body, and not one of what is in the body: `name` of a virtual machine is also
/// that of its cluster.
fn is_field(method: &Method, path: &[&str]) -> bool {
    let [name] = path else { return true };
    let signatures = std::iter::once(method).chain(&method.signatures);
    let bodies = signatures.filter_map(|signature| signature.body());
    let fields: Vec<&String> = bodies.flat_map(|(_, body)| body.mandatory.iter().chain(&body.optional)).collect();
    let is_head = |field: &&String| field.split('.').next() == Some(*name);
    let is_below = |field: &&String| field.split('.').skip(1).any(|part| part == *name);
    name.contains('_') || fields.iter().any(is_head) && !fields.iter().any(is_below)
}

/// The anchor of a parameter.
pub(super) fn parameter_anchor(method: &Name, parameter: &Name) -> String {
    format!("{method}-{parameter}")
}

/// The names of a dotted path; `None` for anything else.
fn names(code: &str) -> Option<Vec<&str>> {
    let path: Vec<&str> = code.split('.').collect();
    path.iter().all(|name| Name::new(name).is_some()).then_some(path)
}
