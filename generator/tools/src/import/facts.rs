//! Java → facts: a document for each type and service that contains only what upstream declares.

use std::collections::BTreeMap;

use super::document::Map;
use super::java::{DeclarationKind, Unit};
use super::reader::{FactReader, Index, Role, at, role, service_stem};
use ovirt_sdk_generator::diagnostics::{Diagnostics, Sources};
use ovirt_sdk_generator::name::Name;

/// What upstream declares.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The service at the base URL.
    pub(super) root: Option<Name>,
    /// Documents by path in the model, such as `types/vm.yaml`.
    pub(super) files: BTreeMap<String, Map>,
    /// Notes on what was left out.
    pub(super) notes: Vec<String>,
}

/// Reads the facts of all files. They are complete only if no problem was reported.
///
/// `broken` are the declarations of files with syntax errors. References to them are not reported.
pub(super) fn facts(units: &[Unit], broken: &[String], sources: &Sources, problems: &Diagnostics) -> Facts {
    let mut index = Index { types: BTreeMap::new(), services: BTreeMap::new(), mixins: BTreeMap::new() };
    for name in broken {
        index.types.insert(name, DeclarationKind::Interface);
        index.services.insert(service_stem(name), name);
    }
    for unit in units {
        for declaration in &unit.declarations {
            index.add(unit, declaration);
        }
    }
    let mut facts = Facts::default();
    for unit in units {
        for declaration in &unit.declarations {
            let mut reader = FactReader { index: &index, file: unit.file, problems, sources, notes: &mut facts.notes };
            let (path, document) = match role(unit, declaration) {
                Some(Role::Type) => match reader.type_document(declaration) {
                    Some((name, document)) => (format!("types/{name}.yaml"), document),
                    None => continue,
                },
                Some(Role::Service) => match reader.service_document(unit, declaration) {
                    Some((name, document)) => {
                        if declaration.modifiers.has("Root") {
                            facts.root = Some(name.clone());
                        }
                        (format!("services/{name}.yaml"), document)
                    }
                    None => continue,
                },
                // The published model lists them as empty services.
                Some(Role::Mixin | Role::Annotation) => match reader.name(&declaration.name) {
                    Some(name) => (format!("services/{name}.yaml"), Map::with_text("service", name.as_str())),
                    None => continue,
                },
                None => {
                    let label = "needs `@Type`, `@Service`, `@Root` or `@Mixin`";
                    reader.report(
                        &declaration.name,
                        format!("`{}` has no known annotation", declaration.name.text),
                        label,
                    );
                    continue;
                }
            };
            if facts.files.insert(path, document).is_some() {
                let message = format!("`{}` is declared twice", declaration.name.text);
                problems.push(at(unit.file, &declaration.name, message, "second declaration"));
            }
        }
    }
    facts
}
