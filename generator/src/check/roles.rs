//! Checks of the types with a role in the SDK: their fields, and the states of these.

use super::states;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{BaseType, Field, Model, Primitive, Role, Struct, Type};
use crate::name::Name;
use crate::syntax::{Content, Positioned, RoleField, RoleStates};

pub(super) fn check(model: &Model, problems: &Diagnostics) {
    for role in &model.roles {
        check_needed(model, role, problems);
        let ty = model.ty(role.ty);
        if let Some(it) = ty.as_struct().filter(|_| !problems.is_damaged(ty.position.file)) {
            for field in role.declared.kind.fields() {
                let fits = check_field(model, ty, it, role, field, problems);
                for (key, states) in role.declared.states.iter().filter(|(key, _)| fits && key.field == field.key) {
                    check_states(model, it, role, key, states, problems);
                }
            }
        }
        check_search(model, role, problems);
    }
}

/// Reports a role without the one that it belongs to.
fn check_needed(model: &Model, role: &Role, problems: &Diagnostics) {
    let kind = role.declared.kind;
    if let Some(needed) = kind.needs().filter(|needed| model.role(*needed).is_none()) {
        let message = format!("the role `{}` needs the role `{}`", kind.as_str(), needed.as_str());
        let problem = Diagnostic::at(role.declared.position, message, "incomplete")
            .help(format!("add the key `{}`, or remove this one", needed.as_str()));
        // The other role may be missing because of a mistake in it.
        if problems.is_empty() {
            problems.push_derived(problem);
        }
    }
}

/// Whether the states of a field can be checked: it is of a fitting type without mistakes, or not set.
fn check_field(model: &Model, ty: &Type, it: &Struct, role: &Role, key: &RoleField, problems: &Diagnostics) -> bool {
    let Some(name) = role.declared.field(key.key) else { return true };
    let (expected, fits): (&str, fn(&Field) -> bool) = match key.content {
        Content::Text => ("a text", |field| field.ty.base == BaseType::Primitive(Primitive::String)),
        Content::State => ("a text or an enum", |field| {
            matches!(field.ty.base, BaseType::Enum(_) | BaseType::Primitive(Primitive::String))
        }),
        Content::Integer => ("an integer", |field| field.ty.base == BaseType::Primitive(Primitive::Integer)),
        Content::Date => ("a date", |field| field.ty.base == BaseType::Primitive(Primitive::Date)),
    };
    let fits = |field: &&Field| !field.ty.list && fits(field);
    let problem = match it.fields.iter().find(|field| field.name == name.value) {
        Some(field) if fits(&field) => return !states::is_damaged(model, ty, &name.value, problems),
        Some(_) => {
            let ty = &ty.name;
            let message = format!("the field `{}` of `{ty}` can't be the `{}` of a role", name.value, key.key);
            Diagnostic::at(name.position, message, format!("not {expected}"))
        }
        None => Diagnostic::at(name.position, format!("`{}` has no field `{}`", ty.name, name.value), "unknown field"),
    };
    let others: Vec<&str> = it.fields.iter().filter(fits).map(|field| field.name.as_str()).collect();
    let role = role.declared.kind.as_str();
    let help = format!("the role `{role}` reads {expected} from this field; `{}` has {}", ty.name, listed(&others));
    problems.push_derived(problem.suggest(name.value.as_str(), others.iter().copied()).help(help));
    false
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

fn check_states(
    model: &Model,
    it: &Struct,
    role: &Role,
    key: &RoleStates,
    states: &[Positioned<Name>],
    problems: &Diagnostics,
) {
    let Some(field) = role.declared.field(key.field) else {
        if let Some(state) = states.first() {
            let message = format!("`{}` lists values of `{}`, which is not set", key.key, key.field);
            problems.push_derived(Diagnostic::at(state.position, message, "values of no field"));
        }
        return;
    };
    // A text has any states.
    let Some(known) = model.states(it, &field.value) else { return };
    for state in states.iter().filter(|state| !known.contains(&state.value.as_str())) {
        let message = format!("unknown state `{}`", state.value);
        let label = format!("not a value of `{}`", field.value);
        problems.push_derived(states::unknown(state, message, label, &known));
    }
}

/// Reports a search of objects that can't be searched.
fn check_search(model: &Model, role: &Role, problems: &Diagnostics) {
    let Some(search) = &role.declared.search else { return };
    let collection = model.role_collection(role.declared.kind);
    if collection.and_then(|collection| collection.search).is_none() {
        let message = format!("`{}` can't be searched", model.ty(role.ty).name);
        let problem = Diagnostic::at(search.position, message, "no collection at the root has searches")
            .help("remove the key `search`");
        // Services that would lead to the objects may be missing because of another mistake.
        if problems.is_empty() {
            problems.push_derived(problem);
        }
    }
}
