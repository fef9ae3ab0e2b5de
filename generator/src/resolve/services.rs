//! Resolves services, their methods and locators.

use super::resolver::Resolver;
use crate::diagnostics::Diagnostic;
use crate::model::{Locator, Method, Parameter, Segment, Service, Verb};
use crate::syntax;

impl<'s> Resolver<'s> {
    pub(super) fn whole_service(&self, source: &syntax::Service) -> Service {
        let base = source.extends.as_ref().and_then(|base| self.service(base));
        self.check_service_cycle(source);
        let mut methods: Vec<Method> = source.methods.iter().map(|method| self.method(method, None)).collect();
        methods.sort_by(|a, b| a.name.cmp(&b.name));
        let mut locators: Vec<Locator> = source.locators.iter().filter_map(|it| self.locator(it)).collect();
        locators.sort_by(|a, b| a.name.cmp(&b.name));
        let mut waiters = source.waiters.clone();
        waiters.sort_by(|a, b| a.name.value.cmp(&b.name.value));
        Service {
            name: source.name.value.clone(),
            position: source.name.position,
            base,
            area: source.area.clone(),
            module: source.module.clone(),
            found_by: source.found_by.clone(),
            docs: source.docs.clone(),
            methods,
            locators,
            id_search: source.id_search.clone(),
            waiters,
        }
    }

    fn check_service_cycle(&self, source: &syntax::Service) {
        let parent = |service: &'s syntax::Service| {
            let id = self.services.get(&service.extends.as_ref()?.value)?;
            self.from.services.get(id.0)
        };
        let Some(start) = self.services.get(&source.name.value).and_then(|id| self.from.services.get(id.0)) else {
            return;
        };
        let mut seen = vec![start];
        while let Some(next) = seen.last().and_then(|last| parent(last)) {
            let first = next.name.value == start.name.value;
            if first && seen.iter().all(|service| service.name.value >= start.name.value) {
                let names: Vec<&str> = seen.iter().chain([&start]).map(|it| it.name.value.as_str()).collect();
                let position = start.extends.as_ref().map_or(start.name.position, |extends| extends.position);
                let message = format!("a service can't extend itself: {}", names.join(" → "));
                self.problems.push(Diagnostic::at(position, message, "the cycle starts here"));
            }
            if seen.iter().any(|service| service.name.value == next.name.value) {
                return;
            }
            seen.push(next);
        }
    }

    fn method(&self, source: &syntax::Method, signature_of: Option<&syntax::Method>) -> Method {
        let verb = Verb::from_method(&signature_of.unwrap_or(source).name.value);
        if verb != Verb::Action
            && let Some(segment) = &source.segment
        {
            let message = format!("`{}` can't have a segment", source.name.value);
            self.problems.push(Diagnostic::at(segment.position, message, "only actions have segments"));
        }
        if verb != Verb::Action && !source.already.is_empty() {
            let message = format!("`{}` can't be already done", source.name.value);
            self.problems.push(Diagnostic::at(source.name.position, message, "only actions have `already`"));
        }
        let action = verb == Verb::Action && signature_of.is_none();
        let segment = action.then(|| self.apply(&source.segment, "segment", source.name.value.joined()));
        let mut parameters: Vec<Parameter> =
            source.parameters.iter().filter_map(|parameter| self.parameter(parameter)).collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        let mut signatures: Vec<Method> =
            source.signatures.iter().map(|signature| self.method(signature, Some(source))).collect();
        signatures.sort_by(|a, b| a.name.cmp(&b.name));
        Method {
            name: source.name.value.clone(),
            position: source.name.position,
            verb,
            segment,
            returns_action: source.returns_action,
            already: source.already.clone(),
            docs: source.docs.clone(),
            example: source.example.clone(),
            parameters,
            signatures,
        }
    }

    fn parameter(&self, source: &syntax::Parameter) -> Option<Parameter> {
        let ty = self.type_ref(&source.ty)?;
        Some(Parameter {
            name: source.name.value.clone(),
            position: source.name.position,
            ty,
            direction: source.direction,
            secret: source.secret,
            docs: source.docs.clone(),
            tag: self.apply(&source.tag, "tag", source.name.value.to_string()),
            item_tag: ty.list.then(|| self.item_tag(ty, &source.name.value)),
            required: source.required,
            mandatory: source.mandatory.clone(),
            optional: source.optional.clone(),
        })
    }

    fn locator(&self, source: &syntax::Locator) -> Option<Locator> {
        let service = self.service(&source.service)?;
        let segment = match (&source.parameter, &source.segment) {
            (Some(parameter), None) => Segment::Parameter(parameter.value.clone()),
            (None, segment) => Segment::Text(self.apply(segment, "segment", source.name.value.joined())),
            (Some(parameter), Some(_)) => {
                let message = format!("the locator `{}` has a segment and a parameter", source.name.value);
                let problem =
                    Diagnostic::at(parameter.position, message, "a locator has either a segment or a parameter");
                self.problems.push(problem);
                return None;
            }
        };
        Some(Locator {
            name: source.name.value.clone(),
            position: source.name.position,
            service,
            segment,
            docs: source.docs.clone(),
        })
    }
}
