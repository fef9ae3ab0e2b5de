//! Questions about methods that more than one reader of the model asks: where their parameters travel, and what can be
//! found by name.

use super::{BaseType, Method, Model, Parameter, Primitive, ServiceId, TypeId, Verb};
use crate::name::Name;
use crate::syntax::Direction;

impl Method {
    /// The parameter that is the body of the request, and its position.
    pub fn body(&self) -> Option<(usize, &Parameter)> {
        if !matches!(self.verb, Verb::Add | Verb::Update) {
            return None;
        }
        self.parameters.iter().enumerate().find(|(_, parameter)| parameter.direction == Direction::InOut)
    }

    /// The parameter that the answer holds.
    pub fn answer(&self) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.direction.is_out())
    }

    /// Whether a parameter that is not the body stands in the query; if not, it stands in an `<action>`.
    pub fn has_in_query(&self, parameter: &Parameter) -> bool {
        self.verb != Verb::Action
            && !parameter.ty.list
            && !matches!(parameter.ty.base, BaseType::Struct(_) | BaseType::Primitive(Primitive::Date))
    }
}

/// How the objects of a collection are found by name.
#[derive(Clone, Copy, Debug)]
pub struct Finding<'m> {
    /// What the objects are.
    pub item: TypeId,
    /// The member that names them.
    pub member: &'m Name,
    /// The parameter that takes a query.
    pub search: Option<&'m Parameter>,
    /// Whether the collection makes objects too.
    pub creates: bool,
}

impl Model {
    /// How the objects of a collection are found by name, where they have names.
    pub fn finding(&self, id: ServiceId) -> Option<Finding<'_>> {
        let methods = || self.methods_of(id).into_iter().filter_map(|(owner, at)| self.service(owner).methods.get(at));
        let list = methods().find(|method| method.verb == Verb::List)?;
        let out = list.parameters.iter().find(|parameter| parameter.direction == Direction::Out)?;
        let BaseType::Struct(item) = out.ty.base else { return None };
        let member = self.ty(item).as_struct()?.found_by.as_ref()?;
        let same = |method: &Method| {
            method.verb == Verb::Add
                && !method.answers_action
                && method.body().is_some_and(|(_, body)| body.ty.base == out.ty.base && !body.ty.list)
        };
        Some(Finding {
            item,
            member,
            search: list.parameters.iter().find(|parameter| self.search.as_ref() == Some(&parameter.name)),
            creates: methods().any(same),
        })
    }
}
