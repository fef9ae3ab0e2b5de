//! Changes of types, fields and values.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{Changes, Consequence, Kind, pair_by_key, quoted};
use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::model::{Field, Following, Model, OneOf, Struct, Type, TypeId, TypeKind, TypeRef, Value};

const FIELD: &str = "field";
const TYPE: &str = "type";
const GROUP: &str = "group";

pub(super) fn diff(old: &LoadedModel, new: &LoadedModel, changes: &mut Changes) {
    for (from, to) in pair_by_key(&old.model.types, &new.model.types, |ty| &ty.name, |ty| &ty.name) {
        match (from, to) {
            (Some(from), Some(to)) => both(&old.model, &new.model, from, to, changes),
            (Some(from), None) => {
                let text = format!("{} removed", noun(from));
                let wire = "what the engine sends is kept as unknown content";
                changes.add_with_wire(Consequence::Breaking, Kind::Removed, TYPE, from.name.as_str(), text, wire);
            }
            (None, Some(to)) => {
                let text = format!("new {}", noun(to));
                changes.add(Consequence::Compatible, Kind::Added, TYPE, to.name.as_str(), text);
            }
            (None, None) => {}
        }
    }
}

/// The kind of a type in Rust.
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

fn both(old: &Model, new: &Model, from: &Type, to: &Type, changes: &mut Changes) {
    let name = from.name.as_str();
    if noun(from) != noun(to) {
        let text = format!("changes from {} to {}", article(from), article(to));
        changes.add(Consequence::Breaking, Kind::Changed, TYPE, name, text);
    }
    changes.docs(TYPE, name, &from.docs, &to.docs);
    match (&from.kind, &to.kind) {
        (TypeKind::Struct(a), TypeKind::Struct(b)) => structs(old, new, name, a, b, changes),
        (TypeKind::Enum(a), TypeKind::Enum(b)) => values(name, a, b, changes),
        _ => {}
    }
}

fn values(name: &str, old: &[Value], new: &[Value], changes: &mut Changes) {
    for (from, to) in pair_by_key(old, new, |value| &value.name, |value| &value.name) {
        match (from, to) {
            (Some(from), Some(to)) => changes.docs("value", &format!("{name}.{}", from.name), &from.docs, &to.docs),
            (Some(from), None) => {
                let wire = "decoded as `Unknown`";
                let item = format!("{name}.{}", from.name);
                changes.add_with_wire(Consequence::Breaking, Kind::Removed, "value", &item, "variant removed", wire);
            }
            (None, Some(to)) => {
                let text = "new variant; was decoded as `Unknown`";
                changes.add(Consequence::Compatible, Kind::Added, "value", &format!("{name}.{}", to.name), text);
            }
            (None, None) => {}
        }
    }
}

fn structs(old: &Model, new: &Model, name: &str, from: &Struct, to: &Struct, changes: &mut Changes) {
    changes.renamed(TYPE, name, "tag", Some(&from.tag), Some(&to.tag));
    changes.renamed(TYPE, name, "collection tag", Some(&from.plural_tag), Some(&to.plural_tag));
    let (a, b) = (traits(old, from), traits(new, to));
    for lost in a.difference(&b) {
        changes.add(Consequence::Breaking, Kind::Changed, TYPE, name, format!("no longer implements `{lost}`"));
    }
    for gained in b.difference(&a) {
        changes.add(Consequence::Compatible, Kind::Changed, TYPE, name, format!("now implements `{gained}`"));
    }
    constructors(old, new, name, from, to, changes);
    groups(name, from, to, changes);
    order(old, new, name, from, to, changes);
    for (what, these, others) in
        [("new", &to.other_rels, &from.other_rels), ("removed", &from.other_rels, &to.other_rels)]
    {
        let only: Vec<&str> = these.iter().filter(|rel| !others.contains(rel)).map(String::as_str).collect();
        if !only.is_empty() {
            let text = format!("{what} links without a field: {}", only.join(", "));
            let wire = "other links count as known";
            changes.add_with_wire(Consequence::Compatible, Kind::Changed, TYPE, name, text, wire);
        }
    }
    let is_abstract = from.is_abstract || to.is_abstract;
    let skip = |field: &str| same_base(old, new, from, to) && base_has_same_change(old, new, from, to, field);
    for (a, b) in pair_by_key(&from.fields, &to.fields, |it| &it.name, |it| &it.name) {
        let Some(field) = a.or(b).map(|field| field.name.as_str()) else { continue };
        if skip(field) {
            continue;
        }
        let item = format!("{name}.{field}");
        if let (Some(a), Some(b)) = (a, b)
            && !is_abstract
        {
            following(&item, &a.following, &b.following, changes);
        }
        match (a, b) {
            (Some(a), Some(b)) => fields(old, new, &item, a, b, changes),
            (Some(_), None) => {
                let wire = "what the engine sends is kept as unknown content; never sent";
                changes.add_with_wire(Consequence::Breaking, Kind::Removed, FIELD, &item, "field removed", wire);
            }
            (None, Some(b)) => {
                let text = format!("new field of type `{}`", new.type_text(b.ty));
                let wire = "sent only if a program sets it";
                changes.add_with_wire(Consequence::Compatible, Kind::Added, FIELD, &item, text, wire);
            }
            (None, None) => {}
        }
    }
}

/// Changes of the order in which the declared fields are written.
fn order(old: &Model, new: &Model, name: &str, from: &Struct, to: &Struct, changes: &mut Changes) {
    let declared = |model: &Model, it: &Struct, other: &Struct| -> Vec<String> {
        let is_declared = |field: &&Field| field.owner.is_some_and(|owner| model.ty(owner).name == *name);
        let is_common = |field: &&Field| other.fields.iter().any(|it| it.name == field.name && it.link == field.link);
        let fields = it.fields.iter().filter(is_declared).filter(is_common);
        fields.map(|field| field.name.to_string()).collect()
    };
    let (before, after) = (declared(old, from, to), declared(new, to, from));
    if before != after && before.len() == after.len() {
        let text = "the order of the fields changes";
        let wire = "the elements are written in another order";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, TYPE, name, text, wire);
    }
}

/// Changes of the `with_…` constructors of references. Traits have none.
fn constructors(old: &Model, new: &Model, name: &str, from: &Struct, to: &Struct, changes: &mut Changes) {
    if from.is_abstract || to.is_abstract {
        return;
    }
    let constructors_of = |it: &Struct| it.references.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let of_base = |model, it| base(model, it).filter(|it| !it.is_abstract).map(constructors_of).unwrap_or_default();
    let same = same_base(old, new, from, to);
    let is_reported_at_base = |constructor: &String| {
        let (before, after) = (of_base(old, from), of_base(new, to));
        same && before.contains(constructor) != after.contains(constructor)
    };
    let (before, after) = (constructors_of(from), constructors_of(to));
    for lost in before.difference(&after).filter(|it| !is_reported_at_base(it)) {
        changes.add(
            Consequence::Breaking,
            Kind::Removed,
            "constructor",
            &format!("{name}.with_{lost}"),
            "constructor removed",
        );
    }
    for gained in after.difference(&before).filter(|it| !is_reported_at_base(it)) {
        changes.add(
            Consequence::Compatible,
            Kind::Added,
            "constructor",
            &format!("{name}.with_{gained}"),
            "new constructor",
        );
    }
}

/// Changes of the groups of fields of which at most one is set.
fn groups(name: &str, from: &Struct, to: &Struct, changes: &mut Changes) {
    let groups_of = |it: &Struct| -> BTreeMap<String, Vec<String>> {
        let names = |group: &OneOf| it.fields_of(group).map(|field| field.name.to_string()).collect();
        it.one_of.iter().map(|group| (group.name.to_string(), names(group))).collect()
    };
    let (before, after) = (groups_of(from), groups_of(to));
    let item = |group: &String| format!("{name}.{group}");
    for lost in before.keys().filter(|group| !after.contains_key(*group)) {
        changes.add(Consequence::Breaking, Kind::Removed, GROUP, &item(lost), "group removed");
    }
    for (group, fields) in &after {
        let Some(old) = before.get(group) else {
            changes.add(Consequence::Compatible, Kind::Added, GROUP, &item(group), "new group");
            continue;
        };
        for lost in old.iter().filter(|field| !fields.contains(field)) {
            let text = format!("no longer contains `{lost}`");
            changes.add(Consequence::Breaking, Kind::Changed, GROUP, &item(group), text);
        }
        for gained in fields.iter().filter(|field| !old.contains(field)) {
            changes.add(Consequence::Compatible, Kind::Changed, GROUP, &item(group), format!("contains `{gained}`"));
        }
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

/// Whether the base has the same change of a field.
fn base_has_same_change(old: &Model, new: &Model, from: &Struct, to: &Struct, field: &str) -> bool {
    let has = |model, it| base(model, it).is_some_and(|it: &Struct| it.fields.iter().any(|m| m.name == *field));
    let here = |it: &Struct| it.fields.iter().any(|m| m.name == *field);
    here(from) == has(old, from) && here(to) == has(new, to)
}

/// The traits that a struct implements: the abstract structs that it extends.
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

/// Changes of whether the engine can follow a field, which has a constant then.
fn following(item: &str, from: &Following, to: &Following, changes: &mut Changes) {
    let (consequence, text) = match (from, to) {
        (from, to) if from == to => return,
        (Following::Sometimes(_), Following::Sometimes(_)) => {
            return changes.add(
                Consequence::Documentation,
                Kind::Changed,
                FIELD,
                item,
                "the reason why objects lack it changes",
            );
        }
        (Following::Never, _) => (Consequence::Compatible, "can be followed now"),
        (_, Following::Never) => (Consequence::Breaking, "can't be followed any more"),
        (_, Following::Sometimes(_)) => (Consequence::Breaking, "can't be followed for all objects any more"),
        (_, Following::Always) => (Consequence::Breaking, "can be followed for all objects now"),
    };
    changes.add(consequence, Kind::Changed, FIELD, item, text);
}

fn fields(old: &Model, new: &Model, item: &str, from: &Field, to: &Field, changes: &mut Changes) {
    if !same_type(old, new, from.ty, to.ty) {
        let text = format!("type changes from `{}` to `{}`", old.type_text(from.ty), new.type_text(to.ty));
        changes.add_with_wire(
            Consequence::Breaking,
            Kind::Changed,
            FIELD,
            item,
            text,
            "the value is encoded differently",
        );
    }
    changes.renamed(FIELD, item, "tag", Some(&from.tag), Some(&to.tag));
    // The tag of the items depends on their type, whose change is already reported.
    if from.ty.list == to.ty.list && from.item_tag != to.item_tag {
        changes.renamed(FIELD, item, "item tag", from.item_tag.as_deref(), to.item_tag.as_deref());
    }
    if from.link == to.link && from.ty.list == to.ty.list {
        changes.renamed(FIELD, item, "rel", from.rel.as_deref(), to.rel.as_deref());
    }
    if from.link != to.link {
        let noun = |link| if link { "a link" } else { "an attribute" };
        let text = format!("changes from {} to {}", noun(from.link), noun(to.link));
        let wire = "the element moves; the engine may send only its address";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, FIELD, item, text, wire);
    }
    changes.secret(FIELD, item, from.secret, to.secret);
    access(item, from, to, changes);
    if from.xml_attribute != to.xml_attribute {
        let text = "changes between XML element and XML attribute";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, FIELD, item, text, quoted(Some(&to.tag)));
    }
    changes.docs(FIELD, item, &from.docs, &to.docs);
}

/// Changes of when the engine reads and returns a field, and of how its values are compared.
fn access(item: &str, from: &Field, to: &Field, changes: &mut Changes) {
    let (old, new) = (from.access, to.access);
    let facts = [
        (old.read_only, new.read_only, "read-only"),
        (old.create_only, new.create_only, "fixed at creation"),
        (old.write_only, new.write_only, "write-only"),
    ];
    for (was, is, fact) in facts {
        if was != is {
            let text = if is { format!("now {fact}") } else { format!("no longer {fact}") };
            changes.add(Consequence::Compatible, Kind::Changed, FIELD, item, text);
        }
    }
    let way = |field: &Field| field.compare.as_ref().map(|compare| compare.value.as_str());
    if way(from) != way(to) {
        let text = format!("the way to compare values changes from {} to {}", quoted(way(from)), quoted(way(to)));
        changes.add(Consequence::Compatible, Kind::Changed, FIELD, item, text);
    }
}
