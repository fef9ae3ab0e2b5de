//! Checks of types and their fields.

use super::unique::Unique;
use crate::diagnostics::{Diagnostic, Diagnostics, Position};
use crate::model::{BaseType, Field, Model, Primitive, Struct, Type, TypeId, TypeKind, TypeRef};
use crate::syntax::Comparison;

pub(super) fn check(model: &Model, problems: &Diagnostics) {
    for (id, ty) in model.types() {
        if let TypeKind::Struct(it) = &ty.kind {
            check_struct(model, id, ty, it, problems);
        }
    }
    check_tags_of_types(model, problems);
}

fn check_struct(model: &Model, id: TypeId, ty: &Type, it: &Struct, problems: &Diagnostics) {
    let own = |field: &&Field| model.is_own(id, field);
    for field in it.fields.iter().filter(own) {
        check_field(model, field, problems);
        let hidden = it.fields.iter().find(|other| other.name == field.name && !own(other));
        if let Some(hidden) = hidden
            && let Some(owner) = hidden.owner
        {
            let owner = &model.ty(owner).name;
            let message = format!("`{}` of `{}` hides a field inherited from `{owner}`", field.name, ty.name);
            let problem = Diagnostic::at(field.position, message, "declared again")
                .context(hidden.position, "inherited")
                .help("remove or rename one of them: a struct has all fields of what it extends");
            problems.push_derived(problem);
        }
    }
    for group in &it.one_of {
        if it.is_abstract {
            let message = format!("`{}` is abstract and can't have `one_of`", ty.name);
            let problem = Diagnostic::at(group.position, message, "not a group of an object");
            problems.push_derived(problem.help("state the group in the structs that extend it"));
        }
        let is_object = |field: &&Field| matches!(field.ty, TypeRef { base: BaseType::Struct(_), list: false });
        for field in it.fields_of(group).filter(|field| !is_object(field)) {
            let message = format!("`{}` contains `{}`, which is not a single object", group.name, field.name);
            let problem = Diagnostic::at(group.position, message, "a group of objects");
            problems.push_derived(problem.context(field.position, "has another type"));
        }
    }
    let (elements, attributes): (Vec<&Field>, Vec<&Field>) = it.fields.iter().partition(|field| !field.xml_attribute);
    let mut tags = Unique::new("tag", problems);
    let mut rels = Unique::new("rel", problems);
    for field in elements {
        // A field that hides an inherited one is already reported.
        if it.fields.iter().filter(|other| other.name == field.name).count() == 1 {
            tags.add(&field.tag, field.position, &field.name, own(&field));
        }
        if let Some(rel) = &field.rel {
            rels.add(rel, field.position, &field.name, own(&field));
        }
        let envelope = model.envelope.leading.iter().chain(&model.envelope.trailing).map(String::as_str);
        if it.links_at.is_some() && own(&field) && envelope.chain(["link"]).any(|reserved| reserved == field.tag) {
            let message = format!("the tag `{}` belongs to the envelope of every resource", field.tag);
            problems.push_derived(Diagnostic::at(field.position, message, "reserved tag"));
        }
    }
    for field in attributes.iter().filter(|field| own(field)) {
        let plain = matches!(field.ty.base, BaseType::Primitive(_) | BaseType::Enum(_)) && !field.ty.list;
        if !plain {
            let message = format!("`{}` is an XML attribute and can't be a struct or a list", field.name);
            problems.push_derived(Diagnostic::at(field.position, message, "fields with this name are XML attributes"));
        }
    }
}

fn check_field(model: &Model, field: &Field, problems: &Diagnostics) {
    if field.link && !matches!(field.ty.base, BaseType::Struct(_)) {
        let message = format!("the link `{}` is not a struct", field.name);
        let problem = Diagnostic::at(field.position, message, format!("its type is `{}`", model.type_text(field.ty)))
            .help("move it to `attributes`");
        problems.push_derived(problem);
    }
    check_not_abstract(model, field.ty, field.position, problems);
    check_comparison(model, field, problems);
}

/// Reports a way to compare that does not fit the type of the field.
fn check_comparison(model: &Model, field: &Field, problems: &Diagnostics) {
    let Some(compare) = &field.compare else { return };
    let (fits, expected) = match compare.value {
        Comparison::InOrder | Comparison::Contains => (field.ty.list, "a list"),
        Comparison::WholeMebibytes => {
            (field.ty == TypeRef { base: BaseType::Primitive(Primitive::Integer), list: false }, "an integer")
        }
    };
    if !fits {
        let message = format!("`{}` can't be compared as `{}`", field.name, compare.value.as_str());
        let label = format!("needs {expected}, found `{}`", model.type_text(field.ty));
        problems.push_derived(Diagnostic::at(compare.position, message, label));
    }
}

pub(super) fn check_not_abstract(model: &Model, ty: TypeRef, position: Position, problems: &Diagnostics) {
    if let BaseType::Struct(id) = ty.base
        && model.ty(id).as_struct().is_some_and(|it| it.is_abstract)
    {
        let message = format!("`{}` is abstract and can't be the type of a value", model.ty(id).name);
        problems.push_derived(Diagnostic::at(position, message, "used as a type"));
    }
}

fn check_tags_of_types(model: &Model, problems: &Diagnostics) {
    let mut tags = Unique::new("tag", problems);
    for ty in &model.types {
        if let TypeKind::Struct(it) = &ty.kind
            && !it.is_abstract
        {
            tags.add(&it.tag, ty.position, &ty.name, true);
            tags.add(&it.plural_tag, ty.position, &ty.name, true);
        }
    }
}
