//! YAML text → a tree of nodes with positions.
//!
//! Only this module uses `serde_yaml`.
//!
//! `serde_yaml` reports positions only in errors. So each node has its ordinal number in document order, and [`locate`]
//! parses the text again and stops with an error at the node with that number. This costs nothing until a diagnostic is
//! printed.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Visitor};

/// The ordinal number of a node in its document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(u32);

/// A node of a document.
#[derive(Clone, Debug)]
pub struct Node {
    /// Ordinal number, from which the position is computed.
    pub mark: Mark,
    /// Struct or enum.
    pub kind: Kind,
}

/// The kind of a node.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`, or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An unquoted number. Its text is lost, so `4.10` and `4.1` are indistinguishable.
    Number,
    /// A text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in document order. Keys can repeat.
    Map(Vec<(Node, Node)>),
}

/// An error: a text is not valid YAML.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// The message, without the position.
    pub message: String,
    /// Byte offset, if known.
    pub offset: Option<usize>,
}

/// Maximum depth of nested brackets. The parser takes very long for texts with many open ones.
const MAX_DEPTH: usize = 100;

/// Parses a document.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    check_characters(text)?;
    let walk = Walk { next: Cell::new(0), stop: None };
    Seed(&walk).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let offset = error.location().map(|location| byte_offset(text, location.line(), location.column()));
        likely_mistake(text, offset).unwrap_or_else(|| SyntaxError { message: without_position(&error), offset })
    })
}

/// Fails on characters that the parser reports without their position, and on nesting that is too deep for it.
fn check_characters(text: &str) -> Result<(), SyntaxError> {
    let mut depth = 0_usize;
    for (offset, character) in text.char_indices() {
        let message = match character {
            '\u{feff}' if offset == 0 => {
                "the file starts with a byte order mark; save it as UTF-8 without one".to_owned()
            }
            '\u{fffd}' => "the file is not UTF-8 here".to_owned(),
            '\n' | '\r' | '\t' => continue,
            other if other.is_control() => {
                format!("the control character U+{:04X} is not allowed", u32::from(other))
            }
            '[' | '{' => {
                depth += 1;
                if depth <= MAX_DEPTH {
                    continue;
                }
                format!("more than {MAX_DEPTH} open brackets")
            }
            ']' | '}' => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ => continue,
        };
        return Err(SyntaxError { message, offset: Some(offset) });
    }
    Ok(())
}

/// Explains common mistakes in a text that the parser rejects at an offset.
fn likely_mistake(text: &str, offset: Option<usize>) -> Option<SyntaxError> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if ["<<<<<<< ", ">>>>>>> ", "======="].iter().any(|marker| line.starts_with(marker)) {
            let message = "the file contains a merge conflict".to_owned();
            return Some(SyntaxError { message, offset: Some(start) });
        }
        start += line.len();
    }
    let before = text.get(..offset?)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = text.get(start..)?.chars().take_while(|character| matches!(character, ' ' | '\t'));
    let tab = indent.collect::<String>().find('\t')?;
    Some(SyntaxError { message: "tabs can't indent; use spaces".to_owned(), offset: Some(start + tab) })
}

/// Returns the byte offset of a node.
pub fn locate(text: &str, mark: Mark) -> usize {
    let walk = Walk { next: Cell::new(0), stop: Some(mark) };
    match Seed(&walk).deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(_) => 0,
        Err(error) => error.location().map_or(0, |at| byte_offset(text, at.line(), at.column())),
    }
}

/// The byte offset of a line and column. The index in `serde_yaml`'s location counts characters.
fn byte_offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
}

fn without_position(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    match text.find(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

struct Walk {
    next: Cell<u32>,
    stop: Option<Mark>,
}

impl Walk {
    /// Numbers the current node, or stops there.
    fn enter<E: serde::de::Error>(&self) -> Result<Mark, E> {
        let mark = Mark(self.next.get());
        self.next.set(mark.0 + 1);
        if self.stop == Some(mark) { Err(E::custom("found")) } else { Ok(mark) }
    }
}

struct Seed<'w>(&'w Walk);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seed<'_> {
    fn leaf<E: serde::de::Error>(&self, kind: Kind) -> Result<Node, E> {
        Ok(Node { mark: self.0.enter()?, kind })
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        self.leaf(Kind::Null)
    }

    /// An empty document.
    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.leaf(Kind::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Node, E> {
        self.leaf(Kind::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Node, E> {
        self.leaf(Kind::Number)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Node, E> {
        self.leaf(Kind::Number)
    }

    fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<Node, E> {
        self.leaf(Kind::Number)
    }

    fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<Node, E> {
        self.leaf(Kind::Number)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Node, E> {
        self.leaf(Kind::Number)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Node, E> {
        self.leaf(Kind::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mark = self.0.enter()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Seed(self.0))? {
            items.push(item);
        }
        Ok(Node { mark, kind: Kind::List(items) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mark = self.0.enter()?;
        let mut entries = Vec::new();
        while let Some(key) = access.next_key_seed(Seed(self.0))? {
            entries.push((key, access.next_value_seed(Seed(self.0))?));
        }
        Ok(Node { mark, kind: Kind::Map(entries) })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _access: A) -> Result<Node, A::Error> {
        Err(A::Error::custom("YAML tags such as `!name` are not supported"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(node: &Node) -> &[(Node, Node)] {
        match &node.kind {
            Kind::Map(entries) => entries,
            other => panic!("{other:?} is not a mapping"),
        }
    }

    #[test]
    fn every_node_is_located() {
        let text =
            "struct: vm\nattributes:\n  status: { type: [vm_status], since: \"4.2\" }\n  é: x\nlast: |\n  text\n";
        let root = parse(text).expect("the text is valid YAML");
        let at = |mark| text.get(locate(text, mark)..).expect("the offset is in the text");
        let entries = map(&root);
        assert!(at(root.mark).starts_with("struct:"));
        assert!(at(entries[0].1.mark).starts_with("vm\n"));
        let attributes = map(&entries[1].1);
        assert!(at(attributes[0].0.mark).starts_with("status:"));
        let status = map(&attributes[0].1);
        assert!(at(status[0].1.mark).starts_with("[vm_status]"));
        assert!(at(status[1].1.mark).starts_with("\"4.2\""));
        assert!(at(attributes[1].1.mark).starts_with("x\n"));
        assert!(at(entries[2].0.mark).starts_with("last:"));
    }

    #[test]
    fn syntax_errors_have_a_position() {
        let error = parse("struct: vm\nattributes: {\n  a: b\n").expect_err("the brace is not closed");
        assert!(error.offset.is_some());
        assert!(!error.message.contains("line"), "{}", error.message);
    }
}
