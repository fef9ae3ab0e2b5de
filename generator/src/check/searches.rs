//! Checks of searches: paths, values, documentation, and names that are used twice.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Position};
use crate::model::{
    BaseType, Model, Primitive, Search, SearchField, SearchTarget, SearchValues, TypeId, TypeRef, Verb,
};
use crate::syntax::{Positioned, SearchKind};

/// Words that the search language knows in the place of a field.
const RESERVED: [&str; 2] = ["page", "sortby"];

pub(super) fn check(model: &Model, problems: &Diagnostics) {
    for search in &model.searches {
        Check { model, search, problems }.all();
    }
    for values in &model.search_values {
        check_values(model, values, problems);
    }
}

/// Values that belong to an enum of the API have its texts.
fn check_values(model: &Model, values: &SearchValues, problems: &Diagnostics) {
    let Some(ty) = values.ty else { return };
    let known = model.enum_texts(TypeRef { base: BaseType::Enum(ty), list: false });
    for value in &values.values {
        if let Some(api) = value.api.as_deref().filter(|api| !known.contains(api)) {
            let message = format!("`{api}` is not a value of `{}`", values.name);
            let problem = Diagnostic::at(value.position, message, "unknown value").suggest(api, known.iter().copied());
            problems.push_derived(problem);
        }
    }
}

struct Check<'m> {
    model: &'m Model,
    search: &'m Search,
    problems: &'m Diagnostics,
}

impl Check<'_> {
    fn all(&self) {
        let (model, search) = (self.model, self.search);
        let Some(root) = search.types.first().copied() else {
            self.report(search.position, format!("`{}` has no types", search.name), "nothing to search");
            return;
        };
        if !search.by_reference && !search.types.iter().any(|ty| self.is_listed(*ty)) {
            let message = format!("no collection of `{}` can be searched", search.name);
            self.report(search.position, message, "no list of its types has a parameter for searches");
        }
        self.check_names();
        self.check_reachable();
        for order in &search.order {
            self.target(root, &order.path);
        }
        for reference in &search.references {
            let Some(target) = self.target(root, &reference.path) else { continue };
            let of = model.search(reference.search);
            let fits = matches!(target, SearchTarget::Objects(ty) if of.types.contains(&ty));
            if !fits {
                let message = format!("`{}` does not lead to a `{}`", reference.path.value, of.name);
                self.report(reference.path.position, message, "leads elsewhere");
            }
            self.check_docs(&reference.name, reference.position, reference.docs.summary.is_some());
        }
        for field in &search.fields {
            let Some(target) = self.target(root, &field.path) else { continue };
            if !self.fits(field, target) {
                let message =
                    format!("`{}` is not a path to values of the kind `{}`", field.path.value, field.kind.as_str());
                self.report(field.path.position, message, "leads to other values");
            }
            self.check_docs(&field.name, field.position, field.docs.summary.is_some() || is_plain(&field.path.value));
        }
        if let Some(pages) = &search.pages
            && !search.fields.iter().any(|field| field.name == pages.value)
        {
            let message = format!("`{}` has no field `{}`", search.name, pages.value);
            self.report(pages.position, message, "unknown field");
        }
    }

    /// Whether a list of the type has a parameter for searches.
    fn is_listed(&self, ty: TypeId) -> bool {
        let model = self.model;
        model.services().any(|(id, _)| {
            model.object_of(id) == Some(ty)
                && model.all_methods(id).any(|it| it.verb == Verb::List && model.search_parameter(it).is_some())
        })
    }

    /// The engine reads words letter by letter and stops at the first one that it knows. So no name can begin with another
    /// one.
    fn check_reachable(&self) {
        let fields = self.search.fields.iter().map(|it| (it.text.to_lowercase(), it.position));
        let references = self.search.references.iter().map(|it| (it.text.to_lowercase(), it.position));
        let known: Vec<(String, Position)> = fields.chain(references).collect();
        for (text, position) in &known {
            let keyword = RESERVED.into_iter().find(|word| text.starts_with(word)).map(str::to_owned);
            let shorter = known.iter().find(|(other, _)| other != text && text.starts_with(other.as_str()));
            if let Some(first) = keyword.or_else(|| shorter.map(|(other, _)| other.clone())) {
                let message = format!("`{text}` of `{}` can't be searched", self.search.name);
                let problem = Diagnostic::at(*position, message, format!("the engine reads `{first}`"));
                self.problems.push_derived(problem.help("remove it"));
            }
        }
    }

    /// Fields and references have different names, which are constants of one module and words of one language.
    fn check_names(&self) {
        let fields = self.search.fields.iter().map(|it| (it.name.as_str(), it.text.as_str(), it.position));
        let references = self.search.references.iter().map(|it| (it.name.as_str(), it.text.as_str(), it.position));
        let mut seen: [BTreeMap<String, Position>; 2] = Default::default();
        for (name, text, position) in fields.chain(references) {
            let [names, texts] = &mut seen;
            for (seen, key) in [(names, name.to_owned()), (texts, text.to_lowercase())] {
                if let Some(first) = seen.insert(key.clone(), position) {
                    let message = format!("`{}` has `{key}` twice", self.search.name);
                    let problem = Diagnostic::at(position, message, "second use").context(first, "first use");
                    self.problems.push_derived(problem);
                }
            }
        }
    }

    fn target(&self, root: TypeId, path: &Positioned<String>) -> Option<SearchTarget> {
        match self.model.search_target(root, &path.value) {
            Ok(target) => Some(target),
            Err(broken) => {
                let from = self.model.ty(broken.from);
                let message = format!("`{}` leads nowhere from `{}`", broken.step, from.name);
                let fields = from.as_struct().into_iter().flat_map(|it| &it.fields);
                let problem = Diagnostic::at(path.position, message, "invalid step of a path")
                    .suggest(&broken.step, fields.map(|field| field.name.as_str()));
                // The type may be incomplete because of another mistake.
                if !self.problems.is_damaged(from.position.file) {
                    self.problems.push_derived(problem);
                }
                None
            }
        }
    }

    /// Whether a field of this kind can contain what its path leads to.
    fn fits(&self, field: &SearchField, target: SearchTarget) -> bool {
        use SearchKind as K;
        let is_number = matches!(field.kind, K::Integer | K::Size | K::Decimal | K::Duration);
        let ty = match target {
            SearchTarget::Hidden | SearchTarget::Fixed => return true,
            SearchTarget::Count => return is_number,
            SearchTarget::Contains => return field.kind == K::Flag,
            // Versions are texts, and topologies are numbers of processors.
            SearchTarget::Objects(_) => return matches!(field.kind, K::Text | K::Exact | K::Integer),
            SearchTarget::Values(ty) => ty,
        };
        match (field.kind, ty.base) {
            (K::Choice, BaseType::Enum(_) | BaseType::Primitive(Primitive::Boolean)) => {
                let values = field.values.map(|id| self.model.search_values(id));
                values.is_some_and(|values| match (values.ty, ty.base) {
                    (Some(ty), BaseType::Enum(of)) => ty == of,
                    (ty, _) => ty.is_none(),
                })
            }
            (K::Choice, _) => false,
            (K::Flag | K::LooseFlag, base) => base == BaseType::Primitive(Primitive::Boolean),
            (K::Day | K::Date, base) => base == BaseType::Primitive(Primitive::Date),
            (_, BaseType::Primitive(Primitive::Integer | Primitive::Decimal)) => is_number,
            (_, BaseType::Primitive(Primitive::String) | BaseType::Enum(_)) => !is_number,
            _ => false,
        }
    }

    fn check_docs(&self, name: &crate::name::Name, position: Position, has_text: bool) {
        if !has_text {
            let message = format!("`{}.{name}` has no summary", self.search.name);
            self.report(position, message, "its path doesn't say what it is");
        }
    }

    fn report(&self, position: Position, message: String, label: &str) {
        self.problems.push_derived(Diagnostic::at(position, message, label));
    }
}

/// Whether a path consists of names of fields, so that it needs no explanation.
fn is_plain(path: &str) -> bool {
    path.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'/'))
}
