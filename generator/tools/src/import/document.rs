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
    /// Comments after a value or key on the same line, by the path of the key.
    pub(super) remarks: BTreeMap<Vec<String>, String>,
}

impl Document {
    /// Parses a file. Returns `None` if it is not a mapping.
    pub(super) fn read(text: &str) -> Option<Self> {
        match value(&yaml::parse(text).ok()?) {
            Value::Map(root) => {
                let (comments, remarks) = comments(text);
                Some(Self { root, comments, remarks })
            }
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

/// Comment lines by the path of the key that follows, and comments at the end of lines by the path of their key.
type Comments = (BTreeMap<Vec<String>, Vec<String>>, BTreeMap<Vec<String>, String>);

/// Finds comments. Skips the lines of block texts, which are indented more than their key.
fn comments(text: &str) -> Comments {
    let (mut found, mut remarks) = (BTreeMap::new(), BTreeMap::<Vec<String>, String>::new());
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
        let (content, remark) = split_remark(content);
        if content.is_empty() {
            waiting.extend(remark);
            continue;
        }
        if let Some((key, rest)) = content.split_once(':') {
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
        // A line without a key continues the value of the last key.
        if let Some(remark) = remark {
            let keys: Vec<String> = path.iter().map(|(_, key)| key.clone()).collect();
            let present = remarks.entry(keys).or_default();
            present.push_str(if present.is_empty() { &remark } else { remark.trim_start_matches('#') });
        }
    }
    if !waiting.is_empty() {
        found.insert(Vec::new(), waiting);
    }
    (found, remarks)
}

/// Splits a comment off a line.
fn split_remark(line: &str) -> (&str, Option<String>) {
    let mut quote: Option<char> = None;
    // Quotes are only quotes at the start of a value, and a comment needs a space before it.
    let (mut value_starts, mut after_space) = (true, true);
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => continue,
            (None, '#') if after_space => {
                let (content, remark) = line.split_at(at);
                return (content.trim_end(), Some(remark.trim_end().to_owned()));
            }
            (None, '"' | '\'') if value_starts => quote = Some(character),
            _ => {}
        }
        after_space = character.is_whitespace();
        value_starts = matches!(character, ':' | ',' | '[' | '{') || (value_starts && after_space);
    }
    (line, None)
}

#[cfg(test)]
mod tests {
    use super::split_remark;

    #[test]
    fn comments_are_split_off_outside_of_quotes() {
        let split = |line| {
            let (content, remark) = split_remark(line);
            format!("{content}|{}", remark.unwrap_or_default())
        };
        assert_eq!(split("# all"), "|# all");
        assert_eq!(split("a: b  # why"), "a: b|# why");
        assert_eq!(split("a: { type: integer } # why # so"), "a: { type: integer }|# why # so");
        assert_eq!(split("a: \"x # y\""), "a: \"x # y\"|");
        assert_eq!(
            split("a: { summary: \"it's # 1\", type: 'b # c' } # d"),
            "a: { summary: \"it's # 1\", type: 'b # c' }|# d"
        );
        assert_eq!(split("a: it doesn't # why"), "a: it doesn't|# why");
        assert_eq!(split("a: b#c"), "a: b#c|");
    }
}
