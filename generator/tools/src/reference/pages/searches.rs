//! How the objects of a type are searched.

use serde::Serialize;

use super::{RenderedDocs, Site};
use crate::reference::links::{Scope, TextOwner};
use ovirt_sdk_generator::model::{SearchField, TypeId};
use ovirt_sdk_generator::syntax::SearchRelations;

/// A field or a related object in searches.
#[derive(Debug, Serialize)]
pub(super) struct SearchPart {
    /// The name in the search language.
    name: String,
    /// The constant in Rust.
    rust: String,
    docs: RenderedDocs,
    /// The path of the field in the object, for fields whose documentation it is.
    path: Option<String>,
    /// The relations; empty for related objects.
    relations: &'static str,
    /// The names of values.
    values: Vec<String>,
}

impl Site<'_> {
    /// The fields and related objects by which the objects of a type can be searched.
    pub(super) fn searches(&self, id: TypeId) -> Vec<SearchPart> {
        let of_type = self
            .model
            .searches()
            .filter(|(_, it)| it.services.is_empty() && !it.by_reference && it.types.contains(&id));
        let mut parts = Vec::new();
        for (search_id, search) in of_type {
            let own = self.names.search_names(search_id);
            let scope = Scope::new(TextOwner::Type(id));
            let rust = |constant: &proc_macro2::Ident| format!("search::{}::{constant}", own.module);
            parts.extend(search.fields.iter().zip(&own.fields).map(|(field, constant)| SearchPart {
                name: field.text.clone(),
                rust: rust(constant),
                docs: self.docs(&field.docs, scope),
                path: field.docs.summary.is_none().then(|| field.path.value.replace('/', ".")),
                relations: relations(field.relations),
                values: self.values(field),
            }));
            parts.extend(search.references.iter().zip(&own.references).map(|(reference, constant)| SearchPart {
                name: format!("{}.…", reference.text),
                rust: rust(constant),
                docs: self.docs(&reference.docs, scope),
                path: None,
                relations: "",
                values: Vec::new(),
            }));
        }
        parts
    }

    fn values(&self, field: &SearchField) -> Vec<String> {
        let values = field.values.map(|id| self.model.search_values(id));
        values.into_iter().flat_map(|it| &it.values).map(|value| value.name.clone()).collect()
    }
}

fn relations(relations: SearchRelations) -> &'static str {
    match relations {
        SearchRelations::Equal => "= !=",
        SearchRelations::All => "= != < <= > >=",
        SearchRelations::Unequal => "< >",
        SearchRelations::Time => "= < >",
    }
}
