//! Paths from the root to each service.

use std::collections::BTreeMap;

use ovirt_sdk_generator::model::{Locator, Model, Segment, ServiceId};
use ovirt_sdk_generator::names::{LocatorNames, Names};

/// Maximum number of paths to a service. The API has at most 23.
const LIMIT: usize = 60;

/// A step of a path: following a locator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    /// The service that declares the locator.
    pub(super) owner: ServiceId,
    /// The index of the locator there.
    pub(super) index: usize,
    /// The service where the step starts.
    pub(super) from: ServiceId,
    /// The service where the step ends.
    pub(super) to: ServiceId,
}

impl Step {
    /// Returns the locator.
    pub(super) fn locator(self, model: &Model) -> Option<&Locator> {
        model.service(self.owner).locators.get(self.index)
    }

    /// Returns the Rust names of the locator.
    pub(super) fn names(self, names: &Names) -> Option<&LocatorNames> {
        names.service_names(self.owner).locators.get(self.index)
    }

    /// Returns the path segment, and whether it is a placeholder for a value.
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

/// A path from the root to a service.
pub(super) type ServicePath = Vec<Step>;

/// The paths to all services.
#[derive(Debug, Default)]
pub(super) struct ServicePaths {
    paths: BTreeMap<ServiceId, Vec<ServicePath>>,
    /// Steps back to a service that is already on the path, by the service where they start.
    back: BTreeMap<ServiceId, Vec<Step>>,
}

impl ServicePaths {
    /// Finds the paths, shortest first. No path contains a service twice, so the search ends even if services lead to
    /// each other.
    pub(super) fn find(model: &Model) -> Self {
        let mut found = Self::default();
        let mut next: Vec<(ServiceId, ServicePath)> =
            model.root.map(|root| (root, ServicePath::new())).into_iter().collect();
        while !next.is_empty() {
            for (id, path) in std::mem::take(&mut next) {
                let known = found.paths.entry(id).or_default();
                if known.len() >= LIMIT {
                    continue;
                }
                known.push(path.clone());
                for step in steps(model, id) {
                    if step.to == id || Some(step.to) == model.root || path.iter().any(|passed| passed.to == step.to) {
                        let back = found.back.entry(id).or_default();
                        if !back.contains(&step) {
                            back.push(step);
                        }
                        continue;
                    }
                    let mut further = path.clone();
                    further.push(step);
                    next.push((step.to, further));
                }
            }
        }
        found
    }

    /// Returns the paths to a service. It has none if no locator leads to it.
    pub(super) fn to(&self, id: ServiceId) -> &[ServicePath] {
        self.paths.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the shortest path to a service.
    pub(super) fn shortest(&self, id: ServiceId) -> Option<&ServicePath> {
        self.to(id).first()
    }

    /// Returns the steps from a service back to one that is on the path to it.
    pub(super) fn back_from(&self, id: ServiceId) -> &[Step] {
        self.back.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns all paths with the services where they end.
    pub(super) fn all(&self) -> impl Iterator<Item = (ServiceId, &ServicePath)> {
        self.paths.iter().flat_map(|(id, paths)| paths.iter().map(|path| (*id, path)))
    }
}

/// Returns the steps from a service, including inherited ones.
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
    use ovirt_sdk_generator::load::ModelFiles;

    fn model(services: &[(&str, &str)]) -> Model {
        let api = ("model.yaml".to_owned(), "api: A\nversion: \"1\"\nroot: system\n".to_owned());
        let files = services.iter().map(|(name, text)| {
            let text = format!("service: {name}\n{text}");
            (format!("services/{name}.yaml"), text)
        });
        let texts: ModelFiles = std::iter::once(api).chain(files).collect();
        ovirt_sdk_generator::parse_model(&texts, "model").expect("the model is valid").model
    }

    fn texts_of_paths(model: &Model, paths: &ServicePaths, name: &str) -> Vec<String> {
        let (id, _) = model.services().find(|(_, service)| service.name == *name).expect("no such service");
        let text = |path: &ServicePath| path.iter().map(|step| step.segment(model).0).collect::<Vec<_>>().join("/");
        paths.to(id).iter().map(text).collect()
    }

    #[test]
    fn cycles_of_services_end() {
        let model = model(&[
            ("system", "locators:\n  steps: { service: steps }\n"),
            ("steps", "locators:\n  step: { service: step, parameter: id }\n"),
            ("step", "locators:\n  steps: { service: steps }\n  self: { service: step }\n"),
            ("alone", ""),
        ]);
        let paths = ServicePaths::find(&model);
        assert_eq!(texts_of_paths(&model, &paths, "steps"), ["steps"]);
        assert_eq!(texts_of_paths(&model, &paths, "step"), ["steps/step_id"]);
        assert!(texts_of_paths(&model, &paths, "alone").is_empty());
        let (step, _) = model.services().find(|(_, service)| service.name == *"step").expect("no such service");
        assert_eq!(paths.back_from(step).len(), 2);
    }

    #[test]
    fn the_number_of_paths_is_limited() {
        // Two locators per step: 2^24 paths to the end.
        let names: Vec<String> = (0..24).map(|at| format!("s{at}")).collect();
        let mut files = vec![("system", "locators:\n  a: { service: s0 }\n  b: { service: s0 }\n".to_owned())];
        for (at, name) in names.iter().enumerate() {
            let next = names.get(at + 1).map_or("end", String::as_str);
            files.push((name, format!("locators:\n  a: {{ service: {next} }}\n  b: {{ service: {next} }}\n")));
        }
        files.push(("end", String::new()));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let model = model(&files);
        assert_eq!(texts_of_paths(&model, &ServicePaths::find(&model), "end").len(), LIMIT);
    }
}
