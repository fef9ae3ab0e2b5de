//! What is resolved but makes no sense. Every problem of a model is reported, not the first.

mod example;
mod services;

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::model::{BaseType, Member, Model, Struct, Type, TypeId, TypeKind, TypeRef};
use crate::name::Name;

/// Checks a model.
pub fn check(model: &Model, problems: &Diagnostics) {
    check_root(model, problems);
    for (id, ty) in model.types() {
        if let TypeKind::Struct(it) = &ty.kind {
            check_struct(model, id, ty, it, problems);
        }
    }
    check_tags_of_types(model, problems);
    services::check(model, problems);
}

fn check_root(model: &Model, problems: &Diagnostics) {
    if model.root.is_none() && problems.is_empty() && !model.services.is_empty() {
        problems.push(Diagnostic::general("model.yaml names no root service"));
    }
}

/// Reports the second use of a text by another thing, unless both are inherited: that is reported where they are from.
struct Unique<'p> {
    what: &'static str,
    seen: BTreeMap<String, Use>,
    problems: &'p Diagnostics,
}

#[derive(Clone)]
struct Use {
    place: Place,
    name: Name,
    is_own: bool,
}

impl<'p> Unique<'p> {
    fn new(what: &'static str, problems: &'p Diagnostics) -> Self {
        Self { what, seen: BTreeMap::new(), problems }
    }

    fn add(&mut self, text: &str, place: Place, name: &Name, is_own: bool) {
        match self.seen.get(text) {
            Some(first) if !(first.is_own || is_own) => {}
            Some(first) => {
                let message = format!("`{name}` and `{}` have the same {} `{text}`", first.name, self.what);
                let problem = Diagnostic::at(place, message, "the second").context(first.place, "the first");
                self.problems.push(problem);
            }
            None => {
                self.seen.insert(text.to_owned(), Use { place, name: name.clone(), is_own });
            }
        }
    }
}

fn check_struct(model: &Model, id: TypeId, ty: &Type, it: &Struct, problems: &Diagnostics) {
    let own = |member: &&Member| model.is_own(id, member);
    for member in it.members.iter().filter(own) {
        check_member(model, member, problems);
        let hidden = it.members.iter().find(|other| other.name == member.name && !own(other));
        if let Some(hidden) = hidden
            && let Some(owner) = hidden.owner
        {
            let owner = &model.ty(owner).name;
            let message =
                format!("`{}` of `{}` hides the member that it inherits from `{owner}`", member.name, ty.name);
            let problem = Diagnostic::at(member.place, message, "declared again")
                .context(hidden.place, "inherited")
                .help("a struct has what it extends already: remove one of them, or rename it");
            problems.push(problem);
        }
    }
    let (elements, attributes): (Vec<&Member>, Vec<&Member>) =
        it.members.iter().partition(|member| !member.xml_attribute);
    let mut tags = Unique::new("tag", problems);
    let mut rels = Unique::new("rel", problems);
    for member in elements {
        // One that hides another has been reported as such.
        if it.members.iter().filter(|other| other.name == member.name).count() == 1 {
            tags.add(&member.tag, member.place, &member.name, own(&member));
        }
        if let Some(rel) = &member.rel {
            rels.add(rel, member.place, &member.name, own(&member));
        }
        let envelope = model.envelope.leading.iter().chain(&model.envelope.trailing).map(String::as_str);
        if it.links_at.is_some() && own(&member) && envelope.chain(["link"]).any(|reserved| reserved == member.tag) {
            let message = format!("the tag `{}` is part of the envelope of every resource", member.tag);
            problems.push(Diagnostic::at(member.place, message, "can't be a member"));
        }
    }
    for member in attributes.iter().filter(|member| own(member)) {
        let plain = matches!(member.ty.base, BaseType::Primitive(_) | BaseType::Enum(_)) && !member.ty.list;
        if !plain {
            let message = format!("`{}` is an XML attribute and can't be a struct or a list", member.name);
            problems.push(Diagnostic::at(member.place, message, "an XML attribute by its name"));
        }
    }
}

fn check_member(model: &Model, member: &Member, problems: &Diagnostics) {
    if member.link && !matches!(member.ty.base, BaseType::Struct(_)) {
        let message = format!("the link `{}` leads to a value that is no struct", member.name);
        let problem = Diagnostic::at(member.place, message, format!("its type is `{}`", model.type_text(member.ty)))
            .help("put it under `attributes`");
        problems.push(problem);
    }
    check_not_abstract(model, member.ty, member.place, problems);
}

fn check_not_abstract(model: &Model, ty: TypeRef, place: Place, problems: &Diagnostics) {
    if let BaseType::Struct(id) = ty.base
        && model.ty(id).as_struct().is_some_and(|it| it.is_abstract)
    {
        let message = format!("`{}` is abstract: no value can have it as its type", model.ty(id).name);
        problems.push(Diagnostic::at(place, message, "used as a type"));
    }
}

fn check_tags_of_types(model: &Model, problems: &Diagnostics) {
    let mut tags = Unique::new("tag", problems);
    for ty in &model.types {
        if let TypeKind::Struct(it) = &ty.kind
            && !it.is_abstract
        {
            tags.add(&it.tag, ty.place, &ty.name, true);
            tags.add(&it.plural_tag, ty.place, &ty.name, true);
        }
    }
}
