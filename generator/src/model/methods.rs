//! Facts derived from methods: which part of the request holds a parameter, and which collections support finding by
//! name.

use super::{BaseType, Method, Model, Parameter, Primitive, ServiceId, TypeId, Verb};
use crate::name::Name;
use crate::syntax::Direction;

impl Method {
    /// Returns the index of the parameter that is the request body, and the parameter.
    pub fn body(&self) -> Option<(usize, &Parameter)> {
        if !matches!(self.verb, Verb::Add | Verb::Update) {
            return None;
        }
        self.parameters.iter().enumerate().find(|(_, parameter)| parameter.direction == Direction::InOut)
    }

    /// Returns the parameter that the response contains.
    pub fn result(&self) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.direction.is_out())
    }

    /// Whether a parameter other than the body is sent in the query. If not, it is sent in an `<action>`.
    pub fn is_in_query(&self, parameter: &Parameter) -> bool {
        self.verb != Verb::Action
            && !parameter.ty.list
            && !matches!(parameter.ty.base, BaseType::Struct(_) | BaseType::Primitive(Primitive::Date))
    }
}

/// How to find the objects of a collection by name.
#[derive(Clone, Copy, Debug)]
pub struct FindByName<'m> {
    /// Type of the objects.
    pub item: TypeId,
    /// The field that contains the name.
    pub field: &'m Name,
    /// The parameter that takes a search query.
    pub search: Option<&'m Parameter>,
    /// Whether the collection can create objects.
    pub creates: bool,
}

impl Model {
    /// Returns how to find the objects of a collection by name, if they have names.
    pub fn find_by_name(&self, id: ServiceId) -> Option<FindByName<'_>> {
        let methods = || self.methods_of(id).into_iter().filter_map(|(owner, at)| self.service(owner).methods.get(at));
        let list = methods().find(|method| method.verb == Verb::List)?;
        let out = list.parameters.iter().find(|parameter| parameter.direction == Direction::Out)?;
        let BaseType::Struct(item) = out.ty.base else { return None };
        let field = self.ty(item).as_struct()?.found_by.as_ref()?;
        let same = |method: &Method| {
            method.verb == Verb::Add
                && !method.returns_action
                && method.body().is_some_and(|(_, body)| body.ty.base == out.ty.base && !body.ty.list)
        };
        Some(FindByName {
            item,
            field,
            search: list.parameters.iter().find(|parameter| self.search.as_ref() == Some(&parameter.name)),
            creates: methods().any(same),
        })
    }
}
