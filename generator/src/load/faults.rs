//! `faults.yaml` → [`Faults`].

use std::collections::BTreeMap;

use super::mapping::{Mapping, NodeReader};
use crate::diagnostics::{Diagnostic, Position};
use crate::syntax::{FaultMessage, FaultText, Faults, Positioned};
use crate::yaml::{Kind, Node};

pub(super) fn read(mut mapping: Mapping<'_>) -> Faults {
    let temporary = mapping.optional("temporary", groups).unwrap_or_default();
    let permanent = mapping.optional("permanent", groups).unwrap_or_default();
    let reader = mapping.finish();
    let mut faults = Faults::default();
    let mut known: BTreeMap<String, Position> = BTreeMap::new();
    let groups = temporary.into_iter().map(|it| (true, it)).chain(permanent.into_iter().map(|it| (false, it)));
    for (is_temporary, node) in groups {
        for message in read_group(reader, node, is_temporary).unwrap_or_default() {
            match known.get(&message.key.value) {
                Some(first) => reader.repeated(&message.key.value, message.key.position, *first),
                None => {
                    known.insert(message.key.value.clone(), message.key.position);
                    faults.messages.push(message);
                }
            }
        }
    }
    faults
}

/// A list of groups.
fn groups<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Vec<&'a Node>> {
    match &node.kind {
        Kind::List(items) => Some(items.iter().collect()),
        _ => reader.unexpected(node, "a list of groups of messages"),
    }
}

/// Messages with the same reason.
fn read_group<'a>(reader: NodeReader<'a>, node: &'a Node, temporary: bool) -> Option<Vec<FaultMessage>> {
    let mut mapping = reader.map(node)?;
    let because = mapping.required("because", NodeReader::text)?;
    let messages = mapping.required("messages", keys)?;
    mapping.finish();
    let message = |(key, node): (Positioned<String>, &'a Node)| {
        let texts = texts(reader, node)?;
        if temporary && texts.is_empty() {
            let problem = Diagnostic::at(key.position, format!("`{}` has no text", key.value), "can't be recognized")
                .help("temporary conflicts need the text of the message, without its usual beginning");
            reader.problems.push(problem);
        }
        Some(FaultMessage { key, temporary, because: because.clone(), texts })
    };
    Some(messages.into_iter().filter_map(message).collect())
}

/// A mapping whose keys are the engine's names of messages.
fn keys<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Vec<(Positioned<String>, &'a Node)>> {
    let Kind::Map(entries) = &node.kind else { return reader.unexpected(node, "a mapping of messages") };
    let mut found = Vec::new();
    for (key, value) in entries {
        let Some(name) = reader.positioned_text(key) else { continue };
        let valid = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if name.value.is_empty() || !name.value.chars().all(valid) {
            let message = format!("`{}` is not the name of a message", name.value);
            let problem = Diagnostic::at(name.position, message, "invalid name")
                .help("messages have the engine's names: upper-case words joined by underscores");
            reader.problems.push(problem);
        }
        found.push((name, value));
    }
    Some(found)
}

/// No text, one text, or a list of texts.
fn texts<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Vec<FaultText>> {
    match &node.kind {
        Kind::Null => Some(Vec::new()),
        Kind::List(items) => Some(items.iter().filter_map(|item| text(reader, item)).collect()),
        _ => Some(text(reader, node).into_iter().collect()),
    }
}

/// The literal parts of a text, between parameters such as `${name}`.
fn text<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<FaultText> {
    let text = reader.positioned_text(node)?;
    let problem = |message: &str, help: &str| {
        reader.problems.push(Diagnostic::at(text.position, message.to_owned(), "invalid text").help(help));
    };
    let mut parts = vec![String::new()];
    let mut rest = text.value.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        let Some((_, after)) = after.split_once('}') else {
            problem("a parameter without an end", "parameters look like `${name}`");
            return None;
        };
        if let Some(last) = parts.last_mut() {
            last.push_str(before);
        }
        parts.push(String::new());
        rest = after;
    }
    if let Some(last) = parts.last_mut() {
        last.push_str(rest);
    }
    let words = |part: &String| part.chars().filter(|c| c.is_alphabetic()).count();
    if parts.iter().map(words).sum::<usize>() < 8 {
        problem("the text is too short to recognize a message", "add more of the message");
        return None;
    }
    Some(parts)
}
