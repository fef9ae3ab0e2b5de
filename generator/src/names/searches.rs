//! The Rust names of searches.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::{Namer, Names, ident, module_name};
use crate::model::SearchId;

/// The parent module of the modules with search fields.
const SEARCH: &str = "search";

/// The Rust names of a search.
#[derive(Debug)]
pub struct SearchNames {
    /// Module: `vm`.
    pub module: Ident,
    /// Table of the fake engine: `VM`.
    pub table: Ident,
    /// Constants of the fields, in the model's order.
    pub fields: Vec<Ident>,
    /// Constants of the references, in the model's order.
    pub references: Vec<Ident>,
}

/// The constant of an item.
pub fn constant_name(name: &str) -> String {
    name.to_uppercase()
}

impl Names {
    /// Returns the names of a search.
    pub fn search_names(&self, id: SearchId) -> &SearchNames {
        #[expect(clippy::indexing_slicing, reason = "every search of the model is named")]
        &self.searches[&id]
    }
}

impl Namer<'_> {
    pub(super) fn searches(&self) -> BTreeMap<SearchId, SearchNames> {
        let mut modules = self.namespace("module");
        let names = self.model.searches().map(|(id, search)| {
            let base = self.base(&search.name, &search.docs);
            let module = modules.add(module_name(base, &[SEARCH]), search.position, &search.name);
            let mut constants = self.namespace("constant");
            let fields = search.fields.iter().map(|it| (&it.name, &it.docs, it.position));
            let references = search.references.iter().map(|it| (&it.name, &it.docs, it.position));
            let mut all: Vec<Ident> = fields
                .chain(references)
                .map(|(name, docs, position)| constants.add(constant_name(self.base(name, docs)), position, name))
                .collect();
            let references = all.split_off(search.fields.len());
            (id, SearchNames { module, table: ident(&constant_name(base)), fields: all, references })
        });
        names.collect()
    }
}
