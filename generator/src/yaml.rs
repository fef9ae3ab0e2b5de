//! YAML text → a tree of nodes that know where they stand.
//!
//! The only module that knows `serde_yaml`: whoever replaces that crate changes this file alone.
//!
//! `serde_yaml` tells positions only in its errors. So every node of the tree carries its ordinal number in document
//! order, and [`locate`] finds the position of a node by reading the text again and stopping, with an error, at the
//! node of that number. That costs nothing until a diagnostic is printed.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Visitor};

/// The ordinal number of a node in its document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(u32);

/// One node of a document.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub mark: Mark,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that is not quoted. Its text is lost, and `4.10` would not be told from `4.1`.
    Number,
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in document order, with repeated keys.
    Map(Vec<(Node, Node)>),
}

/// A text that is no YAML.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// What is wrong, without the position.
    pub message: String,
    /// Byte offset, where known.
    pub offset: Option<usize>,
}

/// Reads a document.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    let walk = Walk { next: Cell::new(0), stop: None };
    Seed(&walk).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let offset = error.location().map(|location| byte_offset(text, location.line(), location.column()));
        SyntaxError { message: without_position(&error), offset }
    })
}

/// The byte offset at which a node of a document that was read before begins.
pub fn locate(text: &str, mark: Mark) -> usize {
    let walk = Walk { next: Cell::new(0), stop: Some(mark) };
    match Seed(&walk).deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(_) => 0,
        Err(error) => error.location().map_or(0, |at| byte_offset(text, at.line(), at.column())),
    }
}

/// The offset of a position; counted from its line and column, since the crate's own index counts characters.
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
    /// Numbers the node at which the reader is, or stops there.
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

    /// A document without any node.
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
        Err(A::Error::custom("tags such as `!name` have no meaning here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(node: &Node) -> &[(Node, Node)] {
        match &node.kind {
            Kind::Map(entries) => entries,
            other => panic!("{other:?} is no mapping"),
        }
    }

    #[test]
    fn every_node_is_found_again() {
        let text =
            "struct: vm\nattributes:\n  status: { type: [vm_status], since: \"4.2\" }\n  é: x\nlast: |\n  text\n";
        let root = parse(text).expect("it is YAML");
        let at = |mark| text.get(locate(text, mark)..).expect("a node begins within the text");
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
        let error = parse("struct: vm\nattributes: {\n  a: b\n").expect_err("the brace is open");
        assert!(error.offset.is_some());
        assert!(!error.message.contains("line"), "{}", error.message);
    }
}
