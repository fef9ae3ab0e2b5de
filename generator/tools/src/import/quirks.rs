//! Removes and reports quirks that no longer apply.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Map, Value};
use super::merge::{QUIRKS, shown};
use super::report::{Item, Report};
use ovirt_sdk_generator::model::Verb;
use ovirt_sdk_generator::name::Name;
use ovirt_sdk_generator::wire::Plurals;

/// Why a quirk no longer applies.
type Reason = Option<String>;

/// Removes what would fail the checks.
pub(super) fn prune(documents: &mut BTreeMap<String, Document>, plurals: &Plurals<'_>, report: &mut Report) {
    let types = Types::collect(documents);
    for (file, document) in documents.iter_mut() {
        let mut pruner = Pruner { file, report, path: Vec::new() };
        let name = document.root.text("struct").unwrap_or_default().to_owned();
        let fields = types.fields(&name);
        for list in ["order", "references", "read_only", "create_only", "write_only"] {
            pruner.names(&mut document.root, list, &fields);
        }
        if let Some(groups) = document.root.map_mut("one_of") {
            let names: Vec<String> = groups.entries().map(|(group, _)| group.to_owned()).collect();
            for group in names {
                pruner.names(groups, &group, &fields);
            }
        }
        pruner.follow(&mut document.root, &fields);
        pruner.reason(&mut document.root);
        for section in ["attributes", "links"] {
            pruner.section(&mut document.root, section, |key, name, member| match key {
                "rel" if section != "links" || list_item(member).is_none() => {
                    Some("no longer a list of links".to_owned())
                }
                "item_tag" => types.item_tag(key, name, member, plurals),
                _ => None,
            });
        }
        pruner.section(&mut document.root, "locators", |key, _, locator| {
            (key == "segment" && locator.has("parameter")).then(|| "the path now contains an identifier".to_owned())
        });
        pruner.section(&mut document.root, "methods", |key, name, _| {
            let action = Name::new(name).is_some_and(|name| Verb::from_method(&name) == Verb::Action);
            (matches!(key, "segment" | "already") && !action).then(|| format!("only actions have `{key}`"))
        });
    }
}

/// Facts about structs that the quirks of other files depend on.
struct Types {
    extends: BTreeMap<String, String>,
    fields: BTreeMap<String, BTreeSet<String>>,
    tags: BTreeMap<String, String>,
}

impl Types {
    fn collect(documents: &BTreeMap<String, Document>) -> Self {
        let mut types = Self { extends: BTreeMap::new(), fields: BTreeMap::new(), tags: BTreeMap::new() };
        for root in documents.values().map(|document| &document.root) {
            let Some(name) = root.text("struct") else { continue };
            let sections = ["attributes", "links"].into_iter().filter_map(|section| root.map(section));
            let fields = sections.flat_map(Map::maps).map(|(member, _)| member.to_owned()).collect();
            types.fields.insert(name.to_owned(), fields);
            types.tags.insert(name.to_owned(), root.text("tag").unwrap_or(name).to_owned());
            if let Some(base) = root.text("extends") {
                types.extends.insert(name.to_owned(), base.to_owned());
            }
        }
        types
    }

    /// The fields of a struct, including inherited ones.
    fn fields(&self, name: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(name);
        while let Some(name) = next.filter(|name| seen.insert((*name).to_owned())) {
            found.extend(self.fields.get(name).into_iter().flatten().cloned());
            next = self.extends.get(name).map(String::as_str);
        }
        found
    }

    fn item_tag(&self, key: &str, name: &str, member: &Map, plurals: &Plurals<'_>) -> Reason {
        let Some(item) = list_item(member) else { return Some("no longer a list".to_owned()) };
        let rule = self.tags.get(item).cloned().unwrap_or_else(|| plurals.singular(name));
        (member.text(key) == Some(rule.as_str())).then(|| "now the regular tag".to_owned())
    }
}

fn list_item(member: &Map) -> Option<&str> {
    match member.get("type") {
        Some(Value::List(items)) => items.first().map(String::as_str),
        _ => None,
    }
}

struct Pruner<'p> {
    file: &'p str,
    report: &'p mut Report,
    path: Vec<String>,
}

impl Pruner<'_> {
    fn report(&mut self, text: String) {
        self.report.quirks.push((Item { file: self.file.to_owned(), path: self.path.clone() }, text));
    }

    /// Removes names that are no longer fields from a list.
    fn names(&mut self, root: &mut Map, key: &str, fields: &BTreeSet<String>) {
        let Some(Value::List(names)) = root.get(key) else { return };
        let kept: Vec<String> = names.iter().filter(|name| fields.contains(*name)).cloned().collect();
        if kept.len() == names.len() {
            return;
        }
        let gone: Vec<&str> = names.iter().filter(|name| !kept.contains(name)).map(String::as_str).collect();
        self.report(format!("removed {} from `{key}`: no longer a field", gone.join(", ")));
        if kept.is_empty() {
            root.remove(key);
        } else {
            root.set(key, Value::List(kept));
        }
    }

    /// Removes links that are no longer fields from `follow`.
    fn follow(&mut self, root: &mut Map, fields: &BTreeSet<String>) {
        const FOLLOW: &str = "follow";
        let Some(follow) = root.map_mut(FOLLOW) else { return };
        self.path.push(FOLLOW.to_owned());
        self.names(follow, "always", fields);
        for key in ["sometimes", "never"] {
            let Some(exceptions) = follow.map_mut(key) else { continue };
            let gone = exceptions.entries().map(|(name, _)| name).filter(|name| !fields.contains(*name));
            let gone: Vec<String> = gone.map(str::to_owned).collect();
            for name in &gone {
                exceptions.remove(name);
            }
            if exceptions.is_empty() {
                follow.remove(key);
            }
            if !gone.is_empty() {
                self.report(format!("removed {} from `{key}`: no longer a field", gone.join(", ")));
            }
        }
        self.path.pop();
        if root.map(FOLLOW).is_some_and(Map::is_empty) {
            root.remove(FOLLOW);
        }
    }

    fn section(&mut self, root: &mut Map, section: &str, reason: impl Fn(&str, &str, &Map) -> Reason) {
        self.path.push(section.to_owned());
        for (name, item) in root.map_mut(section).into_iter().flat_map(Map::entries_mut) {
            let Value::Map(item) = item else { continue };
            self.path.push(name.to_owned());
            for quirk in QUIRKS {
                let text = item.get(quirk).map(shown);
                if let (Some(text), Some(reason)) = (text, reason(quirk, name, item)) {
                    item.remove(quirk);
                    self.report(format!("removed `{quirk}: {text}`: {reason}"));
                }
            }
            self.reason(item);
            self.path.pop();
        }
        self.path.pop();
    }

    /// Removes a reason without a quirk.
    fn reason(&mut self, item: &mut Map) {
        if item.has("because") && !QUIRKS.iter().any(|quirk| item.has(quirk)) {
            item.remove("because");
        }
    }
}
