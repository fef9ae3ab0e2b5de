//! The resolved search language.

use super::{BaseType, Field, Method, Model, Primitive, ServiceId, TypeId, TypeRef};
use crate::diagnostics::Position;
use crate::name::Name;
use crate::syntax::{Docs, Positioned, SearchKind, SearchOrder, SearchRelations, SearchValue};

/// Index into [`Model::searches`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchId(pub(crate) usize);

/// Index into [`Model::search_values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchValuesId(pub(crate) usize);

/// Objects that can be searched.
#[derive(Debug)]
pub struct Search {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The name of one object in the search language.
    pub text: String,
    /// Documentation.
    pub docs: Docs,
    /// Types of the objects. The paths of the fields start from the first one.
    pub types: Vec<TypeId>,
    /// Services whose collections are searched with it, in place of the one of their type.
    pub services: Vec<ServiceId>,
    /// Whether only searches for other objects can use it.
    pub by_reference: bool,
    /// The default order.
    pub order: Vec<SearchOrder>,
    /// The field by which pages are sorted.
    pub pages: Option<Positioned<Name>>,
    /// Fields, in the order of the file.
    pub fields: Vec<SearchField>,
    /// Related objects, in the order of the file.
    pub references: Vec<SearchReference>,
}

/// A field of the search language.
#[derive(Debug)]
pub struct SearchField {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The name in the search language.
    pub text: String,
    /// Documentation.
    pub docs: Docs,
    /// The path to its values.
    pub path: Positioned<String>,
    /// What it contains.
    pub kind: SearchKind,
    /// The relations that it supports.
    pub relations: SearchRelations,
    /// The unit of searches, in units of the API.
    pub unit: i64,
    /// The values of an enum.
    pub values: Option<SearchValuesId>,
}

/// Objects that are related to the searched ones.
#[derive(Debug)]
pub struct SearchReference {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The name in the search language.
    pub text: String,
    /// Documentation.
    pub docs: Docs,
    /// The path to the objects; empty for the searched object itself.
    pub path: Positioned<String>,
    /// How the objects are searched.
    pub search: SearchId,
}

/// The values of an enum in searches.
#[derive(Debug)]
pub struct SearchValues {
    /// Name.
    pub name: Name,
    /// Where it is declared.
    pub position: Position,
    /// The enum of the API with these values, if there is one.
    pub ty: Option<TypeId>,
    /// The values, in the order of the engine's numbers.
    pub values: Vec<SearchValue>,
}

/// Where a path of the search language leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchTarget {
    /// The objects of a struct.
    Objects(TypeId),
    /// The values of a field.
    Values(TypeRef),
    /// Whether a list of an enum contains a value.
    Contains,
    /// A number of objects.
    Count,
    /// A fixed text.
    Fixed,
    /// What the API doesn't show.
    Hidden,
}

/// The step of a path that leads nowhere, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenStep {
    /// The step.
    pub step: String,
    /// The type that it starts from.
    pub from: TypeId,
}

impl Model {
    /// How objects are searched.
    pub fn search(&self, id: SearchId) -> &Search {
        #[expect(clippy::indexing_slicing, reason = "ids are made by the resolver, from positions in this list")]
        &self.searches[id.0]
    }

    /// The values of an enum in searches.
    pub fn search_values(&self, id: SearchValuesId) -> &SearchValues {
        #[expect(clippy::indexing_slicing, reason = "ids are made by the resolver, from positions in this list")]
        &self.search_values[id.0]
    }

    /// Returns all searches with their indexes.
    pub fn searches(&self) -> impl Iterator<Item = (SearchId, &Search)> {
        self.searches.iter().enumerate().map(|(index, search)| (SearchId(index), search))
    }

    /// The documentation of all searches, their fields and references.
    pub(crate) fn search_docs(&self) -> impl Iterator<Item = &Docs> {
        self.searches.iter().flat_map(|search| {
            let fields = search.fields.iter().map(|field| &field.docs);
            let references = search.references.iter().map(|reference| &reference.docs);
            std::iter::once(&search.docs).chain(fields).chain(references)
        })
    }

    /// Whether a parameter of a method takes a search.
    pub fn is_search(&self, method: &Method, parameter: &Name) -> bool {
        self.search_parameter(method).is_some_and(|search| search.name == *parameter)
    }

    /// Where a path of the search language leads. `model/README.md` describes the steps.
    pub fn search_target(&self, from: TypeId, path: &str) -> Result<SearchTarget, BrokenStep> {
        let mut target = SearchTarget::Objects(from);
        for step in path.split('/').filter(|step| !step.is_empty()) {
            let broken = |from: TypeId| BrokenStep { step: step.to_owned(), from };
            // Nothing follows a value.
            let SearchTarget::Objects(at) = target else { return Err(broken(from)) };
            target = self.search_step(at, step).ok_or_else(|| broken(at))?;
        }
        Ok(target)
    }

    fn search_step(&self, at: TypeId, step: &str) -> Option<SearchTarget> {
        if step == "count()" {
            return Some(SearchTarget::Count);
        }
        if step.starts_with('=') {
            return Some(SearchTarget::Fixed);
        }
        if step.starts_with('@') {
            return Some(SearchTarget::Hidden);
        }
        if let Some((referring, field)) = step.strip_prefix('<').and_then(|step| step.split_once(':')) {
            let (id, _) = self.types().find(|(_, ty)| ty.name == *referring)?;
            return (self.field_of(id, field)?.ty.base == BaseType::Struct(at)).then_some(SearchTarget::Objects(id));
        }
        if let Some(field) = step.strip_prefix('^') {
            return (self.field_of(at, field)?.ty.base == BaseType::Struct(at)).then_some(SearchTarget::Objects(at));
        }
        if let Some((field, value)) = step.split_once('~') {
            let ty = self.field_of(at, field)?.ty;
            return (ty.list && self.enum_texts(ty).contains(&value)).then_some(SearchTarget::Contains);
        }
        let (field, named) = step.strip_suffix(']').and_then(|it| it.split_once('[')).unzip();
        let ty = self.field_of(at, field.unwrap_or(step))?.ty;
        match ty.base {
            BaseType::Struct(id) if named.is_none() || ty.list => Some(SearchTarget::Objects(id)),
            BaseType::Struct(_) => None,
            _ => named.is_none().then_some(SearchTarget::Values(ty)),
        }
    }

    fn field_of(&self, id: TypeId, name: &str) -> Option<&Field> {
        self.ty(id).as_struct()?.fields.iter().find(|field| field.name == *name)
    }

    /// The texts of an enum or a boolean; none for other types.
    pub fn enum_texts(&self, ty: TypeRef) -> Vec<&str> {
        match ty.base {
            BaseType::Enum(id) => match &self.ty(id).kind {
                super::TypeKind::Enum(values) => values.iter().map(|value| value.name.as_str()).collect(),
                super::TypeKind::Struct(_) => Vec::new(),
            },
            BaseType::Primitive(Primitive::Boolean) => super::waiters::BOOLEAN.to_vec(),
            _ => Vec::new(),
        }
    }
}
