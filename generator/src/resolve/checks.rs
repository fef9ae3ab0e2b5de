//! Checks that need the positions of keys, which the resolved model no longer has.

use super::resolver::Resolver;
use crate::diagnostics::Diagnostic;
use crate::model::{Primitive, TypeId};
use crate::name::Name;
use crate::syntax::{self, Positioned};
use crate::wire::Plurals;

impl<'s> Resolver<'s> {
    /// Reports a struct that is marked as a resource although it inherits that.
    pub(super) fn check_resource(&self, id: TypeId, family: &[TypeId]) {
        let marked = |id: &&TypeId| self.source_struct(**id).is_some_and(|it| it.resource);
        let first = family.iter().find(marked).and_then(|first| self.source(*first));
        if let (Some(own), Some(first)) = (self.source(id), first)
            && marked(&&id)
            && first.name.value != own.name.value
        {
            let message =
                format!("`{}` is already a resource, because it extends `{}`", own.name.value, first.name.value);
            let problem = Diagnostic::at(own.name.position, message, "redundant mark")
                .context(first.name.position, "marked here")
                .help("remove `resource: true` from the extending struct");
            self.problems.push_derived(problem);
        }
    }

    /// Reports invalid names in `order` and `references` of a struct, which is the last of its family.
    pub(super) fn check_field_lists(&self, family: &[TypeId], source: &'s syntax::Struct) {
        let structs = || family.iter().filter_map(|id| self.source_struct(*id));
        let all: Vec<&syntax::Field> = structs().flat_map(|it| &it.fields).collect();
        let own = source.fields.iter().collect::<Vec<_>>();
        self.check_names("order", "not a field that the struct declares", &source.order, &own);
        self.check_names("references", "not a field", &source.references, &all);
        let lists = [
            ("read_only", &source.read_only),
            ("create_only", &source.create_only),
            ("write_only", &source.write_only),
        ];
        for (key, names) in lists {
            self.check_names(key, "not a field", names, &all);
        }
        for group in &source.one_of {
            self.check_names("one_of", "not a field", &group.fields, &all);
            if let [] | [_] = group.fields.as_slice() {
                let message = format!("`{}` needs at least two fields", group.name.value);
                self.problems.push_derived(Diagnostic::at(group.name.position, message, "nothing to choose from"));
            }
        }
        for name in source.create_only.iter().chain(&source.write_only) {
            if let Some(first) = source.read_only.iter().find(|first| first.value == name.value) {
                let message = format!("`{}` is `read_only`, so the engine never reads it from a request", name.value);
                self.problems.push_derived(
                    Diagnostic::at(name.position, message, "contradiction").context(first.position, "read-only"),
                );
            }
        }
        for reference in &source.references {
            let is_list = |field: &&syntax::Field| field.name.value == reference.value && field.ty.value.list;
            if all.iter().any(is_list) {
                let message = format!("`references` contains `{}`, which is a list", reference.value);
                self.problems.push_derived(Diagnostic::at(reference.position, message, "does not identify one object"));
            }
            let inherited = structs().filter(|it| !std::ptr::eq(*it, source)).flat_map(|it| &it.references);
            if let Some(first) = inherited.into_iter().find(|first| first.value == reference.value) {
                let message = format!("`references` contains `{}`, which is inherited", reference.value);
                self.problems.push_derived(
                    Diagnostic::at(reference.position, message, "second use").context(first.position, "first use"),
                );
            }
        }
    }

    fn check_names(&self, key: &str, none: &str, names: &[Positioned<Name>], fields: &[&syntax::Field]) {
        for (index, name) in names.iter().enumerate() {
            if !fields.iter().any(|field| field.name.value == name.value) {
                let message = format!("`{key}` contains `{}`, which is {none}", name.value);
                let known = fields.iter().map(|field| field.name.value.as_str());
                self.problems
                    .push_derived(Diagnostic::at(name.position, message, none).suggest(name.value.as_str(), known));
            }
            if let Some(first) = names.iter().take(index).find(|first| first.value == name.value) {
                let message = format!("`{key}` contains `{}` twice", name.value);
                self.problems.push_derived(
                    Diagnostic::at(name.position, message, "second use").context(first.position, "first use"),
                );
            }
        }
    }

    pub(super) fn check_plurals(&self) {
        for (one, many) in &self.from.api.plurals {
            if Plurals::regular(one.as_str()) == many.value {
                let message = format!("redundant plural: `{}` is the regular plural of `{one}`", many.value);
                self.problems
                    .push_derived(Diagnostic::at(many.position, message, "same as the rule").help("remove it"));
            }
        }
    }

    /// Reports types with the name of a primitive type, which would take precedence.
    pub(super) fn check_primitives(&self) {
        for ty in &self.from.types {
            if Primitive::ALL.iter().any(|primitive| ty.name.value == *primitive.as_str()) {
                let message = format!("`{}` is a primitive type", ty.name.value);
                self.problems
                    .push_derived(Diagnostic::at(ty.name.position, message, "reserved name").help("rename it"));
            }
        }
    }
}
