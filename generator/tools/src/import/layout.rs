//! [`Document`] → the text of a model file in the canonical layout.
//!
//! An item with only short texts is written on one line. An item with details, quirks or lists of fields, or that would
//! be too long, has a line for each key.

use super::document::{Document, Map, Value};

/// Maximum length of an item on one line.
const ITEM: usize = 150;

/// Maximum length of a list on one line, and of the lines of a longer list.
const LIST: usize = 120;
const PART: usize = 118;

/// The order of known keys.
const ORDER: [&str; 68] = [
    "struct",
    "enum",
    "service",
    "builtin",
    "area",
    "module",
    "extends",
    "found_by",
    "type",
    "direction",
    "required",
    "parameter",
    "secret",
    "since",
    "abstract",
    "resource",
    "references",
    "order",
    "read_only",
    "create_only",
    "write_only",
    "one_of",
    "compare",
    "tag",
    "plural_tag",
    "item_tag",
    "rel",
    "segment",
    "answer",
    "already",
    "rust_name",
    "because",
    "deprecated",
    "summary",
    "details",
    "example",
    "mandatory",
    "optional",
    "corrected",
    "attributes",
    "links",
    "follow",
    "always",
    "sometimes",
    "never",
    "values",
    "parameters",
    "signatures",
    "id_search",
    "methods",
    "locators",
    "waiters",
    "unmet",
    "field",
    "success",
    "failure",
    "initial",
    "waiting",
    "transitional",
    "typical",
    "grace",
    "settle",
    "addresses",
    "list",
    "address",
    "network",
    "missing",
    "sources",
];

/// Keys whose values are mappings of named items.
pub(super) const SECTIONS: [&str; 7] =
    ["attributes", "links", "values", "parameters", "signatures", "methods", "locators"];

/// Sections whose items contain sections.
const DEEP: [&str; 2] = ["signatures", "methods"];

/// Keys whose texts are written as blocks.
const BLOCKS: [&str; 2] = ["details", "example"];

/// Keys that can be written on one line.
const SHORT: [&str; 8] = ["type", "direction", "service", "parameter", "secret", "since", "deprecated", "summary"];

/// Renders a file.
pub(super) fn write(document: &Document) -> String {
    let mut writer = Writer { document, lines: Vec::new(), path: Vec::new() };
    writer.mapping(&document.root, 0);
    writer.comment(0, &[]);
    let mut text = writer.lines.join("\n");
    text.push('\n');
    text
}

/// The rank of a key.
pub(super) fn rank(key: &str) -> usize {
    ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len())
}

struct Writer<'d> {
    document: &'d Document,
    lines: Vec<String>,
    path: Vec<String>,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{:depth$}{text}", "").trim_end().to_owned());
    }

    fn comment(&mut self, depth: usize, path: &[String]) {
        for line in self.document.comments.get(path).into_iter().flatten() {
            self.line(depth, line);
        }
    }

    fn mapping(&mut self, map: &Map, depth: usize) {
        let mut map = map.clone();
        map.sort_by_key(rank);
        for (key, value) in map.entries() {
            self.path.push(key.to_owned());
            let path = self.path.clone();
            self.comment(depth, &path);
            let first = self.lines.len();
            match value {
                Value::Map(items) if SECTIONS.contains(&key) => {
                    if !items.is_empty() {
                        self.line(depth, &format!("{key}:"));
                        self.items(items, depth + 2, DEEP.contains(&key));
                    }
                }
                Value::Map(inner) => {
                    self.line(depth, &format!("{key}:"));
                    self.mapping(inner, depth + 2);
                }
                Value::Text(text) if BLOCKS.contains(&key) => {
                    self.line(depth, &format!("{key}: |"));
                    text.trim_end().lines().for_each(|line| self.line(depth + 2, line));
                }
                Value::List(items) => self.list(key, items, depth),
                value => self.line(depth, &format!("{key}: {}", scalar(value, false))),
            }
            self.remark(first);
            self.path.pop();
        }
    }

    fn items(&mut self, items: &Map, depth: usize, deep: bool) {
        let mut items = items.clone();
        items.sort_by_key(str::to_owned);
        for (name, item) in items.maps() {
            self.path.push(name.to_owned());
            let path = self.path.clone();
            self.comment(depth, &path);
            let key = key(name);
            let short = item.entries().all(|(key, _)| SHORT.contains(&key)) && !self.has_comments_within();
            let line = short.then(|| flow(&key, item, deep)).flatten();
            let first = self.lines.len();
            match line.filter(|line| depth + line.chars().count() <= ITEM) {
                Some(line) => self.line(depth, &line),
                None => {
                    self.line(depth, &format!("{key}:"));
                    self.mapping(item, depth + 2);
                }
            }
            self.remark(first);
            self.path.pop();
        }
    }

    fn has_comments_within(&self) -> bool {
        let mut paths = self.document.comments.keys().chain(self.document.remarks.keys());
        paths.any(|path| path.len() > self.path.len() && path.starts_with(&self.path))
    }

    /// Adds the comment that belongs to the current key to the line of that key.
    fn remark(&mut self, line: usize) {
        if let (Some(remark), Some(line)) = (self.document.remarks.get(&self.path), self.lines.get_mut(line)) {
            line.push_str("  ");
            line.push_str(remark);
        }
    }

    fn list(&mut self, name: &str, items: &[String], depth: usize) {
        let items: Vec<String> = items.iter().map(|item| key(item)).collect();
        let line = format!("{name}: [{}]", items.join(", "));
        if depth + line.chars().count() <= LIST {
            self.line(depth, &line);
            return;
        }
        self.line(depth, &format!("{name}:"));
        let mut line = format!("{:depth$}  [", "");
        for (index, item) in items.iter().enumerate() {
            let end = if index + 1 < items.len() { "," } else { "]" };
            if line.chars().count() + item.chars().count() + end.len() + 1 > PART {
                self.line(0, &line);
                line = format!("{:depth$}   ", "");
            }
            line.push_str(&format!("{item}{end} "));
        }
        self.line(0, &line);
    }
}

/// Formats an item on one line. Items of deep sections must be empty.
fn flow(key: &str, item: &Map, deep: bool) -> Option<String> {
    if item.is_empty() {
        return Some(format!("{key}: {{}}"));
    }
    if deep {
        return None;
    }
    let mut item = item.clone();
    item.sort_by_key(rank);
    let entries: Vec<String> = item.entries().map(|(key, value)| format!("{key}: {}", scalar(value, true))).collect();
    Some(format!("{key}: {{ {} }}", entries.join(", ")))
}

fn scalar(value: &Value, flow: bool) -> String {
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => quoted(text, flow),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| key(item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Nothing | Value::Map(_) => "~".to_owned(),
    }
}

/// A name, quoted if YAML would read it as another type.
fn key(name: &str) -> String {
    if matches!(name, "true" | "false" | "null") { format!("\"{name}\"") } else { name.to_owned() }
}

/// A text, quoted if YAML would read it differently.
fn quoted(text: &str, flow: bool) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let special = text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || !text.starts_with(|first: char| first.is_ascii_alphabetic())
        || text.trim() != text
        || text.contains('\n')
        || words.contains(&text.to_ascii_lowercase().as_str())
        || (flow && text.contains([',', '[', ']', '{', '}', '"', '\'', '`']));
    if special { serde_json::Value::from(text).to_string() } else { text.to_owned() }
}
