//! What some releases say and no request can be: the nearest thing that can, with a note.

use super::document::{Map, Value};
use super::facts::Facts;
use ovirt_sdk_generator::model::{Primitive, Verb};
use ovirt_sdk_generator::name::Name;

/// Mends all services.
pub(super) fn mend(facts: &mut Facts) {
    let Facts { files, notes, .. } = facts;
    for (file, document) in files.iter_mut() {
        for (name, method) in document.map_mut("methods").into_iter().flat_map(Map::entries_mut) {
            let (Some(verb), Value::Map(method)) = (Name::new(name).map(|name| Verb::of(&name)), method) else {
                continue;
            };
            let mended = match verb {
                Verb::Add | Verb::Update => body(method),
                Verb::Action => results(method),
                Verb::Get | Verb::List | Verb::Remove => None,
            };
            notes.extend(mended.map(|text| format!("{file}: methods.{name}: {text}")));
        }
    }
}

fn direction(parameter: &Map) -> &str {
    parameter.text("direction").unwrap_or("in")
}

/// What is added or updated is sent and comes back; some releases forget the way back.
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
    Some(format!("upstream says that `{found}` is only sent; taken for what comes back too"))
}

/// An action has one result; a deprecated one beside it is left out.
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
    Some(format!("an action has one result; the deprecated {} is left out", old.join(", ")))
}
