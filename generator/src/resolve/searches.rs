//! Resolves searches: their types, services, references and values.

use std::collections::BTreeMap;

use super::resolver::Resolver;
use crate::diagnostics::Diagnostic;
use crate::model::{Search, SearchField, SearchId, SearchReference, SearchValues, SearchValuesId, TypeId};
use crate::name::Name;
use crate::syntax::{self, Positioned, TypeName};

/// The declared searches and values by name.
pub(super) struct SearchNames<'s> {
    searches: BTreeMap<&'s Name, SearchId>,
    values: BTreeMap<&'s Name, SearchValuesId>,
}

impl<'s> SearchNames<'s> {
    pub(super) fn new(from: &'s syntax::Model) -> Self {
        let searches = from.searches.iter().enumerate().map(|(index, it)| (&it.name.value, SearchId(index)));
        let values = from.search_values.iter().enumerate().map(|(index, it)| (&it.name.value, SearchValuesId(index)));
        Self { searches: searches.collect(), values: values.collect() }
    }
}

impl Resolver<'_> {
    pub(super) fn search(&self, source: &syntax::Search, names: &SearchNames<'_>) -> Search {
        let types = source.types.iter().filter_map(|name| self.struct_id(name)).collect();
        let fields = source.fields.iter().map(|field| SearchField {
            name: field.name.value.clone(),
            position: field.name.position,
            text: field.text.clone(),
            docs: field.docs.clone(),
            path: field.path.clone(),
            kind: field.kind,
            relations: field.relations,
            unit: field.unit,
            values: field.values.as_ref().and_then(|values| self.known(values, &names.values, "search values")),
        });
        let references = source.references.iter().filter_map(|reference| {
            let position = reference.name.position;
            Some(SearchReference {
                name: reference.name.value.clone(),
                position,
                text: reference.text.clone(),
                docs: reference.docs.clone(),
                path: reference.path.clone().unwrap_or(Positioned { value: String::new(), position }),
                search: self.known(&reference.search, &names.searches, "search")?,
            })
        });
        Search {
            name: source.name.value.clone(),
            position: source.name.position,
            text: source.text.clone().unwrap_or_else(|| source.name.value.to_string()),
            docs: source.docs.clone(),
            types,
            services: source.services.iter().filter_map(|service| self.service(service)).collect(),
            by_reference: source.by_reference,
            order: source.order.clone(),
            pages: source.pages.clone(),
            fields: fields.collect(),
            references: references.collect(),
        }
    }

    /// Values with the name of an enum of the API are those of that enum.
    pub(super) fn search_values(&self, source: &syntax::SearchValues) -> SearchValues {
        let ty = self.types.get(&source.name.value).copied().filter(|id| self.source_struct(*id).is_none());
        let values = source.values.clone();
        SearchValues { name: source.name.value.clone(), position: source.name.position, ty, values }
    }

    fn struct_id(&self, name: &Positioned<Name>) -> Option<TypeId> {
        let ty = TypeName { name: name.value.clone(), list: false };
        match self.type_ref(&Positioned { value: ty, position: name.position })?.base {
            crate::model::BaseType::Struct(id) => Some(id),
            _ => {
                let message = format!("`{}` is not a struct", name.value);
                self.problems.push(Diagnostic::at(name.position, message, "only structs can be searched"));
                None
            }
        }
    }

    fn known<T: Copy>(&self, name: &Positioned<Name>, declared: &BTreeMap<&Name, T>, what: &str) -> Option<T> {
        let found = declared.get(&name.value).copied();
        if found.is_none() {
            let message = format!("unknown {what} `{}`", name.value);
            let problem = Diagnostic::at(name.position, message, "not declared")
                .suggest(name.value.as_str(), declared.keys().map(|name| name.as_str()));
            self.problems.push(problem);
        }
        found
    }
}
