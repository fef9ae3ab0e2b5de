//! The URLs of items, and what a name in a text refers to.
//!
//! URLs are relative to the root of the site. The anchor of a field, value, method or locator is its name. Other
//! anchors can't collide with it: those of parameters contain a hyphen, those of sections a capital letter.

use std::collections::BTreeMap;

use ovirt_sdk_generator::model::{BaseType, Method, Model, ServiceId, TypeId, TypeKind};
use ovirt_sdk_generator::name::Name;

/// Relative path from pages in folders to the root of the site.
pub(super) const ROOT_OF_FOLDERS: &str = "../";

/// The scope in which names in a text are resolved. The nearest meaning wins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'m> {
    pub(super) owner: TextOwner<'m>,
    /// The type of the item, whose fields or values its text may mention.
    pub(super) ty: Option<BaseType>,
    /// Anchor of the item on its page. Its own text does not link to it.
    pub(super) anchor: &'m str,
}

/// The item that a text belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum TextOwner<'m> {
    /// A type.
    Type(TypeId),
    /// A service.
    Service(ServiceId),
    /// A method on the page of a service.
    Method(ServiceId, &'m Method),
}

impl<'m> Scope<'m> {
    pub(super) fn new(owner: TextOwner<'m>) -> Self {
        Self { owner, ty: None, anchor: "" }
    }

    /// Returns the scope of an item on the same page.
    pub(super) fn item(self, anchor: &'m str, ty: Option<BaseType>) -> Self {
        Self { anchor, ty, ..self }
    }
}

/// Resolves names to URLs.
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

    /// A type.
    pub(super) fn ty(&self, id: TypeId) -> String {
        format!("types/{}.html", self.model.ty(id).name)
    }

    /// Returns the URL of a field or value.
    pub(super) fn field(&self, id: TypeId, field: &Name) -> String {
        format!("{}#{field}", self.ty(id))
    }

    /// A service.
    pub(super) fn service(&self, id: ServiceId) -> String {
        format!("services/{}.html", self.model.service(id).name)
    }

    /// Returns the URL of a method or locator.
    pub(super) fn method(&self, id: ServiceId, method: &Name) -> String {
        format!("{}#{method}", self.service(id))
    }

    /// Returns the URL of a parameter.
    pub(super) fn parameter(&self, id: ServiceId, method: &Name, parameter: &Name) -> String {
        format!("{}#{}", self.service(id), parameter_anchor(method, parameter))
    }

    /// Resolves code in a text, if it is an unambiguous name.
    pub(super) fn resolve(&self, code: &str, scope: Scope<'_>) -> Option<String> {
        let path = names(code)?;
        let found = self.near(&path, scope).or_else(|| {
            // A single word is too ambiguous: `filter` is a type, and a parameter of most methods.
            let telling = path.len() > 1 || code.contains('_');
            if telling { self.anywhere(&path) } else { None }
        })?;
        let here = match scope.owner {
            TextOwner::Type(id) => self.ty(id),
            TextOwner::Service(id) | TextOwner::Method(id, _) => self.service(id),
        };
        let itself = if scope.anchor.is_empty() { here } else { format!("{here}#{}", scope.anchor) };
        (found != itself).then_some(found)
    }

    /// Resolves a name in brackets, which is meant to be a link.
    pub(super) fn wanted(&self, name: &str, scope: Scope<'_>) -> Option<String> {
        let path = names(name)?;
        self.near(&path, scope).or_else(|| self.anywhere(&path))
    }

    fn near(&self, path: &[&str], scope: Scope<'_>) -> Option<String> {
        let value = match scope.ty {
            Some(BaseType::Enum(id)) => self.below_type(id, path),
            _ => None,
        };
        value.or_else(|| match (scope.owner, scope.ty) {
            // The text of a field can mention fields of its struct or of its own type.
            (TextOwner::Type(id), Some(BaseType::Struct(inner))) => {
                match (self.below_type(id, path), self.below_type(inner, path)) {
                    (Some(one), None) | (None, Some(one)) => Some(one),
                    _ => None,
                }
            }
            (TextOwner::Type(id), _) => self.below_type(id, path),
            (TextOwner::Service(id), _) => self.below_service(id, path),
            (TextOwner::Method(id, method), _) => {
                self.below_method(id, method, path).or_else(|| self.below_service(id, path))
            }
        })
    }

    /// Resolves a type, a service or an item of one. Returns `None` if the name is ambiguous.
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

    /// Resolves a field, a value, or a field of a field.
    pub(super) fn below_type(&self, id: TypeId, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        match &self.model.ty(id).kind {
            TypeKind::Enum(values) => {
                let value = values.iter().find(|value| value.name == **head)?;
                rest.is_empty().then(|| self.field(id, &value.name))
            }
            TypeKind::Struct(it) => {
                let field = it.fields.iter().find(|field| field.name == **head)?;
                match field.ty.base {
                    _ if rest.is_empty() => Some(self.field(id, &field.name)),
                    BaseType::Struct(inner) | BaseType::Enum(inner) => self.below_type(inner, rest),
                    BaseType::Primitive(_) => None,
                }
            }
        }
    }

    /// Resolves a parameter or a field of the body.
    fn below_method(&self, id: ServiceId, method: &Method, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        let all = method.all_parameters();
        let parameter = all.iter().find(|parameter| parameter.name == **head);
        let named = parameter.and_then(|parameter| match parameter.ty.base {
            _ if rest.is_empty() => Some(self.parameter(id, &method.name, &parameter.name)),
            BaseType::Struct(inner) | BaseType::Enum(inner) => self.below_type(inner, rest),
            BaseType::Primitive(_) => None,
        });
        let body = method.body().map(|(_, body)| body).or_else(|| method.result());
        named.or_else(|| match body?.ty.base {
            BaseType::Struct(inner) if is_field(method, path) => self.below_type(inner, path),
            _ => None,
        })
    }

    /// Resolves a method, a locator, or a parameter of a method.
    fn below_service(&self, id: ServiceId, path: &[&str]) -> Option<String> {
        let (head, rest) = path.split_first()?;
        let model = self.model;
        if let Some(method) = model.all_methods(id).find(|method| method.name == **head) {
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
        let locator = model.all_locators(id).find(|locator| locator.name == **head)?;
        match rest {
            [] => Some(self.method(id, &locator.name)),
            _ => None,
        }
    }
}

/// Whether a name means a field of the body itself, rather than of an object in it. `name` could be that of a virtual
/// machine or of its cluster.
fn is_field(method: &Method, path: &[&str]) -> bool {
    let [name] = path else { return true };
    let signatures = std::iter::once(method).chain(&method.signatures);
    let bodies = signatures.filter_map(|signature| signature.body());
    let fields: Vec<&String> = bodies.flat_map(|(_, body)| body.mandatory.iter().chain(&body.optional)).collect();
    let is_head =
        |field: &&String| field.split('.').next().is_some_and(|head| head.split('|').any(|part| part == *name));
    let is_below =
        |field: &&String| field.split('.').skip(1).flat_map(|part| part.split('|')).any(|part| part == *name);
    name.contains('_') || fields.iter().any(is_head) && !fields.iter().any(is_below)
}

/// Returns the anchor of a parameter.
pub(super) fn parameter_anchor(method: &Name, parameter: &Name) -> String {
    format!("{method}-{parameter}")
}

/// Splits a dotted path into names. Returns `None` for other text.
fn names(code: &str) -> Option<Vec<&str>> {
    let path: Vec<&str> = code.split('.').collect();
    path.iter().all(|name| Name::new(name).is_some()).then_some(path)
}
