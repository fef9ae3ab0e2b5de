//! Quirks that have nothing to be an exception from any more are taken out, and told.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Map, Value};
use super::merge::{QUIRKS, shown};
use super::report::{Item, Report};
use ovirt_sdk_generator::model::Verb;
use ovirt_sdk_generator::name::Name;
use ovirt_sdk_generator::wire::Plurals;

/// Why a quirk does not hold.
type Reason = Option<String>;

/// Takes out what the checks would refuse.
pub(super) fn prune(documents: &mut BTreeMap<String, Document>, plurals: &Plurals<'_>, report: &mut Report) {
    let types = Types::of(documents);
    for (file, document) in documents.iter_mut() {
        let mut pruner = Pruner { file, report, path: Vec::new() };
        let name = document.root.text("struct").unwrap_or_default().to_owned();
        let members = types.members(&name);
        for list in ["order", "references"] {
            pruner.names(&mut document.root, list, &members);
        }
        if let Some(member) = document.root.text("found_by").filter(|member| !members.contains(*member)) {
            pruner.told(format!("`found_by` loses {member}: no member any more"));
            document.root.remove("found_by");
        }
        pruner.reason(&mut document.root);
        for section in ["attributes", "links"] {
            pruner.section(&mut document.root, section, |key, name, member| match key {
                "rel" if section != "links" || list_item(member).is_none() => {
                    Some("it is no list of links any more".to_owned())
                }
                "item_tag" => types.item_tag(key, name, member, plurals),
                _ => None,
            });
        }
        pruner.section(&mut document.root, "locators", |key, _, locator| {
            (key == "segment" && locator.has("parameter")).then(|| "an identifier stands in the path now".to_owned())
        });
        pruner.section(&mut document.root, "methods", |key, name, _| {
            let action = Name::new(name).is_some_and(|name| Verb::of(&name) == Verb::Action);
            (key == "segment" && !action).then(|| "only actions have a segment".to_owned())
        });
    }
}

/// What the quirks of one file may depend on in others.
struct Types {
    extends: BTreeMap<String, String>,
    members: BTreeMap<String, BTreeSet<String>>,
    tags: BTreeMap<String, String>,
}

impl Types {
    fn of(documents: &BTreeMap<String, Document>) -> Self {
        let mut types = Self { extends: BTreeMap::new(), members: BTreeMap::new(), tags: BTreeMap::new() };
        for root in documents.values().map(|document| &document.root) {
            let Some(name) = root.text("struct") else { continue };
            let sections = ["attributes", "links"].into_iter().filter_map(|section| root.map(section));
            let members = sections.flat_map(Map::maps).map(|(member, _)| member.to_owned()).collect();
            types.members.insert(name.to_owned(), members);
            types.tags.insert(name.to_owned(), root.text("tag").unwrap_or(name).to_owned());
            if let Some(base) = root.text("extends") {
                types.extends.insert(name.to_owned(), base.to_owned());
            }
        }
        types
    }

    /// The members of a struct, inherited ones included.
    fn members(&self, name: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(name);
        while let Some(name) = next.filter(|name| seen.insert((*name).to_owned())) {
            found.extend(self.members.get(name).into_iter().flatten().cloned());
            next = self.extends.get(name).map(String::as_str);
        }
        found
    }

    fn item_tag(&self, key: &str, name: &str, member: &Map, plurals: &Plurals<'_>) -> Reason {
        let Some(item) = list_item(member) else { return Some("it is no list any more".to_owned()) };
        let rule = self.tags.get(item).cloned().unwrap_or_else(|| plurals.singular(name));
        (member.text(key) == Some(rule.as_str())).then(|| "the rule gives it now".to_owned())
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
    fn told(&mut self, text: String) {
        self.report.quirks.push((Item { file: self.file.to_owned(), path: self.path.clone() }, text));
    }

    /// Keeps the names of a list that are members still.
    fn names(&mut self, root: &mut Map, key: &str, members: &BTreeSet<String>) {
        let Some(Value::List(names)) = root.get(key) else { return };
        let kept: Vec<String> = names.iter().filter(|name| members.contains(*name)).cloned().collect();
        if kept.len() == names.len() {
            return;
        }
        let gone: Vec<&str> = names.iter().filter(|name| !kept.contains(name)).map(String::as_str).collect();
        self.told(format!("`{key}` loses {}: no member any more", gone.join(", ")));
        if kept.is_empty() {
            root.remove(key);
        } else {
            root.set(key, Value::List(kept));
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
                    self.told(format!("`{quirk}: {text}` is taken out: {reason}"));
                }
            }
            self.reason(item);
            self.path.pop();
        }
        self.path.pop();
    }

    /// A reason without a quirk goes.
    fn reason(&mut self, item: &mut Map) {
        if item.has("because") && !QUIRKS.iter().any(|quirk| item.has(quirk)) {
            item.remove("because");
        }
    }
}
