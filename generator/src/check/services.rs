//! Checks of services, their methods and locators.

use std::collections::BTreeMap;

use super::types::check_not_abstract;
use super::unique::Unique;
use super::{example, paths};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{
    BaseType, Field, Locator, Method, Model, Parameter, Primitive, Segment, Service, ServiceId, TypeRef, Verb, dotted,
};
use crate::syntax::Direction;

pub(super) fn check(model: &Model, problems: &Diagnostics) {
    for (id, service) in model.services() {
        check_service(model, id, service, problems);
    }
    check_action_parameters(model, problems);
}

/// In an `<action>`, each tag has one meaning, whichever action it is.
fn check_action_parameters(model: &Model, problems: &Diagnostics) {
    let mut found: BTreeMap<&str, &Parameter> = BTreeMap::new();
    for parameter in model.action_parameters() {
        let first = *found.entry(&parameter.tag).or_insert(parameter);
        if first.ty == parameter.ty && first.item_tag == parameter.item_tag {
            continue;
        }
        let (tag, ty) = (&parameter.tag, model.type_text(first.ty));
        let message = format!("`<{tag}>` has another type in another action");
        let problem = Diagnostic::at(parameter.position, message, "another type");
        problems
            .push_derived(problem.help(format!("an `<action>` has one type for each element; elsewhere it is `{ty}`")));
    }
}

fn ancestors<'m>(model: &'m Model, service: &'m Service) -> Vec<&'m Service> {
    let mut found: Vec<&Service> = Vec::new();
    let mut next: Option<ServiceId> = service.base;
    while let Some(id) = next {
        let base = model.service(id);
        if found.iter().any(|other| other.name == base.name) {
            break;
        }
        found.push(base);
        next = base.base;
    }
    found
}

fn check_service(model: &Model, id: ServiceId, service: &Service, problems: &Diagnostics) {
    let bases = ancestors(model, service);
    let inherited = bases.iter().flat_map(|base| &base.locators).map(|locator| (locator, false));
    let mut segments = Unique::new("segment", problems);
    let mut parameter: Option<&Locator> = None;
    for (locator, is_own) in inherited.chain(service.locators.iter().map(|locator| (locator, true))) {
        match &locator.segment {
            Segment::Text(segment) => segments.add(segment, locator.position, &locator.name, is_own),
            Segment::Parameter(_) => {
                if let Some(first) = parameter
                    && is_own
                {
                    let message = format!("`{}` has two locators with a parameter", service.name);
                    let problem = Diagnostic::at(locator.position, message, "second locator")
                        .context(first.position, "first locator")
                        .help("only one locator of a service can take the path segment as a parameter");
                    problems.push_derived(problem);
                }
                parameter = Some(locator);
            }
        }
    }
    for method in &service.methods {
        check_method(model, service, method, problems);
    }
    check_found_by(model, id, service, problems);
}

/// Reports a `found_by` of a service that is no collection, and one that is not the path of a text.
fn check_found_by(model: &Model, id: ServiceId, service: &Service, problems: &Diagnostics) {
    let Some(found_by) = &service.found_by else { return };
    let (path, position) = (dotted(&found_by.value), found_by.position);
    let Some(item) = model.item_of(id) else {
        let message = format!("`{}` has `found_by`, but no method that lists objects", service.name);
        problems.push_derived(Diagnostic::at(position, message, "not a collection"));
        return;
    };
    // Its fields may be missing because of another mistake.
    if problems.is_damaged(model.ty(item).position.file) {
        return;
    }
    let item_name = &model.ty(item).name;
    match model.field_at(item, &found_by.value) {
        Err(no_field) => paths::unknown(model, item, found_by, no_field, problems),
        Ok(Some(Field {
            ty: TypeRef { base: BaseType::Primitive(Primitive::String) | BaseType::Enum(_), list: false },
            ..
        })) => {}
        Ok(_) => {
            let message = format!("`{path}` of `{item_name}` is neither a text nor an enum");
            problems.push_derived(Diagnostic::at(position, message, "can't identify an object"));
        }
    }
}

fn check_method(model: &Model, service: &Service, method: &Method, problems: &Diagnostics) {
    check_body(service, method, problems);
    example::check(service, method, problems);
    if method.returns_action && (method.verb == Verb::Action || method.result().is_none()) {
        let message = format!("`{}.{}` responds with `<action>` anyway", service.name, method.name);
        problems.push_derived(Diagnostic::at(method.position, message, "redundant quirk").help("remove the quirk"));
    }
    let outs: Vec<&Parameter> = method.parameters.iter().filter(|it| it.direction.is_out()).collect();
    if method.verb == Verb::Action
        && let [first, second, ..] = outs.as_slice()
    {
        let message = format!("the action `{}.{}` has two results", service.name, method.name);
        problems.push_derived(
            Diagnostic::at(second.position, message, "second result").context(first.position, "first result"),
        );
    }
    let mut tags = Unique::new("tag", problems);
    for parameter in method.all_parameters() {
        check_place(service, method, parameter, problems);
        tags.add(&parameter.tag, parameter.position, &parameter.name, true);
        check_not_abstract(model, parameter.ty, parameter.position, problems);
        let paths = parameter.mandatory.iter().chain(&parameter.optional);
        if !matches!(parameter.ty.base, BaseType::Struct(_))
            && let Some(path) = paths.into_iter().next()
        {
            let message = format!("`{}` has no field `{path}`: it is not a struct", parameter.name);
            problems.push_derived(Diagnostic::at(parameter.position, message, "not a struct"));
        }
    }
    for signature in &method.signatures {
        check_signature(model, method, signature, problems);
    }
}

/// Reports parameters that no part of the request or response can hold. The query holds single plain values. A body is
/// an object or a list of objects, except that the `<action>` document of actions and removals holds parameters of any
/// type.
fn check_place(service: &Service, method: &Method, parameter: &Parameter, problems: &Diagnostics) {
    let is_struct = matches!(parameter.ty.base, BaseType::Struct(_));
    let name = format!("{}.{}", service.name, method.name);
    if method.verb != Verb::Action && parameter.direction.is_out() && !is_struct {
        let message = format!("`{name}` returns `{}`, which is not a struct", parameter.name);
        let problem = Diagnostic::at(parameter.position, message, "can't be the body of a response")
            .help("only actions can return other types");
        problems.push_derived(problem);
    }
    let is_date = matches!(parameter.ty.base, BaseType::Primitive(Primitive::Date));
    let in_document = matches!(method.verb, Verb::Action | Verb::Remove);
    if !in_document && parameter.direction == Direction::In && (is_struct || is_date || parameter.ty.list) {
        let message = format!("the parameter `{}` of `{name}` can't be sent in the query", parameter.name);
        let problem = Diagnostic::at(parameter.position, message, "not a single plain value")
            .help("the body has `direction: inout`; the query takes strings, numbers, booleans and enums");
        problems.push_derived(problem);
    }
}

fn check_body(service: &Service, method: &Method, problems: &Diagnostics) {
    let bodies: Vec<&Parameter> = method.parameters.iter().filter(|it| it.direction == Direction::InOut).collect();
    let needs_body = matches!(method.verb, Verb::Add | Verb::Update);
    let name = format!("{}.{}", service.name, method.name);
    match bodies.as_slice() {
        [] if needs_body => {
            let problem = Diagnostic::at(method.position, format!("`{name}` has no body"), "needs a body")
                .help("give the parameter that is sent and returned `direction: inout`");
            problems.push_derived(problem);
        }
        [first, second, ..] if needs_body => {
            let problem = Diagnostic::at(second.position, format!("`{name}` has two bodies"), "second body")
                .context(first.position, "first body");
            problems.push_derived(problem);
        }
        _ => {}
    }
}

fn check_signature(model: &Model, base: &Method, signature: &Method, problems: &Diagnostics) {
    let all = base.all_parameters();
    for parameter in &signature.parameters {
        let same = all.iter().find(|other| other.name == parameter.name);
        if let Some(same) = same
            && same.ty != parameter.ty
        {
            let message = format!("`{}` has two types in the method `{}`", parameter.name, base.name);
            let label = |ty| format!("`{}`", model.type_text(ty));
            problems.push_derived(
                Diagnostic::at(parameter.position, message, label(parameter.ty)).context(same.position, label(same.ty)),
            );
        }
    }
}
