//! Reads YAML mappings key by key. Reports missing, unknown and repeated keys, and values of the wrong type.

use crate::diagnostics::{Diagnostic, Diagnostics, FileId, Position, nearest};
use crate::name::Name;
use crate::syntax::{Deprecated, Docs, Positioned, TypeName};
use crate::yaml::{Kind, Node};

/// Reads the nodes of one file.
#[derive(Clone, Copy)]
pub(super) struct NodeReader<'a> {
    pub(super) file: FileId,
    pub(super) problems: &'a Diagnostics,
}

/// A mapping with known keys.
pub(super) struct Mapping<'a> {
    reader: NodeReader<'a>,
    position: Position,
    entries: Vec<(&'a str, Position, &'a Node)>,
    known_keys: Vec<&'static str>,
    /// The positions of keys that are already reported as misspelled.
    misspelled: Vec<Position>,
}

/// A key that is a name of the model, with its value.
pub(super) struct NamedEntry<'a> {
    pub(super) name: Positioned<Name>,
    pub(super) node: &'a Node,
}

/// The key for another name in Rust.
const RUST_NAME: &str = "rust_name";

/// Whether a text is a version: two or three numbers.
pub fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    (2..=3).contains(&parts.len()) && parts.iter().all(|part| part.parse::<u16>().is_ok())
}

/// Reads a node. Returns `None` after reporting a value of the wrong type.
type ReadNode<'a, T> = fn(NodeReader<'a>, &'a Node) -> Option<T>;

impl<'a> NodeReader<'a> {
    pub(super) fn position(self, node: &Node) -> Position {
        Position { file: self.file, mark: node.mark }
    }

    pub(super) fn positioned<T>(self, node: &Node, value: T) -> Positioned<T> {
        Positioned { value, position: self.position(node) }
    }

    pub(super) fn unexpected<T>(self, node: &Node, expected: &str) -> Option<T> {
        let found = match &node.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::Number => "a number".to_owned(),
            Kind::Text(text) if text.trim().is_empty() => "empty text".to_owned(),
            Kind::Text(_) => "text".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        };
        let message = format!("expected {expected}, found {found}");
        let mut problem = Diagnostic::at(self.position(node), message, format!("expected {expected}"));
        if let Kind::Number = node.kind {
            problem = problem.help("quote it to make it text");
        }
        self.problems.push(problem);
        None
    }

    /// A text.
    pub(super) fn text(self, node: &'a Node) -> Option<String> {
        let text = match &node.kind {
            Kind::Text(text) if !text.trim().is_empty() => text,
            _ => return self.unexpected(node, "text"),
        };
        match text.chars().find(|character| character.is_control() && *character != '\n') {
            None => Some(text.clone()),
            Some(character) => {
                let message = format!("the text contains the control character U+{:04X}", u32::from(character));
                let problem = Diagnostic::at(self.position(node), message, "not allowed here");
                self.problems.push(problem);
                None
            }
        }
    }

    /// A text, or null where it is still to be written: `summary: ~`.
    pub(super) fn text_or_null(self, node: &'a Node) -> Option<Option<String>> {
        match &node.kind {
            Kind::Null => Some(None),
            _ => self.text(node).map(Some),
        }
    }

    /// A text with its position.
    pub(super) fn positioned_text(self, node: &'a Node) -> Option<Positioned<String>> {
        self.text(node).map(|text| self.positioned(node, text))
    }

    /// A name for XML or a path: letters, digits, `_`, `-` and `.`, none of which needs escaping.
    pub(super) fn wire_name(self, node: &'a Node) -> Option<Positioned<String>> {
        let text = self.positioned_text(node)?;
        let begins = text.value.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if begins && text.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
            return Some(text);
        }
        let problem = Diagnostic::at(
            text.position,
            format!("`{}` is not a valid tag or path segment", text.value),
            "invalid name",
        )
        .help("use letters, digits, `_`, `-` and `.`, starting with a letter or `_`");
        self.problems.push(problem);
        None
    }

    /// A list of texts.
    pub(super) fn texts(self, node: &'a Node) -> Option<Vec<String>> {
        self.items(node, "a list of text", Self::text)
    }

    fn items<T>(self, node: &'a Node, expected: &str, read: ReadNode<'a, T>) -> Option<Vec<T>> {
        match &node.kind {
            Kind::List(items) => Some(items.iter().filter_map(|item| read(self, item)).collect()),
            _ => self.unexpected(node, expected),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(self, node: &'a Node) -> Option<bool> {
        match node.kind {
            Kind::Bool(value) => Some(value),
            _ => self.unexpected(node, "`true` or `false`"),
        }
    }

    /// A name.
    pub(super) fn name(self, node: &'a Node) -> Option<Positioned<Name>> {
        let text = match &node.kind {
            Kind::Text(text) => text,
            _ => return self.unexpected(node, "a name"),
        };
        match Name::new(text) {
            Some(name) => Some(self.positioned(node, name)),
            None => {
                let mut problem =
                    Diagnostic::at(self.position(node), format!("`{text}` is not a valid name"), "invalid name")
                        .help("names are lower-case words joined by underscores, such as `cpu_topology`");
                let snake = heck::ToSnakeCase::to_snake_case(text.as_str());
                if Name::new(&snake).is_some() && snake != *text {
                    problem = problem.help(format!("did you mean `{snake}`?"));
                }
                self.problems.push(problem);
                None
            }
        }
    }

    /// A list of names.
    pub(super) fn names(self, node: &'a Node) -> Option<Vec<Positioned<Name>>> {
        self.items(node, "a list of names", Self::name)
    }

    /// The path of a field: names joined by dots.
    pub(super) fn path(self, node: &'a Node) -> Option<Positioned<Vec<Name>>> {
        let text = self.positioned_text(node)?;
        let names: Option<Vec<Name>> = text.value.split('.').map(Name::new).collect();
        if names.is_none() {
            let message = format!("`{}` is not the path of a field", text.value);
            let problem = Diagnostic::at(text.position, message, "invalid path")
                .help("a path consists of names joined by dots, such as `name` or `disk.id`");
            self.problems.push(problem);
        }
        Some(Positioned { value: names?, position: text.position })
    }

    /// A type: a name, or a list of one name.
    pub(super) fn type_name(self, node: &'a Node) -> Option<Positioned<TypeName>> {
        let (inner, list) = match &node.kind {
            Kind::List(items) => match items.as_slice() {
                [item] => (item, true),
                _ => return self.unexpected(node, "a list with the type of its items, such as `[vm]`"),
            },
            _ => (node, false),
        };
        let name = self.name(inner)?;
        Some(Positioned { value: TypeName { name: name.value, list }, position: name.position })
    }

    /// A version, such as `4.2` or `4.2.1`.
    pub(super) fn version(self, node: &'a Node) -> Option<String> {
        let text = match &node.kind {
            Kind::Text(text) => text,
            _ => return self.unexpected(node, "a version as text"),
        };
        if is_version(text) {
            return Some(text.clone());
        }
        let problem = Diagnostic::at(self.position(node), format!("`{text}` is not a version"), "invalid version")
            .help("versions are two or three numbers separated by dots, such as \"4.2\" or \"4.2.1\"");
        self.problems.push(problem);
        None
    }

    fn deprecated(self, node: &'a Node) -> Option<Option<Deprecated>> {
        match &node.kind {
            Kind::Bool(true) => Some(Some(Deprecated { note: None })),
            Kind::Bool(false) => Some(None),
            Kind::Text(note) => Some(Some(Deprecated { note: Some(note.clone()) })),
            _ => self.unexpected(node, "what to use instead, or `true`"),
        }
    }

    /// Reads a mapping with known keys.
    pub(super) fn map(self, node: &'a Node) -> Option<Mapping<'a>> {
        let entries = match &node.kind {
            Kind::Map(entries) => entries,
            _ => return self.unexpected(node, "a mapping"),
        };
        let mut known: Vec<(&str, Position, &Node)> = Vec::new();
        for (key, value) in entries {
            let position = self.position(key);
            match &key.kind {
                Kind::Text(text) => match known.iter().find(|(other, _, _)| *other == text.as_str()) {
                    Some((_, first, _)) => self.repeated(text, position, *first),
                    None => known.push((text.as_str(), position, value)),
                },
                _ => {
                    let _: Option<()> = self.unexpected(key, "text as a key");
                }
            }
        }
        Some(Mapping {
            reader: self,
            position: self.position(node),
            entries: known,
            known_keys: Vec::new(),
            misspelled: Vec::new(),
        })
    }

    /// Reads a mapping whose keys are names.
    pub(super) fn entries(self, node: &'a Node) -> Option<Vec<NamedEntry<'a>>> {
        let entries = match &node.kind {
            Kind::Map(entries) => entries,
            _ => return self.unexpected(node, "a mapping of names"),
        };
        let mut known: Vec<NamedEntry<'a>> = Vec::new();
        for (key, value) in entries {
            if let Some(name) = self.name(key) {
                match known.iter().find(|entry| entry.name.value == name.value) {
                    Some(first) => self.repeated(name.value.as_str(), name.position, first.name.position),
                    None => known.push(NamedEntry { name, node: value }),
                }
            }
        }
        Some(known)
    }

    pub(super) fn repeated(self, key: &str, position: Position, first: Position) {
        let problem =
            Diagnostic::at(position, format!("duplicate key `{key}`"), "second use").context(first, "first use");
        self.problems.push(problem);
    }
}

impl<'a> Mapping<'a> {
    /// Reads the value of an optional key.
    pub(super) fn optional<T>(&mut self, key: &'static str, read: ReadNode<'a, T>) -> Option<T> {
        self.known_keys.push(key);
        let node = self.entries.iter().find(|(name, _, _)| *name == key).map(|(_, _, node)| *node)?;
        read(self.reader, node)
    }

    /// Reads the value of a required key.
    pub(super) fn required<T>(&mut self, key: &'static str, read: ReadNode<'a, T>) -> Option<T> {
        let misspelled = |(name, _, _): &&(&str, Position, &Node)| nearest(name, [key]).is_some();
        if self.has(key) {
        } else if let Some((name, position, _)) = self.entries.iter().find(misspelled) {
            let problem = Diagnostic::at(*position, format!("unknown key `{name}`"), "not a key of this mapping");
            self.reader.problems.push(problem.help(format!("did you mean `{key}`?")));
            self.known_keys.push(key);
            self.misspelled.push(*position);
            return None;
        } else {
            let problem = Diagnostic::at(self.position, format!("missing key `{key}`"), format!("has no `{key}`"));
            self.reader.problems.push(problem);
        }
        self.optional(key, read)
    }

    /// All keys, for a mapping whose keys are names.
    pub(super) fn all_entries(&mut self) -> Vec<NamedEntry<'a>> {
        let entries = std::mem::take(&mut self.entries);
        let named = entries.into_iter().filter_map(|(key, position, node)| match Name::new(key) {
            Some(value) => Some(NamedEntry { name: Positioned { value, position }, node }),
            None => {
                let message = format!("`{key}` is not a valid name");
                self.reader.problems.push(Diagnostic::at(position, message, "invalid name"));
                None
            }
        });
        named.collect()
    }

    /// Whether a key is present.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _, _)| *name == key)
    }

    /// The position of a key.
    pub(super) fn key_position(&self, key: &str) -> Position {
        self.entries.iter().find(|(name, _, _)| *name == key).map_or(self.position, |(_, position, _)| *position)
    }

    /// The position of the mapping.
    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// The reader of the file's nodes.
    pub(super) fn reader(&self) -> NodeReader<'a> {
        self.reader
    }

    /// Reads the documentation of the item.
    pub(super) fn docs(&mut self) -> Docs {
        Docs {
            rust_name: self.optional(RUST_NAME, NodeReader::name),
            summary: self.optional("summary", NodeReader::text_or_null).flatten().map(|text| text.trim().to_owned()),
            details: self.optional("details", NodeReader::text).map(|text| text.trim_end().to_owned()),
            since: self.optional("since", NodeReader::version),
            deprecated: self.optional("deprecated", NodeReader::deprecated).flatten(),
        }
    }

    /// Checks that quirks, or another name in Rust, come with a reason, and a reason with one of them.
    pub(super) fn reason(&mut self, quirks: &[&'static str]) {
        let because = self.optional("because", NodeReader::text);
        let quirk = quirks.iter().chain(&[RUST_NAME]).find(|quirk| self.has(quirk));
        match (quirk, because) {
            (Some(quirk), None) if !self.has("because") => {
                let position = self.key_position(quirk);
                let message = format!("the quirk `{quirk}` has no reason");
                let problem = Diagnostic::at(position, message, "an exception from the rules")
                    .help("add a `because:` key that says why the API differs from its own rules");
                self.reader.problems.push(problem);
            }
            (None, Some(_)) => {
                let position = self.key_position("because");
                let problem = Diagnostic::at(position, "`because` without a quirk", "nothing to give a reason for");
                self.reader.problems.push(problem);
            }
            _ => {}
        }
    }

    /// Reports unknown keys.
    pub(super) fn finish(self) -> NodeReader<'a> {
        for (key, position, _) in &self.entries {
            if !self.known_keys.contains(key) && !self.misspelled.contains(position) {
                let mut keys = self.known_keys.clone();
                keys.sort_unstable();
                keys.dedup();
                let problem = Diagnostic::at(*position, format!("unknown key `{key}`"), "not a key of this mapping")
                    .suggest(key, keys.iter().copied())
                    .help(format!("valid keys are: {}", keys.join(", ")));
                self.reader.problems.push(problem);
            }
        }
        self.reader
    }
}
