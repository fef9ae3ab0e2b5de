//! Changes of searches.

use super::changes::{Changes, Consequence, Kind, pair_by_key};
use ovirt_sdk_generator::model::{Model, Search, SearchField, SearchReference, SearchValues};

const SEARCH: &str = "search";
const FIELD: &str = "search field";
const REFERENCE: &str = "search reference";

/// The name of a search in changes. Types and services can have the same names.
pub(super) fn item(search: &str) -> String {
    format!("search {search}")
}

pub(super) fn diff(old: &Model, new: &Model, changes: &mut Changes) {
    for (from, to) in pair_by_key(&old.searches, &new.searches, |it| &it.name, |it| &it.name) {
        match (from, to) {
            (Some(from), Some(to)) => both((old, from), (new, to), changes),
            (Some(from), None) => removed(SEARCH, &item(from.name.as_str()), changes),
            (None, Some(to)) => added(SEARCH, &item(to.name.as_str()), changes),
            (None, None) => {}
        }
    }
    let values = |model: &Model| model.search_values.iter().map(all_values).collect::<Vec<_>>();
    if values(old) != values(new) {
        let text = "the values of enums in searches change";
        changed_on_wire(SEARCH, "search values", text.to_owned(), changes);
    }
}

/// The values of an enum, to be compared.
fn all_values(values: &SearchValues) -> (String, Vec<(String, Option<String>)>) {
    (values.name.to_string(), values.values.iter().map(|it| (it.name.clone(), it.api.clone())).collect())
}

fn removed(kind: &'static str, item: &str, changes: &mut Changes) {
    changes.add(Consequence::Breaking, Kind::Removed, kind, item, format!("{kind} removed"));
}

fn added(kind: &'static str, item: &str, changes: &mut Changes) {
    changes.add(Consequence::Compatible, Kind::Added, kind, item, format!("new {kind}"));
}

fn changed_on_wire(kind: &'static str, item: &str, text: String, changes: &mut Changes) {
    changes.add_with_wire(Consequence::Breaking, Kind::Changed, kind, item, text, "other searches are sent");
}

fn both((old, from): (&Model, &Search), (new, to): (&Model, &Search), changes: &mut Changes) {
    let name = item(from.name.as_str());
    changes.docs(SEARCH, &name, &from.docs, &to.docs);
    let types = |model: &Model, search: &Search| -> Vec<String> {
        search.types.iter().map(|ty| model.ty(*ty).name.to_string()).collect()
    };
    let pages = |search: &Search| search.pages.as_ref().map(|pages| pages.value.clone());
    for (what, is_equal) in [
        ("the types of the objects change", types(old, from) == types(new, to)),
        ("the name in the search language changes", from.text == to.text),
        ("the field by which pages are sorted changes", pages(from) == pages(to)),
        ("whether lists can be searched changes", from.by_reference == to.by_reference),
    ] {
        if !is_equal {
            changed_on_wire(SEARCH, &name, what.to_owned(), changes);
        }
    }
    for (a, b) in pair_by_key(&from.fields, &to.fields, |it| &it.name, |it| &it.name) {
        let item = |field: &SearchField| format!("{name}.{}", field.name);
        match (a, b) {
            (Some(a), Some(b)) => field((old, a), (new, b), &item(a), changes),
            (Some(a), None) => removed(FIELD, &item(a), changes),
            (None, Some(b)) => added(FIELD, &item(b), changes),
            (None, None) => {}
        }
    }
    for (a, b) in pair_by_key(&from.references, &to.references, |it| &it.name, |it| &it.name) {
        let item = |reference: &SearchReference| format!("{name}.{}", reference.name);
        match (a, b) {
            (Some(a), Some(b)) => {
                changes.docs(REFERENCE, &item(a), &a.docs, &b.docs);
                if a.text != b.text || old.search(a.search).name != new.search(b.search).name {
                    changed_on_wire(REFERENCE, &item(a), "the related objects change".to_owned(), changes);
                }
            }
            (Some(a), None) => removed(REFERENCE, &item(a), changes),
            (None, Some(b)) => added(REFERENCE, &item(b), changes),
            (None, None) => {}
        }
    }
}

fn field((old, from): (&Model, &SearchField), (new, to): (&Model, &SearchField), item: &str, changes: &mut Changes) {
    changes.docs(FIELD, item, &from.docs, &to.docs);
    changes.renamed(FIELD, item, "the name", Some(&from.text), Some(&to.text));
    let values = |model: &Model, field: &SearchField| field.values.map(|id| model.search_values(id).name.clone());
    for (what, from, to) in [
        ("kind", from.kind.as_str().to_owned(), to.kind.as_str().to_owned()),
        ("set of relations", from.relations.as_str().to_owned(), to.relations.as_str().to_owned()),
        ("unit", from.unit.to_string(), to.unit.to_string()),
        (
            "enum",
            values(old, from).map(|it| it.to_string()).unwrap_or_default(),
            values(new, to).map(|it| it.to_string()).unwrap_or_default(),
        ),
    ] {
        if from != to {
            changed_on_wire(FIELD, item, format!("{what} changes from `{from}` to `{to}`"), changes);
        }
    }
}
