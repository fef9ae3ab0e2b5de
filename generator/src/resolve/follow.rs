//! Which links the engine can follow: by the rule, and by the exceptions of the model.

use super::resolver::Resolver;
use crate::diagnostics::{Diagnostic, Position};
use crate::model::{BaseType, Collections, Field, Following, Model, TypeId, TypeKind};
use crate::name::Name;
use crate::syntax::{self, Positioned};

impl Resolver<'_> {
    /// Sets which fields can be followed. Reports exceptions that are none.
    pub(super) fn follow(&self, model: &mut Model) {
        let collections = Collections::new(model);
        let ids: Vec<TypeId> = model.types().map(|(id, _)| id).collect();
        for id in ids {
            let Some(source) = self.source_struct(id) else { continue };
            let followed = self.followed(model, &collections, id, &source.follow);
            let Some(TypeKind::Struct(it)) = model.types.get_mut(id.0).map(|ty| &mut ty.kind) else { continue };
            for (field, following) in it.fields.iter_mut().zip(followed) {
                field.following = following;
            }
        }
    }

    /// Whether each field of a struct can be followed.
    fn followed(
        &self,
        model: &Model,
        collections: &Collections,
        id: TypeId,
        exceptions: &syntax::Follow,
    ) -> Vec<Following> {
        let Some(it) = model.ty(id).as_struct() else { return Vec::new() };
        self.check_exceptions(model, collections, id, exceptions);
        let reason = |list: &[syntax::FollowException], name: &Name| {
            list.iter().find(|exception| exception.link.value == *name).map(|exception| exception.reason.clone())
        };
        let following = |field: &Field| {
            let by_rule = !it.is_abstract && collections.contain(id, field);
            if reason(&exceptions.never, &field.name).is_some() {
                return Following::Never;
            }
            if let Some(reason) = reason(&exceptions.sometimes, &field.name) {
                return Following::Sometimes(reason);
            }
            let always = by_rule || exceptions.always.iter().any(|name| name.value == field.name);
            if always { Following::Always } else { Following::Never }
        };
        it.fields.iter().map(following).collect()
    }

    fn check_exceptions(&self, model: &Model, collections: &Collections, id: TypeId, exceptions: &syntax::Follow) {
        let ty = model.ty(id);
        let Some(it) = ty.as_struct() else { return };
        let mut seen: Vec<&Positioned<Name>> = Vec::new();
        for link in exceptions.links() {
            if let Some(first) = seen.iter().find(|first| first.value == link.value) {
                let message = format!("`follow` contains `{}` twice", link.value);
                let problem = Diagnostic::at(link.position, message, "second use");
                self.problems.push_derived(problem.context(first.position, "first use"));
            }
            seen.push(link);
            let Some(field) = it.fields.iter().find(|field| field.name == link.value) else {
                let known = it.fields.iter().map(|field| field.name.as_str());
                let problem = Diagnostic::at(
                    link.position,
                    format!("`{}` has no field `{}`", ty.name, link.value),
                    "not a field",
                )
                .suggest(link.value.as_str(), known);
                self.problems.push_derived(problem);
                continue;
            };
            let is_resource = |id: TypeId| model.ty(id).as_struct().is_some_and(|it| it.links_at.is_some());
            if it.is_abstract || !matches!(field.ty.base, BaseType::Struct(target) if is_resource(target)) {
                let label = if it.is_abstract { "the struct is abstract" } else { "not a resource" };
                self.report_exception(link.position, format!("`{}` can't be followed", link.value), label);
            }
        }
        if !self.is_whole() {
            return;
        }
        let by_rule = |link: &Positioned<Name>| {
            it.fields.iter().any(|field| field.name == link.value && collections.contain(id, field))
        };
        for link in exceptions.always.iter().filter(|link| by_rule(link)) {
            let message = format!("`{}` can be followed by the rule", link.value);
            self.report_exception(link.position, message, "not an exception");
        }
        for exception in exceptions.never.iter().filter(|exception| !by_rule(&exception.link)) {
            let message = format!("`{}` can't be followed by the rule", exception.link.value);
            self.report_exception(exception.link.position, message, "not an exception");
        }
    }

    /// Whether all files are free of mistakes, so that the rule applies.
    fn is_whole(&self) -> bool {
        let types = self.from.types.iter().map(|ty| ty.name.position.file);
        let mut files = types.chain(self.from.services.iter().map(|service| service.name.position.file));
        self.from.unreadable.is_empty() && !files.any(|file| self.problems.is_damaged(file))
    }

    fn report_exception(&self, position: Position, message: String, label: &str) {
        self.problems.push_derived(Diagnostic::at(position, message, label).help("remove it from `follow`"));
    }
}
