//! Adds the Rust names of items that have another name in Rust.

use std::collections::BTreeMap;

use ovirt_sdk_generator::model::{Model, TypeKind};
use ovirt_sdk_generator::syntax::Docs;

use super::changes::Change;
use super::searches::item;

/// Adds the Rust name to the text of each change of an item that has another name in Rust.
pub(super) fn add(changes: &mut [Change], old: &Model, new: &Model) {
    let mut names = renamed(old);
    names.extend(renamed(new));
    for change in changes {
        if let Some(name) = names.get(&change.item) {
            change.text.push_str(&format!(" (in Rust `{name}`)"));
        }
    }
}

/// The other Rust names of a model, by item.
fn renamed(model: &Model) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut add = |item: String, docs: &Docs| {
        if let Some(name) = &docs.rust_name {
            found.insert(item, name.value.to_string());
        }
    };
    for ty in &model.types {
        add(ty.name.to_string(), &ty.docs);
        match &ty.kind {
            TypeKind::Struct(it) => {
                it.fields.iter().for_each(|field| add(format!("{}.{}", ty.name, field.name), &field.docs));
            }
            TypeKind::Enum(values) => {
                values.iter().for_each(|value| add(format!("{}.{}", ty.name, value.name), &value.docs));
            }
        }
    }
    for search in &model.searches {
        let name = item(search.name.as_str());
        add(name.clone(), &search.docs);
        search.fields.iter().for_each(|field| add(format!("{name}.{}", field.name), &field.docs));
        search.references.iter().for_each(|it| add(format!("{name}.{}", it.name), &it.docs));
    }
    for service in &model.services {
        let name = &service.name;
        add(name.to_string(), &service.docs);
        service.locators.iter().for_each(|locator| add(format!("{name}.{}", locator.name), &locator.docs));
        service.waiters.iter().for_each(|waiter| add(format!("{name}.{}", waiter.name.value), &waiter.docs));
        for method in &service.methods {
            add(format!("{name}.{}", method.name), &method.docs);
            let parameters = method.all_parameters().into_iter();
            parameters.for_each(|it| add(format!("{name}.{}.{}", method.name, it.name), &it.docs));
        }
    }
    found
}
