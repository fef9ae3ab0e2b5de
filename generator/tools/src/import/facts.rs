//! Java → facts: a document for each type and service, with nothing in it but what upstream says.

use std::collections::BTreeMap;

use super::document::{Map, Value};
use super::java::{Declaration, DeclarationKind, Head, TypeUse, Unit, Word};
use super::words;
use ovirt_sdk_generator::diagnostics::{Diagnostic, Diagnostics, FileId, Sources, nearest};
use ovirt_sdk_generator::model::Primitive;
use ovirt_sdk_generator::name::Name;

/// What upstream says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The service at the base URL.
    pub(super) root: Option<Name>,
    /// Documents by path within the model, such as `types/vm.yaml`.
    pub(super) files: BTreeMap<String, Map>,
    /// What was left out, and why.
    pub(super) notes: Vec<String>,
}

/// The package of services; what follows it is the module.
pub(super) const PACKAGE: &str = "services";

/// Java's names of the types that the API has without declaring them.
const PRIMITIVES: [(&str, Primitive); 6] = [
    ("Boolean", Primitive::Boolean),
    ("Date", Primitive::Date),
    ("BigDecimal", Primitive::Decimal),
    ("Double", Primitive::Decimal),
    ("Integer", Primitive::Integer),
    ("String", Primitive::String),
];

/// Reads the facts of all files. They are whole only when no problem was added.
///
/// `broken` are the names of files that are no Java: what uses them is not wrong for that.
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
            let mut reader = Reader { index: &index, file: unit.file, problems, sources, notes: &mut facts.notes };
            let (path, document) = match role(unit, declaration) {
                Some(Role::Type) => match reader.of_type(declaration) {
                    Some((name, document)) => (format!("types/{name}.yaml"), document),
                    None => continue,
                },
                Some(Role::Service) => match reader.service(unit, declaration) {
                    Some((name, document)) => {
                        if declaration.head.has("Root") {
                            facts.root = Some(name.clone());
                        }
                        (format!("services/{name}.yaml"), document)
                    }
                    None => continue,
                },
                // The published model lists them as services, with nothing in them.
                Some(Role::Mixin | Role::Annotation) => match reader.name(&declaration.name) {
                    Some(name) => (format!("services/{name}.yaml"), Map::of("service", name.as_str())),
                    None => continue,
                },
                None => {
                    let label = "has neither `@Type` nor `@Service`, `@Root` or `@Mixin`";
                    reader.report(&declaration.name, format!("`{}` has no role", declaration.name.text), label);
                    continue;
                }
            };
            if facts.files.insert(path, document).is_some() {
                let message = format!("`{}` is declared twice", declaration.name.text);
                problems.push(at(unit.file, &declaration.name, message, "the second one"));
            }
        }
    }
    facts
}

/// What a declaration is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Type,
    Service,
    Mixin,
    Annotation,
}

fn role(unit: &Unit, declaration: &Declaration) -> Option<Role> {
    let head = &declaration.head;
    match declaration.kind {
        DeclarationKind::Annotation => Some(Role::Annotation),
        _ if head.has("Type") => Some(Role::Type),
        DeclarationKind::Enum => None,
        DeclarationKind::Interface if head.has("Service") || head.has("Root") => Some(Role::Service),
        DeclarationKind::Interface if head.has("Mixin") => Some(Role::Mixin),
        // Some releases forget the annotation.
        DeclarationKind::Interface => unit.package.starts_with(PACKAGE).then_some(Role::Service),
    }
}

/// What the files declare, by Java's name.
struct Index<'u> {
    types: BTreeMap<&'u str, DeclarationKind>,
    services: BTreeMap<&'u str, &'u str>,
    mixins: BTreeMap<&'u str, (&'u Unit, &'u Declaration)>,
}

impl<'u> Index<'u> {
    fn add(&mut self, unit: &'u Unit, declaration: &'u Declaration) {
        let name = declaration.name.text.as_str();
        match role(unit, declaration) {
            Some(Role::Type) => drop(self.types.insert(name, declaration.kind)),
            Some(Role::Service) => drop(self.services.insert(service_stem(name), name)),
            Some(Role::Mixin) => drop(self.mixins.insert(name, (unit, declaration))),
            Some(Role::Annotation) | None => {}
        }
    }
}

/// A service's name without what tells it from a type.
fn service_stem(java: &str) -> &str {
    java.strip_suffix("Service").unwrap_or(java)
}

impl Head {
    pub(super) fn has(&self, annotation: &str) -> bool {
        self.annotations.iter().any(|it| it.name.text == annotation)
    }

    /// By annotation or by the tag of its documentation.
    fn is_deprecated(&self) -> bool {
        self.has("Deprecated") || self.is_tagged_deprecated()
    }

    fn is_tagged_deprecated(&self) -> bool {
        let tag = |comment| tags(comment).any(|(_, tag, _)| tag.eq_ignore_ascii_case("deprecated"));
        self.comment.as_ref().is_some_and(tag)
    }
}

/// The tags of a documentation comment: line within the comment, name and text.
fn tags(comment: &Word) -> impl Iterator<Item = (usize, &str, &str)> {
    comment.text.lines().enumerate().filter_map(|(index, line)| {
        let tag = line.trim_start_matches([' ', '\t', '*', '/']).strip_prefix('@')?;
        let tag = tag.trim_end_matches("*/").trim();
        let (name, text) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        Some((index, name, text.trim()))
    })
}

fn at(file: FileId, word: &Word, message: String, label: impl Into<String>) -> Diagnostic {
    Diagnostic::at_range(file, word.range.clone(), message, label)
}

/// Reads the declarations of one file.
pub(super) struct Reader<'f> {
    index: &'f Index<'f>,
    file: FileId,
    problems: &'f Diagnostics,
    sources: &'f Sources,
    notes: &'f mut Vec<String>,
}

impl<'f> Reader<'f> {
    pub(super) fn report(&self, word: &Word, message: String, label: impl Into<String>) {
        self.problems.push(at(self.file, word, message, label));
    }

    pub(super) fn report_help(&self, word: &Word, message: String, label: &str, help: String) {
        self.problems.push(at(self.file, word, message, label).help(help));
    }

    /// The mixin of a name, and a reader of its file.
    pub(super) fn mixin(&self, name: &str) -> Option<(FileId, &'f Declaration)> {
        self.index.mixins.get(name).map(|(unit, declaration)| (unit.file, *declaration))
    }

    /// Reads something of another file.
    pub(super) fn within<T>(&mut self, file: FileId, read: impl FnOnce(&mut Self) -> T) -> T {
        let here = std::mem::replace(&mut self.file, file);
        let done = read(self);
        self.file = here;
        done
    }

    /// Reports annotations that have no meaning at their place.
    pub(super) fn only(&self, head: &Head, known: &[&str], what: &str) {
        for annotation in &head.annotations {
            let name = &annotation.name.text;
            if !known.contains(&name.as_str()) {
                let message = format!("`@{name}` says nothing about {what}");
                let known: Vec<String> = known.iter().map(|known| format!("`@{known}`")).collect();
                let help = format!("the annotations here are {}", known.join(", "));
                self.report_help(&annotation.name, message, "unknown here", help);
            }
        }
    }

    /// The words of a name in camel case.
    pub(super) fn name(&self, word: &Word) -> Option<Name> {
        self.checked(word, words::of_case(&word.text))
    }

    fn checked(&self, word: &Word, name: Option<Name>) -> Option<Name> {
        if name.is_none() {
            let message = format!("`{}` can't be split into words", word.text);
            self.report(word, message, "names of the API have letters, digits and underscores only");
        }
        name
    }

    /// Since when it is there, and whether it is deprecated.
    pub(super) fn docs(&mut self, head: &Head, document: &mut Map) {
        if let Some(since) = head.comment.as_ref().and_then(|comment| self.since(comment)) {
            document.set("since", Value::Text(since));
        }
        if head.is_deprecated() {
            document.set("deprecated", Value::Flag(true));
        }
    }

    /// The release of the tag `@since` of a documentation comment; the comment's text is not read.
    fn since(&mut self, comment: &Word) -> Option<String> {
        let mut tags = tags(comment).filter(|(_, tag, _)| *tag == "since");
        let (line, _, since) = tags.next()?;
        let parts: Vec<&str> = since.split('.').collect();
        let release = (2..=3).contains(&parts.len()) && parts.iter().all(|part| part.parse::<u16>().is_ok());
        let wrong = match (release, tags.next()) {
            (true, None) => return Some(since.to_owned()),
            (true, Some(_)) => "several `@since`: left out, as in the published model".to_owned(),
            (false, _) => format!("`@since {since}` is no release; left out"),
        };
        self.note(comment, line, &wrong);
        None
    }

    /// Tells something about a line of a word.
    pub(super) fn note(&mut self, word: &Word, line: usize, text: &str) {
        if let Some(source) = self.sources.get(self.file) {
            let before = source.text.get(..word.range.start).unwrap_or_default().matches('\n').count();
            self.notes.push(format!("{}:{}: {text}", source.path, before + line + 1));
        }
    }

    /// A type as the model writes it.
    pub(super) fn type_value(&self, ty: &TypeUse) -> Option<Value> {
        let java = ty.name.text.as_str();
        let primitive = PRIMITIVES.iter().find(|(name, _)| *name == java).map(|(_, primitive)| primitive.as_str());
        let name = match primitive {
            Some(primitive) => primitive.to_owned(),
            None if self.index.types.contains_key(java) => self.name(&ty.name)?.to_string(),
            None => {
                let known = self.index.types.keys().copied().chain(PRIMITIVES.map(|(name, _)| name));
                let problem = at(self.file, &ty.name, format!("unknown type `{java}`"), "no file declares it");
                self.problems.push(problem.suggest(java, known));
                return None;
            }
        };
        Some(if ty.list { Value::List(vec![name]) } else { Value::Text(name) })
    }

    /// The name of a service, by its Java name; some uses leave the suffix out.
    pub(super) fn service_name(&self, word: &Word) -> Option<Name> {
        let stem = service_stem(&word.text);
        if !self.index.services.contains_key(stem) {
            let problem = at(self.file, word, format!("unknown service `{}`", word.text), "no file declares it");
            self.problems.push(problem.suggest(&word.text, self.index.services.values().copied()));
            return None;
        }
        self.checked(word, words::of_case(stem))
    }

    fn of_type(&mut self, declaration: &Declaration) -> Option<(Name, Map)> {
        self.only(&declaration.head, &["Type", "Deprecated"], "a type");
        let name = self.name(&declaration.name)?;
        let mut document = Map::default();
        let is_enum = declaration.kind == DeclarationKind::Enum;
        document.set(if is_enum { "enum" } else { "struct" }, Value::Text(name.to_string()));
        match declaration.extends.as_slice() {
            [] => {}
            [base] if self.index.types.get(base.text.as_str()) == Some(&DeclarationKind::Interface) => {
                if let Some(base) = self.name(base) {
                    document.set("extends", Value::Text(base.to_string()));
                }
            }
            [base] => {
                let known = nearest(&base.text, self.index.types.keys().copied());
                let help = known.map_or("a type extends another type".to_owned(), |it| format!("did you mean `{it}`?"));
                self.report_help(base, format!("`{}` is no struct", base.text), "can't be extended", help);
            }
            [_, second, ..] => {
                self.report(second, "a type extends one other type".to_owned(), "the second");
            }
        }
        self.docs(&declaration.head, &mut document);
        self.nothing_inner(declaration, "a type");
        let (mut attributes, mut links, mut values) = (Map::default(), Map::default(), Map::default());
        for method in &declaration.methods {
            self.only(&method.head, &["Link", "Deprecated"], "a member");
            if !method.parameters.is_empty() || method.body.is_some() {
                let label = "members have neither parameters nor a body";
                self.report(&method.name, format!("`{}` is no member of a type", method.name.text), label);
            }
            let (Some(name), Some(ty)) = (self.name(&method.name), self.type_value(&method.ty)) else { continue };
            let mut member = Map::default();
            member.set("type", ty);
            self.docs(&method.head, &mut member);
            let section = if method.head.has("Link") { &mut links } else { &mut attributes };
            self.once(section, &method.name, &name, member);
        }
        for constant in &declaration.constants {
            self.only(&constant.head, &["Deprecated"], "a value of an enum");
            let Some(name) = self.checked(&constant.name, words::of_constant(&constant.name.text)) else { continue };
            let mut value = Map::default();
            self.docs(&constant.head, &mut value);
            // The published model gives the annotation to the enum as a whole, and only the tag to the value.
            if constant.head.has("Deprecated") {
                document.set("deprecated", Value::Flag(true));
                if !constant.head.is_tagged_deprecated() {
                    value.remove("deprecated");
                }
            }
            self.once(&mut values, &constant.name, &name, value);
        }
        for (key, section) in [("attributes", attributes), ("links", links), ("values", values)] {
            if !section.is_empty() || (key == "values" && is_enum) {
                document.set(key, Value::Map(section));
            }
        }
        Some((name, document))
    }

    pub(super) fn nothing_inner(&self, declaration: &Declaration, what: &str) {
        for inner in &declaration.inner {
            self.report(&inner.name, format!("`{}` is declared within {what}", inner.name.text), "not understood");
        }
    }

    /// Adds an item to a section that has none of that name.
    pub(super) fn once(&self, section: &mut Map, word: &Word, name: &Name, item: Map) {
        if section.has(name.as_str()) {
            self.report(word, format!("`{name}` is declared twice"), "the second one");
        }
        section.set(name.as_str(), Value::Map(item));
    }
}
