//! Checks of waiters: their field, their states, and the service that they belong to.

use std::collections::BTreeMap;

use super::{paths, states};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{BaseType, Field, Model, Primitive, Service, ServiceId, Struct, TypeId, TypeRef, Verb, dotted};
use crate::name::Name;
use crate::syntax::{Addresses, Positioned, StateRole, Waiter};

pub(super) fn check(model: &Model, problems: &Diagnostics) {
    for (id, service) in model.services() {
        check_search(model, id, service, problems);
        for waiter in &service.waiters {
            check_waiter(model, id, service, waiter, problems);
        }
    }
}

/// A search for identifiers needs a list with searches.
fn check_search(model: &Model, id: ServiceId, service: &Service, problems: &Diagnostics) {
    let Some(field) = &service.id_search else { return };
    let mut lists = model.all_methods(id).filter(|method| method.verb == Verb::List);
    if !lists.any(|list| model.search_parameter(list).is_some()) {
        let message = format!("`{}` can't be searched", service.name);
        let problem = Diagnostic::at(field.position, message, "its list has no parameter for searches");
        problems.push_derived(problem.help("remove the key `id_search`"));
    }
}

fn check_waiter(model: &Model, id: ServiceId, service: &Service, waiter: &Waiter, problems: &Diagnostics) {
    let name = format!("{}.{}", service.name, waiter.name.value);
    let Some(polling) = model.polling(id) else {
        let message = format!("`{}` has no object to wait for", service.name);
        let problem = Diagnostic::at(waiter.name.position, message, "a waiter needs an object")
            .help("waiters belong to a service below a collection that returns its object with `get`");
        // Services and types that would lead to the object may be missing because of another mistake.
        if problems.is_empty() {
            problems.push_derived(problem);
        }
        return;
    };
    let ty = model.ty(polling.item);
    let is_damaged = states::is_damaged(model, ty, &waiter.field.value, problems);
    if let Some(of) = ty.as_struct().filter(|_| !is_damaged) {
        check_states(model, &name, ty.name.as_str(), of, waiter, problems);
    }
    if let Some(addresses) = &waiter.addresses {
        check_addresses(model, polling.item, addresses, problems);
    }
    let has = |role: StateRole| waiter.states.iter().any(|state| state.role == role);
    if !has(StateRole::Success) {
        let message = format!("`{name}` has no state of success");
        problems.push_derived(Diagnostic::at(waiter.name.position, message, "would never end"));
    }
    if waiter.grace.is_some() && !has(StateRole::Initial) {
        let message = format!("`{name}` has a grace period but no initial state");
        let problem = Diagnostic::at(waiter.name.position, message, "`grace` limits initial states");
        problems.push_derived(problem.help("remove `grace`, or list the states before the operation under `initial`"));
    }
    if waiter.sources.is_empty() {
        let message = format!("`{name}` has no source");
        let problem = Diagnostic::at(waiter.name.position, message, "`sources` is empty");
        problems.push_derived(problem.help("name the class and method of the engine that define the states"));
    }
}

/// The items of a list that is followed have addresses, and belong to networks.
fn check_addresses(model: &Model, object: TypeId, addresses: &Addresses, problems: &Diagnostics) {
    let Addresses { list, address, network, .. } = addresses;
    let of = model.ty(object);
    if problems.is_damaged(of.position.file) {
        return;
    }
    let fields = of.as_struct().map(|it| it.fields.as_slice()).unwrap_or_default();
    let links = || fields.iter().filter(|field| field.link && field.ty.list);
    let item = links().find(|field| field.name == list.value).map(|field| field.ty.base);
    let Some(BaseType::Struct(item)) = item else {
        let message = format!("`{}` has no list `{}` that can be followed", of.name, list.value);
        let problem = Diagnostic::at(list.position, message, "not a link to a list");
        problems.push_derived(problem.suggest(list.value.as_str(), links().map(|field| field.name.as_str())));
        return;
    };
    type Fits = fn(&TypeRef) -> bool;
    let is_text: Fits = |ty| ty.base == BaseType::Primitive(Primitive::String);
    let is_object: Fits = |ty| matches!(ty.base, BaseType::Struct(_));
    for (path, fits, expected) in [(address, is_text, "a text"), (network, is_object, "an object")] {
        match model.field_in_items(item, &path.value) {
            Err(no_field) => paths::unknown(model, item, path, no_field, problems),
            Ok(Some(Field { ty, .. })) if fits(ty) => {}
            Ok(_) => {
                let message = format!("`{}` of `{}` is not {expected}", dotted(&path.value), model.ty(item).name);
                problems.push_derived(Diagnostic::at(path.position, message, format!("not {expected}")));
            }
        }
    }
}

fn check_states(model: &Model, name: &str, ty: &str, of: &Struct, waiter: &Waiter, problems: &Diagnostics) {
    let field = &waiter.field;
    let Some(valid) = model.states(of, &field.value) else {
        let known = of.fields.iter().any(|it| it.name == field.value);
        let with_states = of.fields.iter().filter(|it| model.states(of, &it.name).is_some());
        let problem = match known {
            true => {
                let message = format!("the field `{}` of `{ty}` has no states", field.value);
                Diagnostic::at(field.position, message, "neither an enum nor a boolean")
            }
            false => {
                let message = format!("`{ty}` has no field `{}`", field.value);
                Diagnostic::at(field.position, message, "unknown field")
                    .suggest(field.value.as_str(), with_states.map(|it| it.name.as_str()))
            }
        };
        problems.push_derived(problem);
        return;
    };
    let mut seen: BTreeMap<&Name, (&Positioned<Name>, StateRole)> = BTreeMap::new();
    for state in &waiter.states {
        let value = &state.state.value;
        if !valid.contains(&value.as_str()) {
            let message = format!("unknown state `{value}` in `{name}`");
            let label = format!("not a value of `{ty}.{}`", field.value);
            problems.push_derived(states::unknown(&state.state, message, label, &valid));
        } else if let Some((first, role)) = seen.get(value) {
            let message = format!("the state `{value}` has two roles in `{name}`");
            let problem = Diagnostic::at(state.state.position, message, state.role.as_str());
            problems.push_derived(problem.context(first.position, role.as_str()).help("keep one of them"));
        } else {
            seen.insert(value, (&state.state, state.role));
        }
    }
}
