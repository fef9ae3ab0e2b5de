//! Services that make no sense, their methods and locators.

use super::{Unique, check_not_abstract, example};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{BaseType, Locator, Method, Model, Parameter, Primitive, Segment, Service, ServiceId, Verb};
use crate::syntax::Direction;

pub(super) fn check(model: &Model, problems: &Diagnostics) {
    for (id, service) in model.services() {
        check_service(model, id, service, problems);
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
    check_names(model, id, service, problems);
    let bases = ancestors(model, service);
    let inherited = bases.iter().flat_map(|base| &base.locators).map(|locator| (locator, false));
    let mut segments = Unique::new("segment", problems);
    let mut parameter: Option<&Locator> = None;
    for (locator, is_own) in inherited.chain(service.locators.iter().map(|locator| (locator, true))) {
        match &locator.segment {
            Segment::Text(segment) => segments.add(segment, locator.place, &locator.name, is_own),
            Segment::Parameter(_) => {
                if let Some(first) = parameter
                    && is_own
                {
                    let message = format!("`{}` has two locators with a parameter", service.name);
                    let problem = Diagnostic::at(locator.place, message, "the second")
                        .context(first.place, "the first")
                        .help("a segment of the path can be taken in one way only");
                    problems.push(problem);
                }
                parameter = Some(locator);
            }
        }
    }
    for method in &service.methods {
        check_method(model, service, method, problems);
    }
}

/// Reports methods and locators of one name, inherited or not: a handle has methods for both.
fn check_names(model: &Model, id: ServiceId, service: &Service, problems: &Diagnostics) {
    let locators = model.locators_of(id);
    for (method_owner, index) in model.methods_of(id) {
        let Some(method) = model.service(method_owner).methods.get(index) else { continue };
        for (locator_owner, index) in &locators {
            let Some(locator) = model.service(*locator_owner).locators.get(*index) else { continue };
            // What clashes among inherited ones is reported where they are from.
            if locator.name == method.name && (method_owner == id || *locator_owner == id) {
                let message = format!("`{}` has a method and a locator called `{}`", service.name, method.name);
                let problem = Diagnostic::at(locator.place, message, "the locator")
                    .context(method.place, "the method")
                    .help("one handle has methods for both: rename one, and keep its `segment`");
                problems.push(problem);
            }
        }
    }
}

fn check_method(model: &Model, service: &Service, method: &Method, problems: &Diagnostics) {
    check_body(service, method, problems);
    example::check(service, method, problems);
    let has_result = method.parameters.iter().any(|parameter| parameter.direction.is_out());
    if method.answers_action && (method.verb == Verb::Action || !has_result) {
        let message = format!("`{}.{}` is answered with `<action>` anyway", service.name, method.name);
        problems.push(Diagnostic::at(method.place, message, "not an exception").help("remove the quirk"));
    }
    let outs: Vec<&Parameter> = method.parameters.iter().filter(|it| it.direction.is_out()).collect();
    if method.verb == Verb::Action
        && let [first, second, ..] = outs.as_slice()
    {
        let message = format!("the action `{}.{}` has two results", service.name, method.name);
        problems.push(Diagnostic::at(second.place, message, "the second").context(first.place, "the first"));
    }
    let mut tags = Unique::new("tag", problems);
    for parameter in method.all_parameters() {
        check_place(service, method, parameter, problems);
        tags.add(&parameter.tag, parameter.place, &parameter.name, true);
        check_not_abstract(model, parameter.ty, parameter.place, problems);
        let paths = parameter.mandatory.iter().chain(&parameter.optional);
        if !matches!(parameter.ty.base, BaseType::Struct(_))
            && let Some(path) = paths.into_iter().next()
        {
            let message = format!("`{}` has no field `{path}`: it is no struct", parameter.name);
            problems.push(Diagnostic::at(parameter.place, message, "no struct"));
        }
    }
    for signature in &method.signatures {
        check_signature(model, method, signature, problems);
    }
}

/// Reports parameters that have no place: the query takes single plain values, and what is sent and what comes back
/// as a whole document is an object or a list of objects. An action has a document for all kinds of parameters, which
/// a removal can have too.
fn check_place(service: &Service, method: &Method, parameter: &Parameter, problems: &Diagnostics) {
    let is_struct = matches!(parameter.ty.base, BaseType::Struct(_));
    let name = format!("{}.{}", service.name, method.name);
    if method.verb != Verb::Action && parameter.direction.is_out() && !is_struct {
        let message = format!("`{name}` answers with `{}`, which is no struct", parameter.name);
        let problem = Diagnostic::at(parameter.place, message, "no document can hold it")
            .help("only an action can have a result that is no struct");
        problems.push(problem);
    }
    let is_date = matches!(parameter.ty.base, BaseType::Primitive(Primitive::Date));
    let in_document = matches!(method.verb, Verb::Action | Verb::Remove);
    if !in_document && parameter.direction == Direction::In && (is_struct || is_date || parameter.ty.list) {
        let message = format!("the parameter `{}` of `{name}` does not fit into the query", parameter.name);
        let problem = Diagnostic::at(parameter.place, message, "no single plain value").help(
            "a struct that is sent has `direction: inout`; texts, numbers, flags and enums can stand in the query",
        );
        problems.push(problem);
    }
}

fn check_body(service: &Service, method: &Method, problems: &Diagnostics) {
    let bodies: Vec<&Parameter> = method.parameters.iter().filter(|it| it.direction == Direction::InOut).collect();
    let needs_body = matches!(method.verb, Verb::Add | Verb::Update);
    let name = format!("{}.{}", service.name, method.name);
    match bodies.as_slice() {
        [] if needs_body => {
            let problem = Diagnostic::at(method.place, format!("`{name}` has no body"), "sends a body")
                .help("one parameter has to be what is sent and what comes back: give it `direction: inout`");
            problems.push(problem);
        }
        [first, second, ..] if needs_body => {
            let problem = Diagnostic::at(second.place, format!("`{name}` has two bodies"), "the second")
                .context(first.place, "the first");
            problems.push(problem);
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
            problems.push(
                Diagnostic::at(parameter.place, message, label(parameter.ty)).context(same.place, label(same.ty)),
            );
        }
    }
}
