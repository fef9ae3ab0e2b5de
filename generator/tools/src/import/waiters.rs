//! Removes waiters, and states of waiters, that the objects of a release do not have.

use std::collections::BTreeMap;

use super::document::{Document, Map, Value};
use super::report::{Item, Report};
use ovirt_sdk_generator::load::item_path;
use ovirt_sdk_generator::model::{Model, TypeId};
use ovirt_sdk_generator::name::Name;
use ovirt_sdk_generator::syntax::StateRole;

/// The section of waiters.
const WAITERS: &str = "waiters";

/// Copies documents without their waiters, so that the rest of a model can be resolved.
pub(super) fn without(documents: &BTreeMap<String, Document>) -> BTreeMap<String, Document> {
    let mut bare = documents.clone();
    for document in bare.values_mut() {
        document.root.remove(WAITERS);
    }
    bare
}

/// Removes the waiters whose field or states a model does not have.
pub(super) fn prune(documents: &mut BTreeMap<String, Document>, model: &Model, report: &mut Report) {
    for (file, document) in documents {
        let Some(waiters) = document.root.map_mut(WAITERS) else { continue };
        let service = model.services().find(|(_, service)| item_path("services", service.name.as_str()) == *file);
        let polling = service.and_then(|(id, _)| model.polling(id));
        let object = polling.map(|polling| polling.item);
        let names: Vec<String> = waiters.maps().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let mut removed = |text: String| {
                let path = vec![WAITERS.to_owned(), name.clone()];
                report.quirks.push((Item { file: file.clone(), path }, text));
            };
            let Some(waiter) = waiters.map_mut(&name) else { continue };
            if let Some(reason) = prune_waiter(waiter, model, object, &mut removed) {
                removed(format!("removed the waiter: {reason}"));
                waiters.remove(&name);
            }
        }
        if waiters.is_empty() {
            document.root.remove(WAITERS);
        }
    }
}

/// Removes states that no longer exist. Returns why the whole waiter can't stay, if so.
fn prune_waiter(
    waiter: &mut Map,
    model: &Model,
    object: Option<TypeId>,
    removed: &mut impl FnMut(String),
) -> Option<String> {
    let Some((object, of)) = object.and_then(|id| Some((id, model.ty(id).as_struct()?))) else {
        return Some("the service no longer has an object".to_owned());
    };
    if let Some(addresses) = waiter.map("addresses") {
        let list = addresses.text("list").unwrap_or_default();
        for path in ["address", "network"].map(|key| addresses.text(key).unwrap_or_default()) {
            let path = format!("{list}.{path}");
            let names: Option<Vec<Name>> = path.split('.').map(Name::new).collect();
            if !names.is_some_and(|names| model.has_path(object, &names)) {
                return Some(format!("`{path}` is no longer the path of a field"));
            }
        }
    }
    let field = waiter.text("field").unwrap_or_default().to_owned();
    let Some(known) = Name::new(&field).and_then(|field| model.states(of, &field)) else {
        return Some(format!("`{field}` is no longer a field with states"));
    };
    for role in StateRole::ALL {
        let Some(Value::List(states)) = waiter.get(role.as_str()).cloned() else { continue };
        let (kept, gone): (Vec<String>, Vec<String>) =
            states.into_iter().partition(|state| known.contains(&state.as_str()));
        if gone.is_empty() {
            continue;
        }
        removed(format!("removed {} from `{}`: no longer a state", gone.join(", "), role.as_str()));
        match kept.is_empty() {
            true if role == StateRole::Success => return Some("no state of success is left".to_owned()),
            true => drop(waiter.remove(role.as_str())),
            false => waiter.set(role.as_str(), Value::List(kept)),
        }
    }
    if !waiter.has(StateRole::Initial.as_str()) && waiter.has("grace") {
        waiter.remove("grace");
        removed("removed `grace`: no initial state is left".to_owned());
    }
    None
}
