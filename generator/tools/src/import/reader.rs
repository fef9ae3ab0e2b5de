//! Reads parts of Java declarations: names, types, annotations and tags of documentation comments.

use std::collections::BTreeMap;

use super::case;
use super::document::{Map, Value};
use super::java::{Declaration, DeclarationKind, Modifiers, Token, TypeUse, Unit};
use ovirt_sdk_generator::diagnostics::{Diagnostic, Diagnostics, FileId, Sources};
use ovirt_sdk_generator::load::is_version;
use ovirt_sdk_generator::model::Primitive;
use ovirt_sdk_generator::name::Name;

/// The package of services. A subpackage is the module.
pub(super) const PACKAGE: &str = "services";

/// Java types of the primitive types.
const PRIMITIVES: [(&str, Primitive); 6] = [
    ("Boolean", Primitive::Boolean),
    ("Date", Primitive::Date),
    ("BigDecimal", Primitive::Decimal),
    ("Double", Primitive::Decimal),
    ("Integer", Primitive::Integer),
    ("String", Primitive::String),
];

/// The role of a declaration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Type,
    Service,
    Mixin,
    Annotation,
}

pub(super) fn role(unit: &Unit, declaration: &Declaration) -> Option<Role> {
    let modifiers = &declaration.modifiers;
    match declaration.kind {
        DeclarationKind::Annotation => Some(Role::Annotation),
        _ if modifiers.has("Type") => Some(Role::Type),
        DeclarationKind::Enum => None,
        DeclarationKind::Interface if modifiers.has("Service") || modifiers.has("Root") => Some(Role::Service),
        DeclarationKind::Interface if modifiers.has("Mixin") => Some(Role::Mixin),
        // Some releases lack the annotation.
        DeclarationKind::Interface => unit.package.starts_with(PACKAGE).then_some(Role::Service),
    }
}

/// All declarations by Java name.
pub(super) struct Index<'u> {
    pub(super) types: BTreeMap<&'u str, DeclarationKind>,
    pub(super) services: BTreeMap<&'u str, &'u str>,
    pub(super) mixins: BTreeMap<&'u str, (&'u Unit, &'u Declaration)>,
}

impl<'u> Index<'u> {
    pub(super) fn add(&mut self, unit: &'u Unit, declaration: &'u Declaration) {
        let name = declaration.name.text.as_str();
        match role(unit, declaration) {
            Some(Role::Type) => drop(self.types.insert(name, declaration.kind)),
            Some(Role::Service) => drop(self.services.insert(service_stem(name), name)),
            Some(Role::Mixin) => drop(self.mixins.insert(name, (unit, declaration))),
            Some(Role::Annotation) | None => {}
        }
    }
}

/// The name of a service without its suffix.
pub(super) fn service_stem(java: &str) -> &str {
    java.strip_suffix("Service").unwrap_or(java)
}

impl Modifiers {
    pub(super) fn has(&self, annotation: &str) -> bool {
        self.annotations.iter().any(|it| it.name.text == annotation)
    }

    /// Whether it is deprecated by an annotation or a documentation tag.
    pub(super) fn is_deprecated(&self) -> bool {
        self.has("Deprecated") || self.is_tagged_deprecated()
    }

    pub(super) fn is_tagged_deprecated(&self) -> bool {
        let tag = |comment| tags(comment).any(|(_, tag, _)| tag.eq_ignore_ascii_case("deprecated"));
        self.comment.as_ref().is_some_and(tag)
    }
}

/// The tags of a documentation comment, as line in the comment, name and text.
fn tags(comment: &Token) -> impl Iterator<Item = (usize, &str, &str)> {
    comment.text.lines().enumerate().filter_map(|(index, line)| {
        let tag = line.trim_start_matches([' ', '\t', '*', '/']).strip_prefix('@')?;
        let tag = tag.trim_end_matches("*/").trim();
        let (name, text) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        Some((index, name, text.trim()))
    })
}

pub(super) fn at(file: FileId, token: &Token, message: String, label: impl Into<String>) -> Diagnostic {
    Diagnostic::at_range(file, token.range.clone(), message, label)
}

/// Reads the declarations of one file.
pub(super) struct FactReader<'f> {
    pub(super) index: &'f Index<'f>,
    pub(super) file: FileId,
    pub(super) problems: &'f Diagnostics,
    pub(super) sources: &'f Sources,
    pub(super) notes: &'f mut Vec<String>,
}

impl<'f> FactReader<'f> {
    pub(super) fn report(&self, token: &Token, message: String, label: impl Into<String>) {
        self.problems.push(at(self.file, token, message, label));
    }

    pub(super) fn report_help(&self, token: &Token, message: String, label: &str, help: String) {
        self.problems.push(at(self.file, token, message, label).help(help));
    }

    /// Returns a mixin and its file.
    pub(super) fn mixin(&self, name: &str) -> Option<(FileId, &'f Declaration)> {
        self.index.mixins.get(name).map(|(unit, declaration)| (unit.file, *declaration))
    }

    /// Reads a declaration of another file.
    pub(super) fn within<T>(&mut self, file: FileId, read: impl FnOnce(&mut Self) -> T) -> T {
        let here = std::mem::replace(&mut self.file, file);
        let done = read(self);
        self.file = here;
        done
    }

    /// Reports annotations that have no meaning here.
    pub(super) fn only(&self, modifiers: &Modifiers, known: &[&str], what: &str) {
        for annotation in &modifiers.annotations {
            let name = &annotation.name.text;
            if !known.contains(&name.as_str()) {
                let message = format!("`@{name}` has no meaning for {what}");
                let known: Vec<String> = known.iter().map(|known| format!("`@{known}`")).collect();
                let help = format!("known annotations: {}", known.join(", "));
                self.report_help(&annotation.name, message, "unknown annotation", help);
            }
        }
    }

    /// Converts a name in camel case.
    pub(super) fn name(&self, token: &Token) -> Option<Name> {
        self.checked(token, case::from_camel_case(&token.text))
    }

    pub(super) fn checked(&self, token: &Token, name: Option<Name>) -> Option<Name> {
        if name.is_none() {
            let message = format!("`{}` can't be split into words", token.text);
            self.report(token, message, "API names contain only letters, digits and underscores");
        }
        name
    }

    /// Adds `since` and `deprecated` to a document.
    pub(super) fn docs(&mut self, modifiers: &Modifiers, document: &mut Map) {
        if let Some(since) = modifiers.comment.as_ref().and_then(|comment| self.since(comment)) {
            document.set("since", Value::Text(since));
        }
        if modifiers.is_deprecated() {
            document.set("deprecated", Value::Flag(true));
        }
    }

    /// The version in the `@since` tag of a documentation comment.
    fn since(&mut self, comment: &Token) -> Option<String> {
        let mut tags = tags(comment).filter(|(_, tag, _)| *tag == "since");
        let (line, _, since) = tags.next()?;
        let problem = match (is_version(since), tags.next()) {
            (true, None) => return Some(since.to_owned()),
            (true, Some(_)) => "several `@since` tags; ignored, as in the published model".to_owned(),
            (false, _) => format!("`@since {since}` is not a version; ignored"),
        };
        self.note(comment, line, &problem);
        None
    }

    /// Adds a note about a line of a token.
    pub(super) fn note(&mut self, token: &Token, line: usize, text: &str) {
        if let Some(source) = self.sources.get(self.file) {
            let before = source.text.get(..token.range.start).unwrap_or_default().matches('\n').count();
            self.notes.push(format!("{}:{}: {text}", source.path, before + line + 1));
        }
    }

    /// A type as written in the model.
    pub(super) fn type_value(&self, ty: &TypeUse) -> Option<Value> {
        let java = ty.name.text.as_str();
        let primitive = PRIMITIVES.iter().find(|(name, _)| *name == java).map(|(_, primitive)| primitive.as_str());
        let name = match primitive {
            Some(primitive) => primitive.to_owned(),
            None if self.index.types.contains_key(java) => self.name(&ty.name)?.to_string(),
            None => {
                let known = self.index.types.keys().copied().chain(PRIMITIVES.map(|(name, _)| name));
                let problem = at(self.file, &ty.name, format!("unknown type `{java}`"), "not declared in any file");
                self.problems.push(problem.suggest(java, known));
                return None;
            }
        };
        Some(if ty.list { Value::List(vec![name]) } else { Value::Text(name) })
    }

    /// The name of a service. Some references omit the suffix of the Java name.
    pub(super) fn service_name(&self, token: &Token) -> Option<Name> {
        let stem = service_stem(&token.text);
        if !self.index.services.contains_key(stem) {
            let problem = at(self.file, token, format!("unknown service `{}`", token.text), "not declared in any file");
            self.problems.push(problem.suggest(&token.text, self.index.services.values().copied()));
            return None;
        }
        self.checked(token, case::from_camel_case(stem))
    }

    pub(super) fn nothing_inner(&self, declaration: &Declaration, what: &str) {
        for inner in &declaration.inner {
            self.report(&inner.name, format!("`{}` is declared inside {what}", inner.name.text), "not supported");
        }
    }

    /// Adds an item to a section. Reports a duplicate.
    pub(super) fn once(&self, section: &mut Map, token: &Token, name: &Name, item: Map) {
        if section.has(name.as_str()) {
            self.report(token, format!("`{name}` is declared twice"), "second declaration");
        }
        section.set(name.as_str(), Value::Map(item));
    }
}
