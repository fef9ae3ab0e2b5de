//! What a struct says of the members of its family: reported here, since the resolved model has lost the places.

use super::Resolver;
use crate::diagnostics::Diagnostic;
use crate::model::TypeId;
use crate::name::Name;
use crate::syntax::{self, At};

impl<'s> Resolver<'s> {
    /// Reports a struct that is marked as what it is by inheritance.
    pub(super) fn check_resource(&self, id: TypeId, family: &[TypeId]) {
        let marked = |id: &&TypeId| self.source_struct(**id).is_some_and(|it| it.resource);
        let first = family.iter().find(marked).and_then(|first| self.source(*first));
        if let (Some(own), Some(first)) = (self.source(id), first)
            && marked(&&id)
            && first.name.value != own.name.value
        {
            let message =
                format!("`{}` is a resource already, since it extends `{}`", own.name.value, first.name.value);
            let problem = Diagnostic::at(own.name.place, message, "marked again")
                .context(first.name.place, "the resource")
                .help("remove `resource: true` from what extends it");
            self.problems.push(problem);
        }
    }

    /// Reports what `references` and `order` of a struct name and should not; the struct is the last of its family.
    pub(super) fn check_lists_of_members(&self, family: &[TypeId], source: &'s syntax::Struct) {
        let structs = || family.iter().filter_map(|id| self.source_struct(*id));
        let all: Vec<&syntax::Member> = structs().flat_map(|it| &it.members).collect();
        let own = source.members.iter().collect::<Vec<_>>();
        self.check_names("order", "no member that the struct declares", &source.order, &own);
        self.check_names("references", "no member", &source.references, &all);
        self.check_names("found_by", "no member", source.found_by.as_slice(), &all);
        for reference in &source.references {
            let is_list = |member: &&syntax::Member| member.name.value == reference.value && member.ty.value.list;
            if all.iter().any(is_list) {
                let message = format!("`references` names `{}`, which is a list", reference.value);
                self.problems.push(Diagnostic::at(reference.place, message, "can't tell one object from another"));
            }
            let inherited = structs().filter(|it| !std::ptr::eq(*it, source)).flat_map(|it| &it.references);
            if let Some(first) = inherited.into_iter().find(|first| first.value == reference.value) {
                let message = format!("`references` names `{}`, which it inherits", reference.value);
                self.problems.push(Diagnostic::at(reference.place, message, "again").context(first.place, "first"));
            }
        }
    }

    fn check_names(&self, key: &str, none: &str, names: &[At<Name>], members: &[&syntax::Member]) {
        for (index, name) in names.iter().enumerate() {
            if !members.iter().any(|member| member.name.value == name.value) {
                let message = format!("`{key}` names `{}`, which is {none}", name.value);
                let known = members.iter().map(|member| member.name.value.as_str());
                self.problems.push(Diagnostic::at(name.place, message, none).suggest(name.value.as_str(), known));
            }
            if let Some(first) = names.iter().take(index).find(|first| first.value == name.value) {
                let message = format!("`{key}` names `{}` twice", name.value);
                self.problems.push(Diagnostic::at(name.place, message, "again").context(first.place, "first"));
            }
        }
    }
}
