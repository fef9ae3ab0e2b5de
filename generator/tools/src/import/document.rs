//! A model file as an editable tree that keeps the order of keys and comments.

use std::collections::BTreeMap;

use ovirt_sdk_generator::yaml::{self, Kind, Node};

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Null: a text that is still to be written.
    Nothing,
    Flag(bool),
    Text(String),
    List(Vec<String>),
    Map(Map),
}

/// A mapping in the order of its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map(Vec<(String, Value)>);

impl Map {
    /// Creates a mapping with one text.
    pub(super) fn with_text(key: &str, text: &str) -> Self {
        Self(vec![(key.to_owned(), Value::Text(text.to_owned()))])
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn map(&self, key: &str) -> Option<&Map> {
        match self.get(key) {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        }
    }

    pub(super) fn map_mut(&mut self, key: &str) -> Option<&mut Map> {
        self.0.iter_mut().find_map(|(name, value)| match value {
            Value::Map(map) if name == key => Some(map),
            _ => None,
        })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn set(&mut self, key: &str, value: Value) {
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the entries that are mappings.
    pub(super) fn maps(&self) -> impl Iterator<Item = (&str, &Map)> {
        self.entries().filter_map(|(name, value)| match value {
            Value::Map(map) => Some((name, map)),
            _ => None,
        })
    }

    pub(super) fn sort_by_key<K: Ord>(&mut self, key: impl Fn(&str) -> K) {
        self.0.sort_by_key(|(name, _)| key(name));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A file.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub(super) root: Map,
    /// Comment lines, by the path of the key that follows. The path is empty for comments at the end.
    pub(super) comments: BTreeMap<Vec<String>, Vec<String>>,
}

impl Document {
    /// Parses a file. Returns `None` if it is not a mapping.
    pub(super) fn read(text: &str) -> Option<Self> {
        match value(&yaml::parse(text).ok()?) {
            Value::Map(root) => Some(Self { root, comments: comments(text) }),
            _ => None,
        }
    }
}

fn value(node: &Node) -> Value {
    match &node.kind {
        // A valid model contains no numbers, and an import starts from a valid model.
        Kind::Null | Kind::Number => Value::Nothing,
        Kind::Bool(flag) => Value::Flag(*flag),
        Kind::Text(text) => Value::Text(text.clone()),
        Kind::List(items) => Value::List(items.iter().map(plain).collect()),
        Kind::Map(entries) => Value::Map(Map(entries.iter().map(|(key, node)| (plain(key), value(node))).collect())),
    }
}

fn plain(node: &Node) -> String {
    match &node.kind {
        Kind::Text(text) => text.clone(),
        Kind::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// Finds comment lines. Skips the lines of block texts, which are indented more than their key.
fn comments(text: &str) -> BTreeMap<Vec<String>, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut waiting: Vec<String> = Vec::new();
    let mut block: Option<usize> = None;
    for line in text.lines() {
        let content = line.trim_start();
        let depth = line.len() - content.len();
        if content.is_empty() || block.is_some_and(|key| depth > key) {
            continue;
        }
        block = None;
        if content.starts_with('#') {
            waiting.push(content.trim_end().to_owned());
        } else if let Some((key, rest)) = content.split_once(':') {
            path.retain(|(at, _)| *at < depth);
            path.push((depth, key.trim_matches('"').to_owned()));
            if matches!(rest.trim(), "|" | ">" | "|-" | ">-") {
                block = Some(depth);
            }
            if !waiting.is_empty() {
                let keys = path.iter().map(|(_, key)| key.clone()).collect();
                found.insert(keys, std::mem::take(&mut waiting));
            }
        }
    }
    if !waiting.is_empty() {
        found.insert(Vec::new(), waiting);
    }
    found
}
