//! Ranks changes of the model by what they change in the public API, and reports what no change of the model explains.

use std::collections::{BTreeMap, BTreeSet};

use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::files::{Files, GENERATED};

use super::changes::{Change, Changes, Consequence, Kind};
use super::locations::{Locations, service_family, type_family};
use crate::public_api::{ApiChange, ApiItem};

/// Number of items that a change of several items lists.
const LISTED: usize = 3;

/// Ranks the changes. Their present ranks are the highest that they can have.
pub(super) fn rank(changes: &mut Changes, api: &[ApiChange<'_>], old: &LoadedModel, new: &LoadedModel) {
    let (old, new) = (Locations::new(old), Locations::new(new));
    let mut reached: Vec<Option<Consequence>> = vec![None; changes.list.len()];
    let mut unexplained = Vec::new();
    for change in api {
        let consequence = if change.is_breaking { Consequence::Breaking } else { Consequence::Compatible };
        let (item, (own, owner)) = match (change.old, change.new) {
            (Some(item), _) => (item, old.origins(item)),
            (None, Some(item)) => (item, new.origins(item)),
            (None, None) => continue,
        };
        let found = explanations(&changes.list, &own, &owner, consequence);
        if found.is_empty() {
            unexplained.push((
                change,
                consequence,
                own.into_iter().chain(owner).next().unwrap_or_else(|| item.owner.clone()),
            ));
        }
        for index in found {
            if let Some(reached) = reached.get_mut(index) {
                *reached = (*reached).max(Some(consequence));
            }
        }
    }
    for (change, reached) in changes.list.iter_mut().zip(reached) {
        change.consequence = match (reached, change.consequence) {
            (Some(reached), Consequence::Deprecation) => reached.max(Consequence::Deprecation),
            (Some(reached), _) => reached,
            // Nothing that programs use changes, but what is sent and received may.
            (None, Consequence::Breaking) if change.wire.is_some() => Consequence::Compatible,
            (None, Consequence::Breaking) => Consequence::Documentation,
            (None, consequence) => consequence,
        };
    }
    changes.list.extend(grouped(&unexplained));
}

/// The changes that explain a difference: those of the item, else of what contains it, else of its parts.
fn explanations(changes: &[Change], own: &[String], owner: &[String], consequence: Consequence) -> Vec<usize> {
    let of_items = |fits: &dyn Fn(&Change) -> bool| -> Vec<usize> {
        let candidates = changes.iter().enumerate();
        let candidates = candidates.filter(|(_, it)| it.consequence != Consequence::Documentation && fits(it));
        let all: Vec<(usize, Consequence)> = candidates.map(|(index, it)| (index, it.consequence)).collect();
        let strong: Vec<usize> = all.iter().filter(|(_, it)| *it >= consequence).map(|(index, _)| *index).collect();
        if strong.is_empty() { all.into_iter().map(|(index, _)| index).collect() } else { strong }
    };
    let is_part = |item: &str, of: &[String]| {
        of.iter().any(|whole| item.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with('.')))
    };
    let exact = of_items(&|change| own.contains(&change.item));
    if !exact.is_empty() {
        return exact;
    }
    // A new or removed item brings or takes everything in it.
    let is_whole = |change: &Change| {
        change.kind != Kind::Changed
            && own.iter().chain(owner).any(|origin| is_part(origin, std::slice::from_ref(&change.item)))
    };
    let whole = of_items(&|change| owner.contains(&change.item) || is_whole(change));
    if !whole.is_empty() {
        return whole;
    }
    // Of the parts, only those that can have this consequence: a new setter does not change a result.
    let specific = if own.is_empty() { owner } else { own };
    let parts = of_items(&|change| is_part(&change.item, specific));
    parts.into_iter().filter(|index| changes.get(*index).is_some_and(|it| it.consequence >= consequence)).collect()
}

/// The item of a change that removes or adds one, and whether it is removed.
fn one_sided<'a>(change: &ApiChange<'a>) -> Option<(bool, &'a ApiItem)> {
    match (change.old, change.new) {
        (Some(old), None) => Some((true, old)),
        (None, Some(new)) => Some((false, new)),
        _ => None,
    }
}

/// Reports differences that no change explains. The same difference of several items is one change.
fn grouped(unexplained: &[(&ApiChange<'_>, Consequence, String)]) -> Vec<Change> {
    let mut groups: BTreeMap<(Consequence, Kind, String), Vec<&str>> = BTreeMap::new();
    // A new or removed type brings or takes everything in it.
    let whole: BTreeSet<(bool, &str)> = unexplained
        .iter()
        .filter_map(|(change, _, _)| one_sided(change))
        .filter(|(_, it)| it.is_declaration())
        .map(|(is_removed, it)| (is_removed, it.owner.as_str()))
        .collect();
    let is_part = |change: &ApiChange<'_>| {
        one_sided(change)
            .is_some_and(|(is_removed, it)| !it.is_declaration() && whole.contains(&(is_removed, it.owner.as_str())))
    };
    for (change, consequence, item) in unexplained.iter().filter(|(change, _, _)| !is_part(change)) {
        let owner = change.old.or(change.new).map(|it| it.owner.as_str()).unwrap_or_default();
        let shown = |text: &str| text.replace(&format!("{owner}::"), "").replace(owner, "Self");
        let (kind, text) = match (change.old, change.new) {
            (Some(old), Some(new)) => (Kind::Changed, format!("`{}` becomes `{}`", shown(&old.text), shown(&new.text))),
            (Some(old), None) => (Kind::Removed, format!("`{}` removed", shown(&old.text))),
            (None, Some(new)) => (Kind::Added, format!("new `{}`", shown(&new.text))),
            (None, None) => continue,
        };
        groups.entry((*consequence, kind, text)).or_default().push(item);
    }
    let change = |((consequence, kind, text), mut items): ((Consequence, Kind, String), Vec<&str>)| {
        items.dedup();
        let mut item = items.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        if items.len() > LISTED {
            item.push_str(&format!(" and {} more", items.len() - LISTED));
        }
        Change { consequence, kind, item_kind: "public API of", item, text, wire: None }
    };
    groups.into_iter().map(change).collect()
}

/// Reports types and services whose generated code changes although no change of the model was found.
pub(super) fn code(changes: &mut Changes, files: (&Files, &Files), old: &LoadedModel, new: &LoadedModel) {
    let known = |family: &[String]| {
        family.iter().any(|name| changes.renamed_arguments.contains(name))
            || changes.list.iter().any(|change| {
                let owner = change.item.split('.').next().unwrap_or_default();
                change.consequence != Consequence::Documentation && family.iter().any(|name| name == owner)
            })
    };
    let mut found = Vec::new();
    for (id, ty) in new.model.types() {
        let path = format!("{GENERATED}/types/{}.rs", new.names.type_names(id).module);
        let mut family = type_family(&new.model, id);
        let before = old.model.types().find(|(_, other)| other.name == ty.name);
        family.extend(before.into_iter().flat_map(|(id, _)| type_family(&old.model, id)));
        if differs(files, &path) && !known(&family) {
            found.push(("type", ty.name.to_string()));
        }
    }
    for (id, service) in new.model.services() {
        let module = &new.names.service_names(id).module;
        let paths = ["services", "requests", "waiters"].map(|part| format!("{GENERATED}/{part}/{module}.rs"));
        let mut family = service_family(&new.model, id);
        let before = old.model.services().find(|(_, other)| other.name == service.name);
        family.extend(before.into_iter().flat_map(|(id, _)| service_family(&old.model, id)));
        if paths.iter().any(|path| differs(files, path)) && !known(&family) {
            found.push(("service", service.name.to_string()));
        }
    }
    for (item_kind, item) in found {
        let text = "the generated code changes, but not its public API";
        let wire = "requests or documents may change; `--code` shows how";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, item_kind, &item, text, wire);
    }
}

/// Whether the code of a file, without its documentation, is different.
fn differs((old, new): (&Files, &Files), path: &str) -> bool {
    let code = |files: &Files| -> Option<Vec<String>> {
        let lines = files.get(path)?.lines().filter(|line| !line.trim_start().starts_with("//"));
        Some(lines.map(str::to_owned).collect())
    };
    match (code(old), code(new)) {
        (Some(old), Some(new)) => old != new,
        _ => false,
    }
}
