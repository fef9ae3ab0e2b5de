//! All ways from the root to each service.

use std::collections::BTreeMap;

use ovirt_sdk_generator::model::{Locator, Model, Segment, ServiceId};
use ovirt_sdk_generator::names::{LocatorNames, Names};

/// So many ways to one service are looked for. The API has 23 for its most common one.
const LIMIT: usize = 60;

/// A step of a way: a locator, and the service that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    /// The service that declares the locator.
    pub(super) owner: ServiceId,
    /// The position of the locator there.
    pub(super) index: usize,
    /// The service where it begins.
    pub(super) from: ServiceId,
    /// The service where it leads.
    pub(super) to: ServiceId,
}

impl Step {
    /// The locator.
    pub(super) fn locator(self, model: &Model) -> Option<&Locator> {
        model.service(self.owner).locators.get(self.index)
    }

    /// The Rust names of the locator.
    pub(super) fn names(self, names: &Names) -> Option<&LocatorNames> {
        names.of_service(self.owner).locators.get(self.index)
    }

    /// What the step adds to a path, and whether it stands for a value.
    pub(super) fn segment(self, model: &Model) -> (String, bool) {
        match self.locator(model) {
            Some(locator) => match &locator.segment {
                Segment::Text(text) => (text.clone(), false),
                Segment::Parameter(name) => (format!("{}_{name}", locator.name), true),
            },
            None => (String::new(), false),
        }
    }
}

/// A way from the root to a service.
pub(super) type Way = Vec<Step>;

/// The ways to all services.
#[derive(Debug, Default)]
pub(super) struct Ways {
    ways: BTreeMap<ServiceId, Vec<Way>>,
    /// Steps back to a service that the way has passed, by the service where they begin.
    back: BTreeMap<ServiceId, Vec<Step>>,
}

impl Ways {
    /// Finds them, the shortest first. No way passes a service twice, so that there is an end where services lead to
    /// each other.
    pub(super) fn find(model: &Model) -> Self {
        let mut found = Self::default();
        let mut next: Vec<(ServiceId, Way)> = model.root.map(|root| (root, Way::new())).into_iter().collect();
        while !next.is_empty() {
            for (id, way) in std::mem::take(&mut next) {
                let known = found.ways.entry(id).or_default();
                if known.len() >= LIMIT {
                    continue;
                }
                known.push(way.clone());
                for step in steps(model, id) {
                    if step.to == id || Some(step.to) == model.root || way.iter().any(|passed| passed.to == step.to) {
                        let back = found.back.entry(id).or_default();
                        if !back.contains(&step) {
                            back.push(step);
                        }
                        continue;
                    }
                    let mut further = way.clone();
                    further.push(step);
                    next.push((step.to, further));
                }
            }
        }
        found
    }

    /// The ways to a service; none when no locator leads to it.
    pub(super) fn to(&self, id: ServiceId) -> &[Way] {
        self.ways.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The shortest way to a service.
    pub(super) fn shortest(&self, id: ServiceId) -> Option<&Way> {
        self.to(id).first()
    }

    /// The steps from a service back to one that ways to it have passed.
    pub(super) fn back_from(&self, id: ServiceId) -> &[Step] {
        self.back.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every way, by its steps.
    pub(super) fn all(&self) -> impl Iterator<Item = (ServiceId, &Way)> {
        self.ways.iter().flat_map(|(id, ways)| ways.iter().map(|way| (*id, way)))
    }
}

/// The steps that a service offers, the inherited ones too.
pub(super) fn steps(model: &Model, from: ServiceId) -> Vec<Step> {
    let step = |(owner, index): (ServiceId, usize)| {
        let to = model.service(owner).locators.get(index)?.service;
        Some(Step { owner, index, from, to })
    };
    model.locators_of(from).into_iter().filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ovirt_sdk_generator::load::Texts;

    fn model(services: &[(&str, &str)]) -> Model {
        let api = ("model.yaml".to_owned(), "api: A\nversion: \"1\"\nroot: system\n".to_owned());
        let files = services.iter().map(|(name, text)| {
            let text = format!("service: {name}\n{text}");
            (format!("services/{name}.yaml"), text)
        });
        let texts: Texts = std::iter::once(api).chain(files).collect();
        ovirt_sdk_generator::read_texts(&texts, "model").expect("the model is sound").model
    }

    fn paths(model: &Model, ways: &Ways, name: &str) -> Vec<String> {
        let (id, _) = model.services().find(|(_, service)| service.name == *name).expect("there is one");
        let text = |way: &Way| way.iter().map(|step| step.segment(model).0).collect::<Vec<_>>().join("/");
        ways.to(id).iter().map(text).collect()
    }

    #[test]
    fn services_that_lead_to_themselves_have_an_end() {
        let model = model(&[
            ("system", "locators:\n  steps: { service: steps }\n"),
            ("steps", "locators:\n  step: { service: step, parameter: id }\n"),
            ("step", "locators:\n  steps: { service: steps }\n  self: { service: step }\n"),
            ("alone", ""),
        ]);
        let ways = Ways::find(&model);
        assert_eq!(paths(&model, &ways, "steps"), ["steps"]);
        assert_eq!(paths(&model, &ways, "step"), ["steps/step_id"]);
        assert!(paths(&model, &ways, "alone").is_empty());
        let (step, _) = model.services().find(|(_, service)| service.name == *"step").expect("there is one");
        assert_eq!(ways.back_from(step).len(), 2);
    }

    #[test]
    fn the_number_of_ways_has_a_limit() {
        // Two locators a step: 2^24 ways to the end.
        let names: Vec<String> = (0..24).map(|at| format!("s{at}")).collect();
        let mut files = vec![("system", "locators:\n  a: { service: s0 }\n  b: { service: s0 }\n".to_owned())];
        for (at, name) in names.iter().enumerate() {
            let next = names.get(at + 1).map_or("end", String::as_str);
            files.push((name, format!("locators:\n  a: {{ service: {next} }}\n  b: {{ service: {next} }}\n")));
        }
        files.push(("end", String::new()));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let model = model(&files);
        assert_eq!(paths(&model, &Ways::find(&model), "end").len(), LIMIT);
    }
}
