//! Which files a mistake may affect, so that its consequences are not reported as further problems.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostics, FileId};
use crate::name::Name;
use crate::syntax::{Model, TypeKind};

/// An item of a file, and the item that it extends.
struct Item<'m> {
    file: FileId,
    base: Option<&'m Name>,
}

/// Marks the files of all items if `all` is set, and else of those that extend something damaged, unknown, or themselves.
pub(super) fn spread(model: &Model, all: bool, problems: &Diagnostics) {
    let types: BTreeMap<&Name, Item<'_>> = model
        .types
        .iter()
        .map(|ty| {
            let base = match &ty.kind {
                TypeKind::Struct(it) => it.extends.as_ref().map(|base| &base.value),
                TypeKind::Enum(_) => None,
            };
            (&ty.name.value, Item { file: ty.name.position.file, base })
        })
        .collect();
    let services: BTreeMap<&Name, Item<'_>> = model
        .services
        .iter()
        .map(|service| {
            let base = service.extends.as_ref().map(|base| &base.value);
            (&service.name.value, Item { file: service.name.position.file, base })
        })
        .collect();
    for items in [&types, &services] {
        for item in items.values() {
            if all || is_affected(items, item, problems) {
                problems.damage(item.file);
            }
        }
    }
    // The paths of searches lead through all types.
    let mut declared = types.values().chain(services.values());
    if !model.unreadable.is_empty() || declared.any(|item| problems.is_damaged(item.file)) {
        let searches = model.searches.iter().map(|search| search.name.position.file);
        let values = model.search_values.iter().map(|values| values.name.position.file);
        searches.chain(values).for_each(|file| problems.damage(file));
    }
}

fn is_affected(items: &BTreeMap<&Name, Item<'_>>, item: &Item<'_>, problems: &Diagnostics) -> bool {
    let mut next = item.base;
    // A longer chain than there are items is a cycle.
    for _ in items {
        let Some(name) = next else { return false };
        match items.get(name) {
            Some(base) if !problems.is_damaged(base.file) => next = base.base,
            _ => return true,
        }
    }
    next.is_some()
}
