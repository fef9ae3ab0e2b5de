//! Files of `searches/` → [`Search`], and `search_values.yaml` → [`SearchValues`].

use super::mapping::{Mapping, NamedEntry, NodeReader};
use crate::diagnostics::Diagnostic;
use crate::syntax::{
    Search, SearchField, SearchKind, SearchOrder, SearchReference, SearchRelations, SearchValue, SearchValues,
};
use crate::yaml::{Kind, Node};

/// The units of numbers, in units of the API.
const UNITS: [(&str, i64); 2] = [("MiB", 1 << 20), ("GiB", 1 << 30)];

pub(super) fn read(mut mapping: Mapping<'_>, stem: &str) -> Option<Search> {
    let name = mapping.required("search", NodeReader::name)?;
    if name.value != *stem {
        let message = format!("the file name does not match `{}`", name.value);
        let problem = Diagnostic::at(name.position, message, format!("the file is named `{stem}.yaml`"))
            .help(format!("rename the file to `{}.yaml`, or the search to `{stem}`", name.value));
        mapping.reader().problems.push(problem);
    }
    let docs = mapping.docs();
    mapping.reason(&[]);
    let text = mapping.optional("name", NodeReader::text);
    let types = mapping.required("types", NodeReader::names).unwrap_or_default();
    let services = mapping.optional("services", NodeReader::names).unwrap_or_default();
    let by_reference = mapping.optional("by_reference", NodeReader::flag).unwrap_or_default();
    let order = mapping.required("order", list).unwrap_or_default();
    let pages = mapping.optional("pages", NodeReader::name);
    let fields = mapping.required("fields", NodeReader::entries).unwrap_or_default();
    let references = mapping.optional("references", NodeReader::entries).unwrap_or_default();
    let reader = mapping.finish();
    let order = order.into_iter().filter_map(|node| read_order(reader, node)).collect();
    let fields = fields.into_iter().filter_map(|entry| read_field(reader, entry)).collect();
    let references = references.into_iter().filter_map(|entry| read_reference(reader, entry)).collect();
    Some(Search { name, text, docs, types, services, by_reference, order, pages, fields, references })
}

fn list<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Vec<&'a Node>> {
    match &node.kind {
        Kind::List(items) => Some(items.iter().collect()),
        _ => reader.unexpected(node, "a list of paths, such as `[{ path: name }]`"),
    }
}

fn read_order<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<SearchOrder> {
    let mut mapping = reader.map(node)?;
    let path = mapping.required("path", NodeReader::positioned_text);
    let kind = mapping.optional("kind", read_kind).unwrap_or(SearchKind::Text);
    let descending = mapping.optional("descending", NodeReader::flag).unwrap_or_default();
    mapping.finish();
    Some(SearchOrder { path: path?, kind, descending })
}

fn read_field<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>) -> Option<SearchField> {
    let mut mapping = reader.map(entry.node)?;
    let text = mapping.optional("name", NodeReader::text);
    let docs = mapping.docs();
    mapping.reason(&[]);
    let path = mapping.required("path", NodeReader::positioned_text);
    let kind = mapping.optional("kind", read_kind).unwrap_or(SearchKind::Text);
    let relations = mapping.optional("relations", read_relations);
    let unit = mapping.optional("unit", read_unit).unwrap_or(1);
    let values = mapping.optional("values", NodeReader::name);
    if relations == Some(kind.relations()) {
        let message = format!("redundant key: `{}` has these relations anyway", kind.as_str());
        let problem = Diagnostic::at(mapping.key_position("relations"), message, "same as without the key");
        reader.problems.push(problem.help("remove the key"));
    }
    if values.is_some() != (kind == SearchKind::Choice) {
        let message = format!("`{}` needs both `kind: choice` and `values`, or neither", entry.name.value);
        let problem = Diagnostic::at(entry.name.position, message, "has only one of them");
        reader.problems.push(problem.help("`values` names an entry of `search_values.yaml`"));
    }
    mapping.finish();
    Some(SearchField {
        text: text.unwrap_or_else(|| entry.name.value.to_string()),
        name: entry.name,
        docs,
        path: path?,
        kind,
        relations: relations.unwrap_or(kind.relations()),
        unit,
        values,
    })
}

fn read_reference<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>) -> Option<SearchReference> {
    let mut mapping = reader.map(entry.node)?;
    let text = mapping.optional("name", NodeReader::text).unwrap_or_else(|| entry.name.value.to_string());
    let docs = mapping.docs();
    mapping.reason(&[]);
    let path = mapping.optional("path", NodeReader::positioned_text);
    let search = mapping.required("search", NodeReader::name);
    mapping.finish();
    Some(SearchReference { name: entry.name, text, docs, path, search: search? })
}

/// Finds a text among the valid ones.
fn read_one_of<T: Copy>(reader: NodeReader<'_>, node: &Node, all: &[(&'static str, T)]) -> Option<T> {
    let text = reader.text(node)?;
    let found = all.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    if found.is_none() {
        let names = all.iter().map(|(name, _)| *name);
        let valid = names.clone().collect::<Vec<_>>().join(", ");
        let problem = Diagnostic::at(reader.position(node), format!("unknown value `{text}`"), "invalid value")
            .suggest(&text, names)
            .help(format!("valid values are: {valid}"));
        reader.problems.push(problem);
    }
    found
}

fn read_kind<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<SearchKind> {
    let all: Vec<_> = SearchKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect();
    read_one_of(reader, node, &all)
}

fn read_relations<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<SearchRelations> {
    let all: Vec<_> = SearchRelations::ALL.iter().map(|relations| (relations.as_str(), *relations)).collect();
    read_one_of(reader, node, &all)
}

fn read_unit<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<i64> {
    read_one_of(reader, node, &UNITS)
}

/// Reads `search_values.yaml`.
pub(super) fn read_values(mut mapping: Mapping<'_>) -> Vec<SearchValues> {
    let all = mapping.all_entries();
    let reader = mapping.reader();
    all.into_iter().filter_map(|entry| read_enum(reader, entry)).collect()
}

fn read_enum<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>) -> Option<SearchValues> {
    let Kind::Map(entries) = &entry.node.kind else {
        return reader.unexpected(entry.node, "a mapping of values");
    };
    let mut values: Vec<SearchValue> = Vec::new();
    for (key, node) in entries {
        let Some(name) = reader.positioned_text(key) else { continue };
        if let Some(first) = values.iter().find(|value| value.name == name.value) {
            reader.repeated(&name.value, name.position, first.position);
            continue;
        }
        let api = reader.text_or_null(node).flatten();
        values.push(SearchValue { name: name.value, position: name.position, api });
    }
    Some(SearchValues { name: entry.name, values })
}
