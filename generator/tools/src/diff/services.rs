//! What changed in services, methods, parameters and locators.

use std::collections::BTreeMap;

use super::types::same_type;
use super::{Consequence, Found, Kind, pairs, shown};
use ovirt_sdk_generator::model::{Locator, Method, Model, Parameter, Segment, Service};
use ovirt_sdk_generator::syntax::Direction;

const SERVICE: &str = "service";
const METHOD: &str = "method";
const PARAMETER: &str = "parameter";
const LOCATOR: &str = "locator";

pub(super) fn diff(old: &Model, new: &Model, found: &mut Found) {
    for (from, to) in pairs(&old.services, &new.services, |it| &it.name, |it| &it.name) {
        match (from, to) {
            (Some(from), Some(to)) => both(old, new, from, to, found),
            (Some(from), None) => {
                found.add(Consequence::Breaking, Kind::Removed, SERVICE, from.name.as_str(), "the service is gone");
            }
            (None, Some(to)) => {
                found.add(Consequence::Compatible, Kind::Added, SERVICE, to.name.as_str(), "a new service");
            }
            (None, None) => {}
        }
    }
}

/// What a service has, what it inherits included; the nearest wins.
fn flat<'m, T>(
    model: &'m Model,
    service: &'m Service,
    list: impl Fn(&'m Service) -> &'m [T],
    name: impl Fn(&'m T) -> &'m str,
) -> BTreeMap<&'m str, &'m T> {
    let mut found = BTreeMap::new();
    let mut seen = Vec::new();
    let mut next = Some(service);
    while let Some(service) = next.filter(|it| !seen.contains(&&it.name)) {
        seen.push(&service.name);
        for item in list(service) {
            found.entry(name(item)).or_insert(item);
        }
        next = service.base.map(|id| model.service(id));
    }
    found
}

fn both(old: &Model, new: &Model, from: &Service, to: &Service, found: &mut Found) {
    let name = from.name.as_str();
    found.docs(SERVICE, name, &from.docs, &to.docs);
    for (what, old, new) in [("area", &from.area, &to.area), ("module", &from.module, &to.module)] {
        if old != new {
            let text = format!("the {what} was {}, is {}", shown(old.as_ref()), shown(new.as_ref()));
            found.add(Consequence::Documentation, Kind::Changed, SERVICE, name, text);
        }
    }
    let base = |model: &Model, it: &Service| it.base.map(|id| model.service(id).name.to_string());
    let same_base = base(old, from).is_some() && base(old, from) == base(new, to);
    // What comes from the same base is told there.
    let of_base = |own_old: bool, own_new: bool| same_base && !own_old && !own_new;
    let methods = |model, service| flat(model, service, |it| &it.methods, |it| it.name.as_str());
    let (a, b) = (methods(old, from), methods(new, to));
    let owns = |service: &Service, method: &str| service.methods.iter().any(|it| it.name == *method);
    for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
        if of_base(owns(from, key), owns(to, key)) {
            continue;
        }
        let item = format!("{name}.{key}");
        match (a.get(key), b.get(key)) {
            (Some(a), Some(b)) => method(old, new, &item, a, b, found),
            (Some(_), None) => found.add(Consequence::Breaking, Kind::Removed, METHOD, &item, "the method is gone"),
            (None, Some(_)) => found.add(Consequence::Compatible, Kind::Added, METHOD, &item, "a new method"),
            (None, None) => {}
        }
    }
    let locators = |model, service| flat(model, service, |it| &it.locators, |it| it.name.as_str());
    let (a, b) = (locators(old, from), locators(new, to));
    let owns = |service: &Service, locator: &str| service.locators.iter().any(|it| it.name == *locator);
    for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
        if of_base(owns(from, key), owns(to, key)) {
            continue;
        }
        let item = format!("{name}.{key}");
        match (a.get(key), b.get(key)) {
            (Some(a), Some(b)) => locator(old, new, &item, a, b, found),
            (Some(_), None) => found.add(Consequence::Breaking, Kind::Removed, LOCATOR, &item, "the locator is gone"),
            (None, Some(b)) => {
                let text = format!("a new way to `{}`", new.service(b.service).name);
                found.add(Consequence::Compatible, Kind::Added, LOCATOR, &item, text);
            }
            (None, None) => {}
        }
    }
}

fn method(old: &Model, new: &Model, item: &str, from: &Method, to: &Method, found: &mut Found) {
    found.docs(METHOD, item, &from.docs, &to.docs);
    let example = |method: &Method| method.example.as_ref().map(|example| example.value.clone());
    if let Some(text) = match (example(from), example(to)) {
        (None, Some(_)) => Some("has an example"),
        (Some(_), None) => Some("has no example any more"),
        (old, new) => (old != new).then_some("has another example"),
    } {
        found.add(Consequence::Documentation, Kind::Changed, METHOD, item, text);
    }
    found.renamed(METHOD, item, "segment of its path", from.segment.as_deref(), to.segment.as_deref());
    if from.answers_action != to.answers_action {
        let text = format!("answers with {}", if to.answers_action { "an action, no entity" } else { "the entity" });
        let wire = "the engine answers with another document";
        found.wired(Consequence::Breaking, Kind::Changed, METHOD, item, text, wire);
    }
    for (a, b) in pairs(&from.signatures, &to.signatures, |it| &it.name, |it| &it.name) {
        let (kind, text) = match (a, b) {
            (Some(_), None) => (Kind::Removed, "a set of parameters is described no more"),
            (None, Some(_)) => (Kind::Added, "a set of parameters is described"),
            _ => continue,
        };
        let name = a.or(b).map(|it| it.name.as_str()).unwrap_or_default();
        found.add(Consequence::Documentation, kind, "signature", &format!("{item}.{name}"), text);
    }
    let (a, b) = (parameters(from), parameters(to));
    for (a, b) in pairs(a, b, |it| &it.name, |it| &it.name) {
        let Some(name) = a.or(b).map(|it| it.name.as_str()) else { continue };
        parameter(old, new, &format!("{item}.{name}"), a, b, found);
    }
}

/// The parameters of a method and of its signatures, which are one method in Rust.
fn parameters(method: &Method) -> Vec<&Parameter> {
    let mut found: Vec<&Parameter> = method.parameters.iter().collect();
    for parameter in method.signatures.iter().flat_map(|it| &it.parameters) {
        if !found.iter().any(|other| other.name == parameter.name) {
            found.push(parameter);
        }
    }
    found
}

fn parameter(
    old: &Model,
    new: &Model,
    item: &str,
    from: Option<&Parameter>,
    to: Option<&Parameter>,
    found: &mut Found,
) {
    match (from, to) {
        (Some(from), Some(to)) => {
            if !same_type(old, new, from.ty, to.ty) {
                let text = format!("the type was `{}`, is `{}`", old.type_text(from.ty), new.type_text(to.ty));
                let wire = "its value is written in another way";
                found.wired(Consequence::Breaking, Kind::Changed, PARAMETER, item, text, wire);
            }
            if from.direction != to.direction {
                let text = format!("went `{}`, goes `{}`", from.direction.as_str(), to.direction.as_str());
                let wire = "it stands in the other one of request and answer";
                found.wired(Consequence::Breaking, Kind::Changed, PARAMETER, item, text, wire);
            }
            found.renamed(PARAMETER, item, "tag", Some(&from.tag), Some(&to.tag));
            if from.mandatory != to.mandatory {
                let list = |names: &[String]| if names.is_empty() { None } else { Some(names.join(", ")) };
                let text =
                    format!("mandatory were {}, are {}", shown(list(&from.mandatory)), shown(list(&to.mandatory)));
                found.add(Consequence::Documentation, Kind::Changed, PARAMETER, item, text);
            }
            if from.optional != to.optional {
                let text = "its optional fields are listed otherwise";
                found.add(Consequence::Documentation, Kind::Changed, PARAMETER, item, text);
            }
            found.docs(PARAMETER, item, &from.docs, &to.docs);
        }
        (Some(_), None) => {
            found.add(Consequence::Breaking, Kind::Removed, PARAMETER, item, "the parameter is gone");
        }
        (None, Some(to)) => {
            // The body is an argument of the method; everything else is set on the request.
            let (consequence, text) = match to.direction {
                Direction::InOut => (Consequence::Breaking, "a new body"),
                Direction::In => (Consequence::Compatible, "a new parameter"),
                Direction::Out => (Consequence::Compatible, "a new result"),
            };
            let text = format!("{text} of type `{}`", new.type_text(to.ty));
            match to.direction {
                Direction::Out => found.add(consequence, Kind::Added, PARAMETER, item, text),
                _ => found.wired(consequence, Kind::Added, PARAMETER, item, text, "sent only where a program sets it"),
            }
        }
        (None, None) => {}
    }
}

fn locator(old: &Model, new: &Model, item: &str, from: &Locator, to: &Locator, found: &mut Found) {
    let (a, b) = (&old.service(from.service).name, &new.service(to.service).name);
    if a != b {
        let text = format!("led to `{a}`, leads to `{b}`");
        found.add(Consequence::Breaking, Kind::Changed, LOCATOR, item, text);
    }
    match (&from.segment, &to.segment) {
        (Segment::Text(a), Segment::Text(b)) => {
            found.renamed(LOCATOR, item, "segment of its path", Some(a), Some(b));
        }
        (Segment::Parameter(_), Segment::Parameter(_)) => {}
        (Segment::Text(_), Segment::Parameter(name)) => {
            let text = format!("needs `{name}` now");
            found.wired(Consequence::Breaking, Kind::Changed, LOCATOR, item, text, "the path is another one");
        }
        (Segment::Parameter(name), Segment::Text(_)) => {
            let text = format!("needs `{name}` no more");
            found.wired(Consequence::Breaking, Kind::Changed, LOCATOR, item, text, "the path is another one");
        }
    }
    found.docs(LOCATOR, item, &from.docs, &to.docs);
}
