//! Merges facts into the current files. Facts are replaced; everything else is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Map, Value};
use super::facts::Facts;
use super::layout::SECTIONS;
use super::report::{Changed, Item, Report};

/// Keys with facts. `deprecated` is a fact too, but the text of its note is ours.
const FACTS: [&str; 13] = [
    "struct",
    "enum",
    "service",
    "extends",
    "area",
    "module",
    "type",
    "direction",
    "parameter",
    "since",
    "required",
    "mandatory",
    "optional",
];
const DEPRECATED: &str = "deprecated";
/// The reason why the lists of fields differ from upstream's.
const CORRECTED: &str = "corrected";
const FIELD_LISTS: [&str; 2] = ["mandatory", "optional"];
const BUILTIN: &str = "builtin";
const SUMMARY: &str = "summary";

/// Keys of quirks.
pub(super) const QUIRKS: [&str; 9] =
    ["tag", "plural_tag", "item_tag", "rel", "segment", "answer", "already", "order", "rust_name"];

/// Merges all files. `shared` are the parameters with shared summaries.
pub(super) fn merge(
    facts: Facts,
    ours: &BTreeMap<String, Document>,
    shared: &BTreeSet<String>,
    report: &mut Report,
) -> BTreeMap<String, Document> {
    report.notes.extend(facts.notes);
    let mut merged = BTreeMap::new();
    for (file, document) in ours.iter().filter(|(file, _)| !facts.files.contains_key(*file)) {
        if document.root.has(BUILTIN) {
            merged.insert(file.clone(), document.clone());
        } else {
            let mut merger = Merger { file, shared, report, path: Vec::new(), inherited: BTreeSet::new() };
            merger.removed(&document.root);
        }
    }
    for (file, facts) in facts.files {
        let mut merger = Merger { file: &file, shared, report, path: Vec::new(), inherited: BTreeSet::new() };
        let present = ours.get(&file);
        let root = merger.item(&facts, present.map(|it| &it.root), "");
        let mut comments = present.map(|it| it.comments.clone()).unwrap_or_default();
        comments.retain(|path, _| path.is_empty() || exists(&root, path));
        let mut remarks = present.map(|it| it.remarks.clone()).unwrap_or_default();
        remarks.retain(|path, _| exists(&root, path));
        merged.insert(file, Document { root, comments, remarks });
    }
    merged
}

fn exists(map: &Map, path: &[String]) -> bool {
    match path.split_first() {
        None => true,
        Some((first, [])) => map.has(first),
        Some((first, rest)) => map.map(first).is_some_and(|inner| exists(inner, rest)),
    }
}

struct Merger<'m> {
    file: &'m str,
    shared: &'m BTreeSet<String>,
    report: &'m mut Report,
    path: Vec<String>,
    /// The parameters of the current method, which its signatures inherit.
    inherited: BTreeSet<String>,
}

impl Merger<'_> {
    fn here(&self) -> Item {
        Item { file: self.file.to_owned(), path: self.path.clone() }
    }

    /// Merges an item of a section, or a whole file.
    fn item(&mut self, facts: &Map, ours: Option<&Map>, section: &str) -> Map {
        let mut merged = Map::default();
        for (key, value) in facts.entries().filter(|(key, _)| !SECTIONS.contains(key)) {
            merged.set(key, value.clone());
        }
        match ours {
            None => {
                self.report.added.push((self.here(), facts.get("type").cloned().map(|ty| shown(&ty))));
                if self.needs_summary(section) {
                    merged.set(SUMMARY, Value::Nothing);
                    self.report.unwritten += 1;
                }
            }
            Some(ours) => self.keep(&mut merged, ours),
        }
        if section == "methods" {
            let parameters = facts.map("parameters").into_iter().flat_map(Map::entries);
            self.inherited = parameters.map(|(name, _)| name.to_owned()).collect();
        }
        for section in SECTIONS {
            let items = facts.map(section).cloned().unwrap_or_default();
            let merged_items = self.section(&items, ours, section, facts);
            if facts.has(section) {
                merged.set(section, Value::Map(merged_items));
            }
        }
        merged
    }

    /// Shared and inherited texts need not be repeated.
    fn needs_summary(&self, section: &str) -> bool {
        let name = self.path.last().map(String::as_str).unwrap_or_default();
        let is_inherited = self.path.iter().any(|part| part == "signatures") && self.inherited.contains(name);
        section != "parameters" || !(is_inherited || self.shared.contains(name))
    }

    fn keep(&mut self, merged: &mut Map, ours: &Map) {
        if ours.has(CORRECTED) {
            self.keep_correction(merged, ours);
        }
        for (key, value) in ours.entries().filter(|(key, _)| !FACTS.contains(key) && !SECTIONS.contains(key)) {
            match key {
                DEPRECATED if merged.has(DEPRECATED) => merged.set(DEPRECATED, value.clone()),
                DEPRECATED => {}
                BUILTIN => {
                    let note = format!("{}: removed `builtin`, because upstream now declares it", self.file);
                    self.report.notes.push(note);
                }
                _ => merged.set(key, value.clone()),
            }
        }
        let facts: Vec<&str> = FACTS.into_iter().chain([DEPRECATED]).collect();
        for key in facts {
            let (old, new) = (ours.get(key), merged.get(key));
            if old != new {
                let (old, new) = match key {
                    key if FIELD_LISTS.contains(&key) => (without(old, new), without(new, old)),
                    _ => (old.map(shown), new.map(shown)),
                };
                let item = self.here();
                self.report.changed.push(Changed { item, key: key.to_owned(), old, new });
            }
        }
    }

    /// Keeps lists of fields that differ from upstream's on purpose.
    fn keep_correction(&mut self, merged: &mut Map, ours: &Map) {
        if FIELD_LISTS.iter().all(|key| ours.get(key) == merged.get(key)) {
            let note = format!("{}: `corrected` is no longer needed: upstream declares the same fields", self.here());
            self.report.notes.push(note);
        }
        for key in FIELD_LISTS {
            match ours.get(key) {
                Some(value) => merged.set(key, value.clone()),
                None => drop(merged.remove(key)),
            }
        }
    }

    fn section(&mut self, facts: &Map, ours: Option<&Map>, section: &str, all: &Map) -> Map {
        self.path.push(section.to_owned());
        let mut merged = Map::default();
        let present = ours.and_then(|ours| ours.map(section));
        let other = match section {
            "attributes" => Some("links"),
            "links" => Some("attributes"),
            _ => None,
        };
        for (name, item) in facts.maps() {
            self.path.push(name.to_owned());
            let moved = other.and_then(|other| ours.and_then(|ours| ours.map(other)?.map(name)));
            let known = present.and_then(|present| present.map(name));
            if let (None, Some(_), Some(other)) = (known, moved, other) {
                let (old, new) = (Some(other.to_owned()), Some(section.to_owned()));
                let changed = Changed { item: self.here(), key: "section".to_owned(), old, new };
                self.report.changed.push(changed);
            }
            // Only a new item itself is reported, not the items in it.
            let value = match ours {
                Some(_) => self.item(item, known.or(moved), section),
                None => self.fresh(item, section),
            };
            merged.set(name, Value::Map(value));
            self.path.pop();
        }
        for (name, item) in present.into_iter().flat_map(Map::maps).filter(|(name, _)| !facts.has(name)) {
            let moved = other.and_then(|other| all.map(other)).is_some_and(|other| other.has(name));
            if !moved {
                self.path.push(name.to_owned());
                self.removed(item);
                self.path.pop();
            }
        }
        self.path.pop();
        merged
    }

    /// Merges an item of a new item.
    fn fresh(&mut self, facts: &Map, section: &str) -> Map {
        let before = self.report.added.len();
        let item = self.item(facts, None, section);
        self.report.added.truncate(before);
        item
    }

    fn removed(&mut self, item: &Map) {
        self.report.removed.push((self.here(), item.get("type").map(shown)));
        self.removed_quirks(item);
    }

    /// Reports the quirks of removed items.
    fn removed_quirks(&mut self, item: &Map) {
        for quirk in QUIRKS {
            if let Some(value) = item.get(quirk) {
                let text = format!("removed `{quirk}: {}` with the item", shown(value));
                self.report.quirks.push((self.here(), text));
            }
        }
        for (section, items) in item.maps().filter(|(section, _)| SECTIONS.contains(section)) {
            for (name, item) in items.maps() {
                self.path.extend([section.to_owned(), name.to_owned()]);
                self.removed_quirks(item);
                self.path.truncate(self.path.len() - 2);
            }
        }
    }
}

/// The names in a list that are missing in another list.
fn without(list: Option<&Value>, other: Option<&Value>) -> Option<String> {
    let Some(Value::List(names)) = list else { return None };
    let other: &[String] = if let Some(Value::List(other)) = other { other } else { &[] };
    let left: Vec<&str> = names.iter().filter(|name| !other.contains(name)).map(String::as_str).collect();
    (!left.is_empty()).then(|| left.join(", "))
}

/// A value as shown in messages.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Nothing => "nothing".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(items) => format!("[{}]", items.join(", ")),
        Value::Map(_) => "…".to_owned(),
    }
}
