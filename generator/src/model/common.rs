//! Parameters that mean the same in all methods, so that requests can share a type.

use std::collections::BTreeMap;

use super::{BaseType, Method, Model, Parameter, Primitive};
use crate::name::Name;

/// The parameters that have the same meaning, type and tag in all methods, by name.
#[derive(Debug)]
pub struct CommonParameters<'m> {
    known: BTreeMap<&'m Name, &'m Parameter>,
    methods: Vec<&'m Method>,
}

impl<'m> CommonParameters<'m> {
    /// Returns the sets of parameters of all requests that methods share.
    pub fn requests(&self) -> Vec<Vec<&'m Parameter>> {
        let sets = self.methods.iter().filter_map(|method| self.of(method));
        let key = |set: &Vec<&'m Parameter>| set.iter().map(|parameter| &parameter.name).collect::<Vec<_>>();
        sets.map(|set| (key(&set), set)).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// Returns the parameters of a request, sorted by name, if all of them are common. Requests with the same common
    /// parameters share a type.
    pub fn of(&self, method: &Method) -> Option<Vec<&'m Parameter>> {
        let own = method.request_parameters();
        let mut found: Vec<&'m Parameter> =
            own.into_iter().map(|(_, parameter)| self.same(parameter)).collect::<Option<_>>()?;
        found.sort_by_key(|parameter| &parameter.name);
        Some(found)
    }

    fn same(&self, parameter: &Parameter) -> Option<&'m Parameter> {
        let known = *self.known.get(&parameter.name)?;
        let is_same = known.ty == parameter.ty && known.tag == parameter.tag;
        let has_own_text = parameter.docs.details.is_some() || parameter.docs.rust_name.is_some();
        (is_same && !has_own_text).then_some(known)
    }
}

impl Model {
    /// Returns the common parameters: those with a summary for all methods and a scalar type. The first use decides about
    /// type and tag.
    pub fn common_parameters(&self) -> CommonParameters<'_> {
        let mut known = BTreeMap::new();
        let methods: Vec<&Method> = self.services.iter().flat_map(|service| &service.methods).collect();
        for (_, parameter) in methods.iter().flat_map(|method| method.request_parameters()) {
            let scalar = matches!(parameter.ty.base, BaseType::Primitive(base) if base != Primitive::Date);
            let is_common = scalar && !parameter.ty.list && self.parameters.contains_key(&parameter.name);
            if is_common && parameter.docs.rust_name.is_none() {
                known.entry(&parameter.name).or_insert(parameter);
            }
        }
        CommonParameters { known, methods }
    }
}
