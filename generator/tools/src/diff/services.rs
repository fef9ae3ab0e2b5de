//! Changes of services, methods, parameters and locators.

use std::collections::BTreeMap;

use super::changes::{Changes, Consequence, Kind, pair_by_key, quoted};
use super::types::same_type;
use super::waiters;
use ovirt_sdk_generator::model::{Locator, Method, Model, Parameter, Segment, Service, ServiceId, Verb};
use ovirt_sdk_generator::name::Name;
use ovirt_sdk_generator::syntax::Direction;

const SERVICE: &str = "service";
const METHOD: &str = "method";
const PARAMETER: &str = "parameter";
const LOCATOR: &str = "locator";

pub(super) fn diff(old: &Model, new: &Model, changes: &mut Changes) {
    for (from, to) in pair_by_key(&old.services, &new.services, |it| &it.name, |it| &it.name) {
        match (from, to) {
            (Some(from), Some(to)) => both(old, new, from, to, changes),
            (Some(from), None) => {
                changes.add(Consequence::Breaking, Kind::Removed, SERVICE, from.name.as_str(), "service removed");
            }
            (None, Some(to)) => {
                changes.add(Consequence::Compatible, Kind::Added, SERVICE, to.name.as_str(), "new service");
            }
            (None, None) => {}
        }
    }
}

/// Collects the items of a service, including inherited ones. The nearest declaration wins.
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

/// The nearest service that declares a method.
fn declaring_service(model: &Model, service: &Service, method: &str) -> Option<String> {
    let id = model.services().find(|(_, other)| other.name == service.name).map(|(id, _)| id)?;
    let declares = |(owner, index): &(ServiceId, usize)| {
        model.service(*owner).methods.get(*index).is_some_and(|it| it.name == *method)
    };
    let (owner, _) = model.methods_of(id).into_iter().find(declares)?;
    Some(model.service(owner).name.to_string())
}

fn both(old: &Model, new: &Model, from: &Service, to: &Service, changes: &mut Changes) {
    let name = from.name.as_str();
    changes.docs(SERVICE, name, &from.docs, &to.docs);
    for (what, old, new) in [("area", &from.area, &to.area), ("module", &from.module, &to.module)] {
        if old != new {
            let text = format!("{what} changes from {} to {}", quoted(old.as_ref()), quoted(new.as_ref()));
            changes.add(Consequence::Documentation, Kind::Changed, SERVICE, name, text);
        }
    }
    found_by(old, new, from, to, changes);
    let base = |model: &Model, it: &Service| it.base.map(|id| model.service(id).name.to_string());
    let same_base = base(old, from).is_some() && base(old, from) == base(new, to);
    // Changes that come from the same base are reported there.
    let of_base = |own_old: bool, own_new: bool| same_base && !own_old && !own_new;
    let methods = |model, service| flat(model, service, |it| &it.methods, |it| it.name.as_str());
    let (a, b) = (methods(old, from), methods(new, to));
    let owns = |service: &Service, method: &str| service.methods.iter().any(|it| it.name == *method);
    for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
        if of_base(owns(from, key), owns(to, key)) {
            continue;
        }
        let item = format!("{name}.{key}");
        let declaring = |model: &Model, service| declaring_service(model, service, key);
        let (before, after) = (declaring(old, from), declaring(new, to));
        if let (Some(before), Some(after)) = (&before, &after)
            && before != after
        {
            let text = format!("declared by `{after}` instead of `{before}`");
            changes.add(Consequence::Breaking, Kind::Changed, METHOD, &item, text);
        }
        match (a.get(key), b.get(key)) {
            (Some(a), Some(b)) => method(old, new, &item, a, b, changes),
            (Some(_), None) => changes.add(Consequence::Breaking, Kind::Removed, METHOD, &item, "method removed"),
            (None, Some(_)) => changes.add(Consequence::Compatible, Kind::Added, METHOD, &item, "new method"),
            (None, None) => {}
        }
    }
    let waiters = |model, service| flat(model, service, |it| &it.waiters, |it| it.name.value.as_str());
    let (a, b) = (waiters(old, from), waiters(new, to));
    let owns = |service: &Service, waiter: &str| service.waiters.iter().any(|it| it.name.value == *waiter);
    for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
        if !of_base(owns(from, key), owns(to, key)) {
            waiters::diff(&format!("{name}.{key}"), a.get(key).copied(), b.get(key).copied(), changes);
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
            (Some(a), Some(b)) => locator(old, new, &item, a, b, changes),
            (Some(_), None) => changes.add(Consequence::Breaking, Kind::Removed, LOCATOR, &item, "locator removed"),
            (None, Some(b)) => {
                let text = format!("new locator of `{}`", new.service(b.service).name);
                changes.add(Consequence::Compatible, Kind::Added, LOCATOR, &item, text);
            }
            (None, None) => {}
        }
    }
}

/// Changes of the methods that find objects of a collection.
fn found_by(old: &Model, new: &Model, from: &Service, to: &Service, changes: &mut Changes) {
    let lookup = |model: &Model, service: &Service| {
        let (id, _) = model.services().find(|(_, it)| it.name == service.name)?;
        model.lookup(id).map(|lookup| lookup.text())
    };
    let name = from.name.as_str();
    let wire = "objects are found by another field";
    match (lookup(old, from), lookup(new, to)) {
        (Some(field), None) => {
            let text = format!("its objects are no longer found by `{field}`: `find` and related methods removed");
            changes.add(Consequence::Breaking, Kind::Removed, SERVICE, name, text);
        }
        (None, Some(field)) => {
            let text = format!("its objects are found by `{field}`: new methods `find` and related ones");
            changes.add(Consequence::Compatible, Kind::Added, SERVICE, name, text);
        }
        (Some(old), Some(new)) if old != new => {
            let text = format!("its objects are found by `{new}` instead of `{old}`");
            changes.add_with_wire(Consequence::Breaking, Kind::Changed, SERVICE, name, text, wire);
        }
        _ => {}
    }
}

fn method(old: &Model, new: &Model, item: &str, from: &Method, to: &Method, changes: &mut Changes) {
    changes.docs(METHOD, item, &from.docs, &to.docs);
    let example = |method: &Method| method.example.as_ref().map(|example| example.value.clone());
    if let Some(text) = match (example(from), example(to)) {
        (None, Some(_)) => Some("example added"),
        (Some(_), None) => Some("example removed"),
        (old, new) => (old != new).then_some("example changed"),
    } {
        changes.add(Consequence::Documentation, Kind::Changed, METHOD, item, text);
    }
    changes.renamed(METHOD, item, "path segment", from.segment.as_deref(), to.segment.as_deref());
    if from.already != to.already {
        let text = "the answers that mean success change";
        let wire = "other faults count as success";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, METHOD, item, text, wire);
    }
    if from.returns_action != to.returns_action {
        let text = format!(
            "responds with {}",
            if to.returns_action { "an action instead of the entity" } else { "the entity instead of an action" }
        );
        let wire = "the response contains another document";
        changes.add_with_wire(Consequence::Breaking, Kind::Changed, METHOD, item, text, wire);
    }
    for (a, b) in pair_by_key(&from.signatures, &to.signatures, |it| &it.name, |it| &it.name) {
        let (kind, text) = match (a, b) {
            (Some(_), None) => (Kind::Removed, "signature removed"),
            (None, Some(_)) => (Kind::Added, "signature added"),
            _ => continue,
        };
        let name = a.or(b).map(|it| it.name.as_str()).unwrap_or_default();
        changes.add(Consequence::Documentation, kind, "signature", &format!("{item}.{name}"), text);
    }
    let renamed = renamed_parameters(old, new, from, to);
    for (before, after, what) in &renamed {
        let text = format!("the {what} is called `{after}` instead of `{before}`");
        changes.renamed_arguments.extend(item.split('.').next().map(str::to_owned));
        // Only actions name their results on the wire.
        let tagged = from.verb == Verb::Action && from.result().map(|it| &it.tag) != to.result().map(|it| &it.tag);
        let (kind, consequence) = (Kind::Changed, Consequence::Breaking);
        if tagged {
            let wire = "only engines that use the new name understand it";
            changes.add_with_wire(consequence, kind, METHOD, item, text, wire);
        } else {
            changes.add(consequence, kind, METHOD, item, text);
        }
    }
    let is_renamed = |it: &&Parameter| renamed.iter().any(|(before, after, _)| it.name == *before || it.name == *after);
    let (a, b) = (from.all_parameters(), to.all_parameters());
    let (a, b) = (a.into_iter().filter(|it| !is_renamed(it)), b.into_iter().filter(|it| !is_renamed(it)));
    for (a, b) in pair_by_key(a, b, |it| &it.name, |it| &it.name) {
        let Some(name) = a.or(b).map(|it| it.name.as_str()) else { continue };
        parameter(old, new, &format!("{item}.{name}"), a, b, changes);
    }
}

/// The body or result of a method if only its name changes: old name, new name, and what it is.
fn renamed_parameters(old: &Model, new: &Model, from: &Method, to: &Method) -> Vec<(Name, Name, &'static str)> {
    let pairs =
        [("body", from.body().map(|(_, it)| it), to.body().map(|(_, it)| it)), ("result", from.result(), to.result())];
    let mut found: Vec<(Name, Name, &'static str)> = Vec::new();
    for (what, a, b) in pairs {
        if let (Some(a), Some(b)) = (a, b)
            && a.name != b.name
            && a.direction == b.direction
            && same_type(old, new, a.ty, b.ty)
            && !found.iter().any(|(before, _, _)| *before == a.name)
        {
            found.push((a.name.clone(), b.name.clone(), what));
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
    changes: &mut Changes,
) {
    match (from, to) {
        (Some(from), Some(to)) => {
            if !same_type(old, new, from.ty, to.ty) {
                let text = format!("type changes from `{}` to `{}`", old.type_text(from.ty), new.type_text(to.ty));
                let wire = "the value is encoded differently";
                changes.add_with_wire(Consequence::Breaking, Kind::Changed, PARAMETER, item, text, wire);
            }
            if from.direction != to.direction {
                let text =
                    format!("direction changes from `{}` to `{}`", from.direction.as_str(), to.direction.as_str());
                let wire = "moves between request and response";
                changes.add_with_wire(Consequence::Breaking, Kind::Changed, PARAMETER, item, text, wire);
            }
            changes.renamed(PARAMETER, item, "tag", Some(&from.tag), Some(&to.tag));
            changes.secret(PARAMETER, item, from.secret, to.secret);
            if from.mandatory != to.mandatory {
                let list = |names: &[String]| if names.is_empty() { None } else { Some(names.join(", ")) };
                let text = format!(
                    "mandatory fields change from {} to {}",
                    quoted(list(&from.mandatory)),
                    quoted(list(&to.mandatory))
                );
                changes.add(Consequence::Documentation, Kind::Changed, PARAMETER, item, text);
            }
            if from.required != to.required {
                let text = if to.required { "now required" } else { "no longer required" };
                changes.add(Consequence::Documentation, Kind::Changed, PARAMETER, item, text);
            }
            if from.optional != to.optional {
                let text = "optional fields change";
                changes.add(Consequence::Documentation, Kind::Changed, PARAMETER, item, text);
            }
            changes.docs(PARAMETER, item, &from.docs, &to.docs);
        }
        (Some(_), None) => {
            changes.add(Consequence::Breaking, Kind::Removed, PARAMETER, item, "parameter removed");
        }
        (None, Some(to)) => {
            // The body is an argument of the method. All other parameters are optional setters of the request.
            let (consequence, text) = match to.direction {
                Direction::InOut => (Consequence::Breaking, "new body"),
                Direction::In => (Consequence::Compatible, "new parameter"),
                Direction::Out => (Consequence::Breaking, "new result"),
            };
            let text = format!("{text} of type `{}`", new.type_text(to.ty));
            match to.direction {
                Direction::Out => changes.add(consequence, Kind::Added, PARAMETER, item, text),
                _ => changes.add_with_wire(
                    consequence,
                    Kind::Added,
                    PARAMETER,
                    item,
                    text,
                    "sent only if a program sets it",
                ),
            }
        }
        (None, None) => {}
    }
}

fn locator(old: &Model, new: &Model, item: &str, from: &Locator, to: &Locator, changes: &mut Changes) {
    let (a, b) = (&old.service(from.service).name, &new.service(to.service).name);
    if a != b {
        let text = format!("target changes from `{a}` to `{b}`");
        changes.add(Consequence::Breaking, Kind::Changed, LOCATOR, item, text);
    }
    match (&from.segment, &to.segment) {
        (Segment::Text(a), Segment::Text(b)) => {
            changes.renamed(LOCATOR, item, "path segment", Some(a), Some(b));
        }
        (Segment::Parameter(a), Segment::Parameter(b)) if a == b => {}
        (Segment::Parameter(a), Segment::Parameter(b)) => {
            let text = format!("the argument is called `{b}` instead of `{a}`");
            changes.add(Consequence::Documentation, Kind::Changed, LOCATOR, item, text);
            changes.renamed_arguments.extend(item.split('.').next().map(str::to_owned));
        }
        (Segment::Text(_), Segment::Parameter(name)) => {
            let text = format!("now takes `{name}` as an argument");
            changes.add_with_wire(Consequence::Breaking, Kind::Changed, LOCATOR, item, text, "the path changes");
        }
        (Segment::Parameter(name), Segment::Text(_)) => {
            let text = format!("no longer takes `{name}` as an argument");
            changes.add_with_wire(Consequence::Breaking, Kind::Changed, LOCATOR, item, text, "the path changes");
        }
    }
    changes.docs(LOCATOR, item, &from.docs, &to.docs);
}
