//! Random documents of any struct of the API, generated from its table.
//!
//! The same seed generates the same documents. A document is a tree of nodes, so the same object can be written in
//! several ways: with its children in another order, with character references or `CDATA`, indented or not.

use std::ops::RangeInclusive;

use fastrand::Rng;
use ovirt_sdk::object::{Kind, Member, ScalarKind, StructInfo};

/// Texts that need correct escaping and whitespace handling.
const AWKWARD: &[&str] = &[
    "",
    " ",
    "\n",
    "\t",
    "\r",
    "\r\n",
    " a ",
    "\n  indented\n",
    "a\tb",
    "a\rb",
    "a\r\nb",
    "<b>&amp;</b>",
    "&",
    "&#10;",
    "&lt;",
    "a < b > c",
    "\"double\" and 'single'",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- no comment -->",
    "<?no instruction?>",
    "héhé ✓ 日本語",
    "🦀🦀",
    "\u{85}\u{2028}\u{FEFF}\u{FFFD}\u{7F}",
    "\u{10FFFF}",
    "null",
    "true",
    "0",
];

/// Generates random documents.
#[derive(Debug)]
pub struct Random {
    rng: Rng,
    integers: RangeInclusive<i64>,
}

/// An element of a document.
#[derive(Clone, Debug)]
pub struct Node {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(String),
    /// The fields of an object, in any order.
    Members(Vec<Node>),
    /// The items of a list. Their order is significant.
    Items(Vec<Node>),
}

impl Random {
    /// A generator with this seed, which generates integers of the full 64-bit range.
    pub fn new(seed: u64) -> Self {
        Self { rng: Rng::with_seed(seed), integers: i64::MIN..=i64::MAX }
    }

    /// Limits integers to this range.
    #[must_use]
    pub fn integers(self, integers: RangeInclusive<i64>) -> Self {
        Self { integers, ..self }
    }

    /// A document with one object, which contains at most `levels` levels of nested objects.
    pub fn object(&mut self, info: &'static StructInfo, levels: u32) -> Node {
        self.node(info.tag, info, levels)
    }

    /// A document with a collection of objects.
    pub fn collection(&mut self, info: &'static StructInfo, levels: u32) -> Node {
        Node { tag: info.plural_tag, attributes: Vec::new(), content: self.items(info.tag, info, levels) }
    }

    fn node(&mut self, tag: &'static str, info: &'static StructInfo, levels: u32) -> Node {
        // Most objects are sparse, but every field of a small struct must appear as well.
        let share: f64 = *self.rng.choice(&[0.02, 0.1, 0.3, 0.9]).unwrap_or(&0.3);
        let model = info.new_object();
        let mut attributes = Vec::new();
        let mut members = Vec::new();
        for (index, member) in info.members.iter().enumerate() {
            let Some(slot) = model.slot(index) else { continue };
            let kind = slot.kind();
            if member.is_attribute {
                if let Kind::Value(item) = kind
                    && self.rng.f64() < share.max(0.5)
                {
                    attributes.push((member.tag, self.text(item)));
                }
                continue;
            }
            if let Some(rel) = member.rel.filter(|_| info.is_resource())
                && self.rng.f64() < share
            {
                members.push(link(rel, format!("/ovirt-engine/api/{}?a=1&b=2", self.rng.u32(..))));
            }
            if self.rng.f64() < share {
                members.extend(self.member(member, kind, levels));
            }
        }
        Node { tag, attributes, content: Content::Members(members) }
    }

    fn member(&mut self, member: &'static Member, kind: Kind, levels: u32) -> Option<Node> {
        let content = match kind {
            Kind::Value(item) => Content::Text(self.text(item)),
            Kind::Object(info) if levels > 0 => return Some(self.node(member.tag, info, levels - 1)),
            Kind::List(info) if levels > 0 => self.items(member.item_tag?, info, levels - 1),
            Kind::List(_) => Content::Items(Vec::new()),
            Kind::Values(item) => {
                let tag = member.item_tag?;
                let count = self.rng.usize(..4);
                let value = |_| Node { tag, attributes: Vec::new(), content: Content::Text(self.text(item)) };
                Content::Items((0..count).map(value).collect())
            }
            _ => return None,
        };
        Some(Node { tag: member.tag, attributes: Vec::new(), content })
    }

    fn items(&mut self, tag: &'static str, info: &'static StructInfo, levels: u32) -> Content {
        let count = self.rng.usize(..4);
        Content::Items((0..count).map(|_| self.node(tag, info, levels)).collect())
    }

    fn text(&mut self, item: ScalarKind) -> String {
        match item {
            ScalarKind::Boolean => self.rng.bool().to_string(),
            ScalarKind::Integer => self.integer().to_string(),
            ScalarKind::Decimal => self.decimal(),
            ScalarKind::Date => self.date(),
            ScalarKind::Enum { texts, .. } => self.rng.choice(texts()).unwrap_or_default().to_owned(),
            _ => self.words(),
        }
    }

    fn integer(&mut self) -> i64 {
        let (least, most) = (*self.integers.start(), *self.integers.end());
        match self.rng.u8(..8) {
            0 => least,
            1 => most,
            2..=4 => self.rng.i64(0.max(least)..=1000.min(most)),
            _ => self.rng.i64(least..=most),
        }
    }

    fn decimal(&mut self) -> String {
        let (whole, fraction) = (self.rng.i32(..), self.rng.u32(..));
        match self.rng.u8(..3) {
            0 => whole.to_string(),
            1 => format!("{whole}.{fraction}"),
            _ => format!("0.{fraction}"),
        }
    }

    fn date(&mut self) -> String {
        let rng = &mut self.rng;
        let (year, month, day) = (rng.u16(1970..=2100), rng.u8(1..=12), rng.u8(1..=28));
        let (hour, minute, second) = (rng.u8(..24), rng.u8(..60), rng.u8(..60));
        let fraction = *rng.choice(&["", ".000", ".5", ".123", ".123456", ".123456789"]).unwrap_or(&"");
        let offset = *rng.choice(&["Z", "+00:00", "+02:00", "-03:30", "+14:00"]).unwrap_or(&"Z");
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
    }

    fn words(&mut self) -> String {
        match self.rng.u8(..4) {
            0 => self.rng.choice(AWKWARD).unwrap_or(&"").to_string(),
            1 => (0..self.rng.usize(..4)).filter_map(|_| self.rng.choice(AWKWARD).copied()).collect(),
            2 => format!("{:016x}", self.rng.u64(..)),
            _ => (0..self.rng.usize(..12)).map(|_| self.rng.lowercase()).collect(),
        }
    }

    /// Shuffles the fields of all objects.
    pub fn shuffle(&mut self, node: &mut Node) {
        match &mut node.content {
            Content::Text(_) => {}
            Content::Members(children) => {
                self.rng.shuffle(children);
                children.iter_mut().for_each(|child| self.shuffle(child));
            }
            Content::Items(children) => children.iter_mut().for_each(|child| self.shuffle(child)),
        }
    }

    /// Writes a document, choosing at random between equivalent XML forms.
    pub fn write(&mut self, node: &Node) -> String {
        let mut out = String::new();
        if self.rng.bool() {
            out.push_str("<?xml version='1.0' encoding='utf-8'?>\n");
        }
        self.write_node(node, &mut out);
        out
    }

    fn write_node(&mut self, node: &Node, out: &mut String) {
        self.filling(out);
        out.push('<');
        out.push_str(node.tag);
        for (name, value) in &node.attributes {
            let quote = *self.rng.choice(&['"', '\'']).unwrap_or(&'"');
            out.push_str(self.rng.choice(&[" ", "\n  ", "\t"]).unwrap_or(&" "));
            out.push_str(name);
            out.push_str(self.rng.choice(&["=", " = "]).unwrap_or(&"="));
            out.push(quote);
            self.escape(value, true, out);
            out.push(quote);
        }
        match &node.content {
            Content::Members(children) | Content::Items(children) if children.is_empty() && self.rng.bool() => {
                out.push_str("/>");
                return;
            }
            Content::Members(children) | Content::Items(children) => {
                out.push('>');
                children.iter().for_each(|child| self.write_node(child, out));
                self.filling(out);
            }
            Content::Text(text) => {
                out.push('>');
                if self.rng.u8(..4) == 0 && !text.contains("]]>") && !text.contains('\r') {
                    out.push_str(&format!("<![CDATA[{text}]]>"));
                } else {
                    self.escape(text, false, out);
                }
            }
        }
        out.push_str(&format!("</{}>", node.tag));
    }

    /// Writes insignificant content between elements.
    fn filling(&mut self, out: &mut String) {
        out.push_str(match self.rng.u8(..20) {
            0 => "<!-- <vm> & -->",
            1 => "<?php echo ?>",
            2..=4 => "\r\n\t",
            5..=9 => "\n    ",
            _ => "",
        });
    }

    fn escape(&mut self, text: &str, in_attribute: bool, out: &mut String) {
        for character in text.chars() {
            let code = u32::from(character);
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&apos;"),
                '\r' => out.push_str("&#13;"),
                '\n' | '\t' if in_attribute => out.push_str(&format!("&#{code};")),
                _ if self.rng.u8(..40) == 0 => out.push_str(&format!("&#x{code:x};")),
                _ => out.push(character),
            }
        }
    }
}

fn link(rel: &'static str, href: String) -> Node {
    Node {
        tag: "link",
        attributes: vec![("rel", rel.to_owned()), ("href", href)],
        content: Content::Members(Vec::new()),
    }
}
