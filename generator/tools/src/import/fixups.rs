//! Fixes declarations of upstream releases that no request can match. Each fix adds a note.

use super::document::{Map, Value};
use super::facts::Facts;
use ovirt_sdk_generator::model::{Primitive, Verb};
use ovirt_sdk_generator::name::Name;

/// Fixes all services.
pub(super) fn apply(facts: &mut Facts) {
    let Facts { files, notes, .. } = facts;
    for (file, document) in files.iter_mut() {
        for (name, method) in document.map_mut("methods").into_iter().flat_map(Map::entries_mut) {
            let (Some(verb), Value::Map(method)) = (Name::new(name).map(|name| Verb::from_method(&name)), method)
            else {
                continue;
            };
            let note = match verb {
                Verb::Add | Verb::Update => body(method),
                Verb::Action => results(method),
                Verb::Get | Verb::List | Verb::Remove => None,
            };
            notes.extend(note.map(|text| format!("{file}: methods.{name}: {text}")));
        }
    }
}

fn direction(parameter: &Map) -> &str {
    parameter.text("direction").unwrap_or("in")
}

/// Makes the body of `add` and `update` an `inout` parameter. Some releases declare it as `in`.
fn body(method: &mut Map) -> Option<String> {
    let parameters = method.map("parameters")?;
    if parameters.maps().any(|(_, parameter)| direction(parameter) == "inout") {
        return None;
    }
    let is_struct = |parameter: &Map| {
        let ty = parameter.text("type");
        ty.is_some_and(|ty| !Primitive::ALL.iter().any(|primitive| primitive.as_str() == ty))
    };
    let bodies: Vec<&str> =
        parameters.maps().filter(|(_, it)| direction(it) == "in" && is_struct(it)).map(|(name, _)| name).collect();
    let [found] = bodies.as_slice() else { return None };
    let found = (*found).to_owned();
    let both = |parameters: &mut Map| {
        if let Some(parameter) = parameters.map_mut(&found) {
            parameter.set("direction", Value::Text("inout".to_owned()));
        }
    };
    method.map_mut("parameters").into_iter().for_each(both);
    for (_, signature) in method.map_mut("signatures").into_iter().flat_map(Map::entries_mut) {
        if let Value::Map(signature) = signature {
            signature.map_mut("parameters").into_iter().for_each(both);
        }
    }
    Some(format!("upstream declares `{found}` as `in`; imported as `inout`"))
}

/// Removes deprecated results of actions that have another one: an action has one result.
fn results(method: &mut Map) -> Option<String> {
    let parameters = method.map("parameters")?;
    let outs: Vec<(&str, bool)> = parameters
        .maps()
        .filter(|(_, parameter)| direction(parameter) == "out")
        .map(|(name, parameter)| (name, parameter.has("deprecated")))
        .collect();
    let (old, new): (Vec<_>, Vec<_>) = outs.into_iter().partition(|(_, deprecated)| *deprecated);
    if new.len() != 1 || old.is_empty() {
        return None;
    }
    let old: Vec<String> = old.into_iter().map(|(name, _)| name.to_owned()).collect();
    for name in &old {
        method.map_mut("parameters").and_then(|parameters| parameters.remove(name));
    }
    Some(format!("an action has one result; ignored the deprecated {}", old.join(", ")))
}
