//! Facts derived from methods: which part of the request holds a parameter, and how the objects of a collection are
//! found.

use super::{BaseType, Field, Method, Model, Parameter, Primitive, ServiceId, TypeId, TypeRef, Verb};
use crate::name::Name;
use crate::syntax::{Direction, Positioned};

impl Method {
    /// Returns the index of the parameter that is the request body, and the parameter.
    pub fn body(&self) -> Option<(usize, &Parameter)> {
        if !matches!(self.verb, Verb::Add | Verb::Update) {
            return None;
        }
        self.parameters.iter().enumerate().find(|(_, parameter)| parameter.direction == Direction::InOut)
    }

    /// Returns the indexes in [`all_parameters`](Self::all_parameters) of the parameters that the request has besides its
    /// body, and the parameters.
    pub fn request_parameters(&self) -> Vec<(usize, &Parameter)> {
        let body = self.body().map(|(_, body)| &body.name);
        let all = self.all_parameters().into_iter().enumerate();
        all.filter(|(_, parameter)| parameter.direction.is_in() && Some(&parameter.name) != body).collect()
    }

    /// Returns the parameter that the response contains.
    pub fn result(&self) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.direction.is_out())
    }

    /// Returns the struct of the response, or of its items.
    pub(super) fn result_struct(&self) -> Option<TypeId> {
        match self.result()?.ty.base {
            BaseType::Struct(id) => Some(id),
            _ => None,
        }
    }

    /// Whether a parameter other than the body is sent in the query. If not, it is sent in an `<action>`.
    pub fn is_in_query(&self, parameter: &Parameter) -> bool {
        self.verb != Verb::Action
            && !parameter.ty.list
            && !matches!(parameter.ty.base, BaseType::Struct(_) | BaseType::Primitive(Primitive::Date))
    }
}

/// How to find the objects of a collection.
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'m> {
    /// Type of the objects.
    pub item: TypeId,
    /// The path of the field that identifies an object.
    pub path: &'m [Name],
    /// The parameter that takes a search query, if the query can contain the field.
    pub search: Option<&'m Parameter>,
    /// Whether the collection can create objects.
    pub creates: bool,
    /// How to bring an object into a desired state, if the collection can create objects and they can be read and updated.
    pub ensures: Option<Ensures<'m>>,
}

/// How to bring an object into a desired state.
#[derive(Clone, Copy, Debug)]
pub struct Ensures<'m> {
    /// The query parameter that asks for the configuration that updates change, where it is not the current one.
    pub pending: Option<&'m Parameter>,
}

impl Lookup<'_> {
    /// The path with dots, such as `disk.id`.
    pub fn text(&self) -> String {
        dotted(self.path)
    }
}

/// A name in a path that is not a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoField<'p> {
    /// The struct that has no such field; `None` if the path leads on from something that is not a struct.
    pub(crate) of: Option<TypeId>,
    pub(crate) name: &'p Name,
}

/// A path with dots.
pub fn dotted(path: &[Name]) -> String {
    path.iter().map(Name::as_str).collect::<Vec<_>>().join(".")
}

impl Model {
    /// The key `found_by` of a service, possibly inherited.
    pub(crate) fn found_by(&self, id: ServiceId) -> Option<&Positioned<Vec<Name>>> {
        self.family_of(id).into_iter().find_map(|id| self.service(id).found_by.as_ref())
    }

    /// Returns the struct of the items of a collection.
    pub(crate) fn item_of(&self, id: ServiceId) -> Option<TypeId> {
        self.method(id, Verb::List)?.result_struct()
    }

    /// Returns the method of a service with a verb, possibly inherited.
    pub(super) fn method(&self, id: ServiceId, verb: Verb) -> Option<&Method> {
        self.all_methods(id).find(|method| method.verb == verb)
    }

    /// Returns the field at the end of a path that starts at a struct.
    pub(crate) fn field_at<'p>(&self, start: TypeId, path: &'p [Name]) -> Result<Option<&Field>, NoField<'p>> {
        self.follow(start, path, false)
    }

    /// The same for a path that also leads through the items of lists.
    pub(crate) fn field_in_items<'p>(&self, start: TypeId, path: &'p [Name]) -> Result<Option<&Field>, NoField<'p>> {
        self.follow(start, path, true)
    }

    /// Whether a path from a struct exists, possibly through the items of lists.
    pub fn has_path(&self, start: TypeId, path: &[Name]) -> bool {
        self.field_in_items(start, path).is_ok()
    }

    fn follow<'p>(&self, start: TypeId, path: &'p [Name], lists: bool) -> Result<Option<&Field>, NoField<'p>> {
        let (mut next, mut found) = (Some(start), None);
        for name in path {
            let missing = NoField { of: next, name };
            let it = next.and_then(|id| self.ty(id).as_struct()).ok_or(missing)?;
            let field = it.fields.iter().find(|field| field.name == *name).ok_or(missing)?;
            next = match field.ty.base {
                BaseType::Struct(id) if lists || !field.ty.list => Some(id),
                _ => None,
            };
            found = Some(field);
        }
        Ok(found)
    }

    /// Returns how to find the objects of a collection, if a field identifies them.
    pub fn lookup(&self, id: ServiceId) -> Option<Lookup<'_>> {
        let path = self.found_by(id)?.value.as_slice();
        let (list, item) = (self.method(id, Verb::List)?, self.item_of(id)?);
        let same = |method: &Method| {
            method.verb == Verb::Add
                && !method.returns_action
                && method.body().is_some_and(|(_, body)| body.ty.base == BaseType::Struct(item) && !body.ty.list)
        };
        let is_searched = matches!(path, [field] if self.name_search.as_ref() == Some(field));
        let search = self.search_parameter(list).filter(|_| is_searched);
        let creates = self.all_methods(id).any(same);
        let ensures = if creates { self.ensures(id, item) } else { None };
        Some(Lookup { item, path, search, creates, ensures })
    }

    fn ensures(&self, collection: ServiceId, item: TypeId) -> Option<Ensures<'_>> {
        let object = self.object_service(collection)?;
        let of = |verb: Verb| self.all_methods(object).find(|method| method.verb == verb && !method.returns_action);
        let (get, update) = (of(Verb::Get)?, of(Verb::Update)?);
        let is_item = |parameter: &Parameter| parameter.ty == TypeRef { base: BaseType::Struct(item), list: false };
        let fits = get.result().is_some_and(is_item) && update.body().is_some_and(|(_, body)| is_item(body));
        let is_pending = |parameter: &&Parameter| self.pending.as_ref() == Some(&parameter.name);
        fits.then(|| Ensures { pending: get.parameters.iter().find(is_pending) })
    }

    /// Returns the parameter of a list that takes a search query.
    pub(crate) fn search_parameter<'m>(&self, list: &'m Method) -> Option<&'m Parameter> {
        list.parameters.iter().find(|parameter| self.search.as_ref() == Some(&parameter.name))
    }
}
