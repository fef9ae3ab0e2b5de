//! What changed in types, members and values.

use std::collections::BTreeSet;

use super::{Consequence, Found, Kind, pairs, shown};
use ovirt_sdk_generator::Read;
use ovirt_sdk_generator::model::{Member, Model, Struct, Type, TypeId, TypeKind, TypeRef, Value};

const MEMBER: &str = "member";
const TYPE: &str = "type";

pub(super) fn diff(old: &Read, new: &Read, found: &mut Found) {
    for (from, to) in pairs(&old.model.types, &new.model.types, |ty| &ty.name, |ty| &ty.name) {
        match (from, to) {
            (Some(from), Some(to)) => both(&old.model, &new.model, from, to, found),
            (Some(from), None) => {
                let text = format!("the {} is gone", noun(from));
                let wire = "what the engine sends of it is kept as unknown content";
                found.wired(Consequence::Breaking, Kind::Removed, TYPE, from.name.as_str(), text, wire);
            }
            (None, Some(to)) => {
                let text = format!("a new {}", noun(to));
                found.add(Consequence::Compatible, Kind::Added, TYPE, to.name.as_str(), text);
            }
            (None, None) => {}
        }
    }
}

/// What a type is in Rust.
fn noun(ty: &Type) -> &'static str {
    match &ty.kind {
        TypeKind::Struct(it) if it.is_abstract => "trait",
        TypeKind::Struct(_) => "struct",
        TypeKind::Enum(_) => "enum",
    }
}

fn article(ty: &Type) -> String {
    let noun = noun(ty);
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

fn both(old: &Model, new: &Model, from: &Type, to: &Type, found: &mut Found) {
    let name = from.name.as_str();
    if noun(from) != noun(to) {
        let text = format!("was {}, is {} now", article(from), article(to));
        found.add(Consequence::Breaking, Kind::Changed, TYPE, name, text);
    }
    found.docs(TYPE, name, &from.docs, &to.docs);
    match (&from.kind, &to.kind) {
        (TypeKind::Struct(a), TypeKind::Struct(b)) => structs(old, new, name, a, b, found),
        (TypeKind::Enum(a), TypeKind::Enum(b)) => values(name, a, b, found),
        _ => {}
    }
}

fn values(name: &str, old: &[Value], new: &[Value], found: &mut Found) {
    for (from, to) in pairs(old, new, |value| &value.name, |value| &value.name) {
        match (from, to) {
            (Some(from), Some(to)) => found.docs("value", &format!("{name}.{}", from.name), &from.docs, &to.docs),
            (Some(from), None) => {
                let wire = "an engine that sends it is understood through `Unknown`";
                let item = format!("{name}.{}", from.name);
                found.wired(Consequence::Breaking, Kind::Removed, "value", &item, "the variant is gone", wire);
            }
            (None, Some(to)) => {
                let text = "a new variant; it was `Unknown` before";
                found.add(Consequence::Compatible, Kind::Added, "value", &format!("{name}.{}", to.name), text);
            }
            (None, None) => {}
        }
    }
}

fn structs(old: &Model, new: &Model, name: &str, from: &Struct, to: &Struct, found: &mut Found) {
    found.renamed(TYPE, name, "tag", Some(&from.tag), Some(&to.tag));
    found.renamed(TYPE, name, "tag of its collection", Some(&from.plural_tag), Some(&to.plural_tag));
    let (a, b) = (traits(old, from), traits(new, to));
    for lost in a.difference(&b) {
        found.add(Consequence::Breaking, Kind::Changed, TYPE, name, format!("does not implement `{lost}` any more"));
    }
    for gained in b.difference(&a) {
        found.add(Consequence::Compatible, Kind::Changed, TYPE, name, format!("implements `{gained}`"));
    }
    constructors(old, new, name, from, to, found);
    let skip = |member: &str| same_base(old, new, from, to) && base_has_same_change(old, new, from, to, member);
    for (a, b) in pairs(&from.members, &to.members, |it| &it.name, |it| &it.name) {
        let Some(member) = a.or(b).map(|member| member.name.as_str()) else { continue };
        if skip(member) {
            continue;
        }
        let item = format!("{name}.{member}");
        match (a, b) {
            (Some(a), Some(b)) => members(old, new, &item, a, b, found),
            (Some(_), None) => {
                let wire = "what the engine sends of it is kept as unknown content, and never sent";
                found.wired(Consequence::Breaking, Kind::Removed, MEMBER, &item, "the field is gone", wire);
            }
            (None, Some(b)) => {
                let text = format!("a new field of type `{}`", new.type_text(b.ty));
                let wire = "sent only where a program sets it";
                found.wired(Consequence::Compatible, Kind::Added, MEMBER, &item, text, wire);
            }
            (None, None) => {}
        }
    }
}

/// `with_…` of the members that can refer to an object; traits have none.
fn constructors(old: &Model, new: &Model, name: &str, from: &Struct, to: &Struct, found: &mut Found) {
    if from.is_abstract || to.is_abstract {
        return;
    }
    let of = |it: &Struct| it.references.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let of_base = |model, it| base(model, it).filter(|it| !it.is_abstract).map(of).unwrap_or_default();
    let same = same_base(old, new, from, to);
    let told = |constructor: &String| {
        let (before, after) = (of_base(old, from), of_base(new, to));
        same && before.contains(constructor) != after.contains(constructor)
    };
    let (before, after) = (of(from), of(to));
    for lost in before.difference(&after).filter(|it| !told(it)) {
        found.add(Consequence::Breaking, Kind::Removed, "constructor", &format!("{name}.with_{lost}"), "is gone");
    }
    for gained in after.difference(&before).filter(|it| !told(it)) {
        found.add(Consequence::Compatible, Kind::Added, "constructor", &format!("{name}.with_{gained}"), "is new");
    }
}

fn base<'m>(model: &'m Model, it: &Struct) -> Option<&'m Struct> {
    it.base.and_then(|id| model.ty(id).as_struct())
}

fn base_name(model: &Model, it: &Struct) -> Option<String> {
    it.base.map(|id| model.ty(id).name.to_string())
}

fn same_base(old: &Model, new: &Model, from: &Struct, to: &Struct) -> bool {
    base_name(old, from).is_some() && base_name(old, from) == base_name(new, to)
}

/// Whether a member comes from the base on both sides, or wherever it is.
fn base_has_same_change(old: &Model, new: &Model, from: &Struct, to: &Struct, member: &str) -> bool {
    let has = |model, it| base(model, it).is_some_and(|it: &Struct| it.members.iter().any(|m| m.name == *member));
    let here = |it: &Struct| it.members.iter().any(|m| m.name == *member);
    here(from) == has(old, from) && here(to) == has(new, to)
}

/// The abstract structs that a struct extends: traits that it implements.
fn traits(model: &Model, it: &Struct) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next: Option<TypeId> = it.base;
    while let Some(id) = next {
        let base = model.ty(id).as_struct();
        if base.is_some_and(|base| base.is_abstract) && !found.insert(model.ty(id).name.to_string()) {
            break;
        }
        next = base.and_then(|base| base.base);
    }
    found
}

/// Whether two types are the same Rust type.
pub(super) fn same_type(old: &Model, new: &Model, from: TypeRef, to: TypeRef) -> bool {
    old.type_text(from) == new.type_text(to)
}

fn members(old: &Model, new: &Model, item: &str, from: &Member, to: &Member, found: &mut Found) {
    if !same_type(old, new, from.ty, to.ty) {
        let text = format!("the type was `{}`, is `{}`", old.type_text(from.ty), new.type_text(to.ty));
        found.wired(Consequence::Breaking, Kind::Changed, MEMBER, item, text, "its value is written in another way");
    }
    found.renamed(MEMBER, item, "tag", Some(&from.tag), Some(&to.tag));
    // The tag of the items of a list follows from their type.
    if from.ty.list == to.ty.list && from.item_tag != to.item_tag {
        found.renamed(MEMBER, item, "tag of its items", from.item_tag.as_deref(), to.item_tag.as_deref());
    }
    if from.link == to.link && from.ty.list == to.ty.list {
        found.renamed(MEMBER, item, "rel", from.rel.as_deref(), to.rel.as_deref());
    }
    if from.link != to.link {
        let of = |link| if link { "a link" } else { "part of the object" };
        let text = format!("was {}, is {}", of(from.link), of(to.link));
        let wire = "its element stands elsewhere, and the engine may send only where to find it";
        found.wired(Consequence::Compatible, Kind::Changed, MEMBER, item, text, wire);
    }
    if from.secret != to.secret {
        let text = format!("is {} in `Debug` output and logs", if to.secret { "hidden" } else { "shown" });
        found.add(Consequence::Compatible, Kind::Changed, MEMBER, item, text);
    }
    if from.xml_attribute != to.xml_attribute {
        let text = "changes between element and attribute";
        found.wired(Consequence::Compatible, Kind::Changed, MEMBER, item, text, shown(Some(&to.tag)));
    }
    found.docs(MEMBER, item, &from.docs, &to.docs);
}
