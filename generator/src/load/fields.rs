//! Reading mappings key by key: what is missing, unknown, repeated or of the wrong shape becomes a diagnostic.

use crate::diagnostics::{Diagnostic, Diagnostics, FileId, Place};
use crate::name::Name;
use crate::syntax::{At, Deprecated, Docs, TypeName};
use crate::yaml::{Kind, Node};

/// Reads the nodes of one file.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    pub(super) problems: &'a Diagnostics,
}

/// A mapping whose keys are taken one after the other.
pub(super) struct Fields<'a> {
    reader: Reader<'a>,
    place: Place,
    entries: Vec<(&'a str, Place, &'a Node)>,
    asked: Vec<&'static str>,
}

/// A key that is a name of the model, and its value.
pub(super) struct Entry<'a> {
    pub(super) name: At<Name>,
    pub(super) node: &'a Node,
}

/// Reads a node; `None` when it has the wrong shape, which has been reported then.
type Read<'a, T> = fn(Reader<'a>, &'a Node) -> Option<T>;

impl<'a> Reader<'a> {
    pub(super) fn place(self, node: &Node) -> Place {
        Place { file: self.file, mark: node.mark }
    }

    pub(super) fn at<T>(self, node: &Node, value: T) -> At<T> {
        At { value, place: self.place(node) }
    }

    fn wrong<T>(self, node: &Node, expected: &str) -> Option<T> {
        let found = match &node.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::Number => "a number".to_owned(),
            Kind::Text(text) if text.trim().is_empty() => "an empty text".to_owned(),
            Kind::Text(_) => "text".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        };
        let message = format!("expected {expected}, found {found}");
        let mut problem = Diagnostic::at(self.place(node), message, format!("expected {expected}"));
        if let Kind::Number = node.kind {
            problem = problem.help("put it between quotation marks to make it text");
        }
        self.problems.push(problem);
        None
    }

    /// Text.
    pub(super) fn text(self, node: &'a Node) -> Option<String> {
        let text = match &node.kind {
            Kind::Text(text) if !text.trim().is_empty() => text,
            _ => return self.wrong(node, "text"),
        };
        match text.chars().find(|character| character.is_control() && *character != '\n') {
            None => Some(text.clone()),
            Some(character) => {
                let message = format!("the text has a control character, U+{:04X}", u32::from(character));
                let problem = Diagnostic::at(self.place(node), message, "not for people to read");
                self.problems.push(problem);
                None
            }
        }
    }

    /// Text with its place.
    pub(super) fn text_at(self, node: &'a Node) -> Option<At<String>> {
        self.text(node).map(|text| self.at(node, text))
    }

    /// A text for XML or a path: letters, digits, `_`, `-`, `.`, and none that would have to be escaped.
    pub(super) fn wire_name(self, node: &'a Node) -> Option<At<String>> {
        let text = self.text_at(node)?;
        let begins = text.value.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if begins && text.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
            return Some(text);
        }
        let problem = Diagnostic::at(text.place, format!("`{}` can't be on the wire", text.value), "not a name")
            .help("a letter or `_` comes first; letters, digits, `_`, `-` and `.` can follow");
        self.problems.push(problem);
        None
    }

    /// A list of texts.
    pub(super) fn texts(self, node: &'a Node) -> Option<Vec<String>> {
        self.items(node, "a list of texts", Self::text)
    }

    fn items<T>(self, node: &'a Node, expected: &str, read: Read<'a, T>) -> Option<Vec<T>> {
        match &node.kind {
            Kind::List(items) => Some(items.iter().filter_map(|item| read(self, item)).collect()),
            _ => self.wrong(node, expected),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(self, node: &'a Node) -> Option<bool> {
        match node.kind {
            Kind::Bool(value) => Some(value),
            _ => self.wrong(node, "`true` or `false`"),
        }
    }

    /// A name.
    pub(super) fn name(self, node: &'a Node) -> Option<At<Name>> {
        let text = match &node.kind {
            Kind::Text(text) => text,
            _ => return self.wrong(node, "a name"),
        };
        match Name::new(text) {
            Some(name) => Some(self.at(node, name)),
            None => {
                let mut problem =
                    Diagnostic::at(self.place(node), format!("`{text}` is no name"), "not a name of the model")
                        .help("names are lower-case words joined by single underscores, such as `cpu_topology`");
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
    pub(super) fn names(self, node: &'a Node) -> Option<Vec<At<Name>>> {
        self.items(node, "a list of names", Self::name)
    }

    /// A type: a name, or a list with one name in it.
    pub(super) fn type_name(self, node: &'a Node) -> Option<At<TypeName>> {
        let (inner, list) = match &node.kind {
            Kind::List(items) => match items.as_slice() {
                [item] => (item, true),
                _ => return self.wrong(node, "a list with the type of its items, such as `[vm]`"),
            },
            _ => (node, false),
        };
        let name = self.name(inner)?;
        Some(At { value: TypeName { name: name.value, list }, place: name.place })
    }

    /// A release, such as `4.2` or `4.2.1`.
    pub(super) fn version(self, node: &'a Node) -> Option<String> {
        let text = match &node.kind {
            Kind::Text(text) => text,
            _ => return self.wrong(node, "a release as text"),
        };
        let parts: Vec<&str> = text.split('.').collect();
        if (2..=3).contains(&parts.len()) && parts.iter().all(|part| part.parse::<u16>().is_ok()) {
            return Some(text.clone());
        }
        let problem = Diagnostic::at(self.place(node), format!("`{text}` is no release"), "not a release")
            .help("releases are two or three numbers with dots between them, such as \"4.2\" or \"4.2.1\"");
        self.problems.push(problem);
        None
    }

    fn deprecated(self, node: &'a Node) -> Option<Option<Deprecated>> {
        match &node.kind {
            Kind::Bool(true) => Some(Some(Deprecated { note: None })),
            Kind::Bool(false) => Some(None),
            Kind::Text(note) => Some(Some(Deprecated { note: Some(note.clone()) })),
            _ => self.wrong(node, "what to use instead, or `true`"),
        }
    }

    /// A mapping with known keys.
    pub(super) fn map(self, node: &'a Node) -> Option<Fields<'a>> {
        let entries = match &node.kind {
            Kind::Map(entries) => entries,
            _ => return self.wrong(node, "a mapping"),
        };
        let mut known: Vec<(&str, Place, &Node)> = Vec::new();
        for (key, value) in entries {
            let place = self.place(key);
            match &key.kind {
                Kind::Text(text) => match known.iter().find(|(other, _, _)| *other == text.as_str()) {
                    Some((_, first, _)) => self.repeated(text, place, *first),
                    None => known.push((text.as_str(), place, value)),
                },
                _ => {
                    let _: Option<()> = self.wrong(key, "text as a key");
                }
            }
        }
        Some(Fields { reader: self, place: self.place(node), entries: known, asked: Vec::new() })
    }

    /// A mapping whose keys are names.
    pub(super) fn entries(self, node: &'a Node) -> Option<Vec<Entry<'a>>> {
        let entries = match &node.kind {
            Kind::Map(entries) => entries,
            _ => return self.wrong(node, "a mapping of names"),
        };
        let mut known: Vec<Entry<'a>> = Vec::new();
        for (key, value) in entries {
            if let Some(name) = self.name(key) {
                match known.iter().find(|entry| entry.name.value == name.value) {
                    Some(first) => self.repeated(name.value.as_str(), name.place, first.name.place),
                    None => known.push(Entry { name, node: value }),
                }
            }
        }
        Some(known)
    }

    pub(super) fn repeated(self, key: &str, place: Place, first: Place) {
        let problem = Diagnostic::at(place, format!("`{key}` stands here twice"), "again").context(first, "first");
        self.problems.push(problem);
    }
}

impl<'a> Fields<'a> {
    /// The value of a key, when it is there.
    pub(super) fn optional<T>(&mut self, key: &'static str, read: Read<'a, T>) -> Option<T> {
        self.asked.push(key);
        let node = self.entries.iter().find(|(name, _, _)| *name == key).map(|(_, _, node)| *node)?;
        read(self.reader, node)
    }

    /// The value of a key that has to be there.
    pub(super) fn required<T>(&mut self, key: &'static str, read: Read<'a, T>) -> Option<T> {
        if !self.has(key) {
            let problem = Diagnostic::at(self.place, format!("`{key}` is missing"), format!("has no `{key}`"));
            self.reader.problems.push(problem);
        }
        self.optional(key, read)
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _, _)| *name == key)
    }

    /// Where a key stands.
    pub(super) fn key_place(&self, key: &str) -> Place {
        self.entries.iter().find(|(name, _, _)| *name == key).map_or(self.place, |(_, place, _)| *place)
    }

    /// Where the mapping stands.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The reader of the file.
    pub(super) fn reader(&self) -> Reader<'a> {
        self.reader
    }

    /// What people read about the item.
    pub(super) fn docs(&mut self) -> Docs {
        Docs {
            summary: self.optional("summary", Reader::text).map(|text| text.trim().to_owned()),
            details: self.optional("details", Reader::text).map(|text| text.trim_end().to_owned()),
            since: self.optional("since", Reader::version),
            deprecated: self.optional("deprecated", Reader::deprecated).flatten(),
        }
    }

    /// Checks that a quirk has its reason, and a reason its quirk.
    pub(super) fn reason(&mut self, quirks: &[&'static str]) {
        let because = self.optional("because", Reader::text);
        let quirk = quirks.iter().find(|quirk| self.has(quirk));
        match (quirk, because) {
            (Some(quirk), None) if !self.has("because") => {
                let place = self.key_place(quirk);
                let message = format!("the quirk `{quirk}` has no reason");
                let problem = Diagnostic::at(place, message, "an exception from the rules")
                    .help("say beside it, as `because:`, why the API differs from its own rules here");
                self.reader.problems.push(problem);
            }
            (None, Some(_)) => {
                let place = self.key_place("because");
                let problem = Diagnostic::at(place, "`because` gives the reason of nothing", "no quirk beside it");
                self.reader.problems.push(problem);
            }
            _ => {}
        }
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self) -> Reader<'a> {
        for (key, place, _) in &self.entries {
            if !self.asked.contains(key) {
                let mut keys = self.asked.clone();
                keys.sort_unstable();
                keys.dedup();
                let problem = Diagnostic::at(*place, format!("unknown key `{key}`"), "not a key of this mapping")
                    .suggest(key, keys.iter().copied())
                    .help(format!("the keys here are: {}", keys.join(", ")));
                self.reader.problems.push(problem);
            }
        }
        self.reader
    }
}
