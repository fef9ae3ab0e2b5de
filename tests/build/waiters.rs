//! Calls of every waiter of every service.

use std::collections::BTreeMap;
use std::fmt::Write;

use ovirt_sdk_generator::model::{BaseType, Model, Polling, REMOVED, ServiceId, TypeId};
use ovirt_sdk_generator::name::Name;
use ovirt_sdk_generator::names::waiter_name;
use ovirt_sdk_generator::syntax::StateRole;

use super::ServicePath;

/// An address that counts.
const ADDRESS: &str = "192.0.2.1";

/// Returns a function for each service that passes its waiters to `tests/jobs/table.rs`.
pub(crate) fn calls(model: &Model, paths: &BTreeMap<ServiceId, ServicePath>) -> String {
    let mut functions = String::new();
    let mut all = String::from("pub(crate) async fn all(driver: &mut Driver) {\n");
    for (id, service) in model.services() {
        let (Some(polling), Some(path)) = (model.polling(id), paths.get(&id)) else { continue };
        let mut calls = String::new();
        let mut call = |waiter: &str, details: &str| {
            let _ = writeln!(
                calls,
                "    driver.{}(Case {{ service: {:?}, waiter: {waiter:?}, {} {details} }}, |connection| connection.system(){}.{}()).await;",
                if waiter == REMOVED { "removal" } else { "waiter" },
                service.name.as_str(),
                documents(model, polling),
                path.calls,
                waiter_name(waiter),
            );
        };
        for (owner, index) in model.waiters_of(id) {
            let waiter = model.service(owner).waiters.get(index).expect("an index of this list");
            let ty = model.ty(polling.item).as_struct().expect("waiters belong to structs");
            let field = ty.fields.iter().find(|field| field.name == waiter.field.value).expect("a field of the struct");
            let states: Vec<String> = StateRole::ALL
                .into_iter()
                .flat_map(|role| {
                    let states = waiter.states_with(role);
                    states.into_iter().map(move |state| format!("({:?}, {:?})", state.as_str(), role.as_str()))
                })
                .collect();
            let addresses = waiter.addresses.as_ref().map(|addresses| {
                let path: Vec<&Name> = std::iter::once(&addresses.list.value).chain(&addresses.address.value).collect();
                element(model, polling.item, &path, ADDRESS)
            });
            let details = format!(
                "field: {:?}, needs: {:?}, states: &[{}], typical: {}, grace: {}, settle: {}",
                field.tag,
                addresses.unwrap_or_default(),
                states.join(", "),
                waiter.typical,
                waiter.grace.unwrap_or_default(),
                waiter.settle.unwrap_or_default(),
            );
            call(waiter.name.value.as_str(), &details);
        }
        if model.waits_for_removal(id) {
            call(REMOVED, "field: \"\", needs: \"\", states: &[], typical: 60, grace: 0, settle: 0");
        }
        if !calls.is_empty() {
            let _ = writeln!(functions, "async fn waiters_of_{}(driver: &mut Driver) {{\n{calls}}}", service.name);
            let _ = writeln!(all, "    waiters_of_{}(driver).await;", service.name);
        }
    }
    all.push_str("}\n");
    all + &functions
}

/// The XML of a text at the end of a path that leads through objects and lists.
fn element(model: &Model, of: TypeId, path: &[&Name], text: &str) -> String {
    let Some((first, rest)) = path.split_first() else { return text.to_owned() };
    let of = model.ty(of).as_struct().expect("the path leads through structs");
    let field = of.fields.iter().find(|field| field.name == **first).expect("the path exists");
    let inner = match field.ty.base {
        BaseType::Struct(id) => element(model, id, rest, text),
        _ => text.to_owned(),
    };
    let inner = match &field.item_tag {
        Some(tag) => format!("<{tag}>{inner}</{tag}>"),
        None => inner,
    };
    format!("<{0}>{inner}</{0}>", field.tag)
}

/// The elements of an object and of its collection.
fn documents(model: &Model, polling: Polling<'_>) -> String {
    let it = model.ty(polling.item).as_struct().expect("objects are structs");
    format!("tag: {:?}, plural: {:?}, gets: {},", it.tag, it.plural_tag, polling.get)
}
