//! The reader of documents: one for all types, driven by their tables.

mod errors;
mod events;
mod offers;

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::attributes::{self, Attributes};
use super::finding::{Finding, FindingKind};
use super::scalar::Scalar;
use super::text::{excerpt, is_blank, normalized};
use crate::error::Error;
use crate::generated::wire;
use crate::object::{Info, Member, Object, Objects};
use crate::types::Unknown;

/// The element that links, in the envelope of every resource.
pub const LINK: &str = "link";

/// Reads one document, or a part of it.
pub struct Decoder<'a> {
    reader: Reader<&'a [u8]>,
    source: &'a str,
    /// How many bytes of the document came before the source.
    base: u64,
    /// Size of a byte order mark at the beginning, which the reader passes over and does not count.
    mark: usize,
    /// The element whose start tag was read last.
    start: Start<'a>,
    /// Size of what stands in the end tag that was read last.
    end_length: usize,
    depth: u32,
    max_depth: u32,
    path: Vec<Step<'a>>,
    findings: Option<Vec<Finding>>,
}

/// A start tag.
#[derive(Clone, Copy, Debug, Default)]
struct Start<'a> {
    name: &'a str,
    /// What follows the name.
    attributes: &'a str,
    /// Position of the `<` in the source.
    offset: usize,
    /// Whether it is `<x/>`, with no end tag.
    empty: bool,
}

/// A step of the path to where the decoder is.
#[derive(Clone, Copy, Debug)]
struct Step<'a> {
    name: &'a str,
    /// For items, counted from 1.
    index: Option<usize>,
}

impl std::fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("path", &self.path_text()).finish_non_exhaustive()
    }
}

/// What comes next in a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An item, which has been read.
    Item,
    /// Something else, which has been passed over.
    Other,
    /// The end of the collection.
    End,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(source: &'a str, base: u64, max_depth: u32, strict: bool) -> Self {
        let mut reader = Reader::from_str(source);
        // Blanks between elements are most of the events; only the text of scalars needs them.
        reader.config_mut().trim_text_start = true;
        let mark = if source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let findings = strict.then(Vec::new);
        Self {
            reader,
            source,
            base,
            mark,
            start: Start::default(),
            end_length: 0,
            depth: 0,
            max_depth,
            path: Vec::new(),
            findings,
        }
    }

    /// What strict mode found.
    pub(super) fn take_findings(&mut self) -> Vec<Finding> {
        self.findings.take().unwrap_or_default()
    }

    /// How much of the source has been read.
    pub(super) fn position(&self) -> usize {
        self.in_source(self.reader.buffer_position())
    }

    /// What the reader counts as a position in the source.
    fn in_source(&self, counted: u64) -> usize {
        usize::try_from(counted).unwrap_or(usize::MAX).saturating_add(self.mark).min(self.source.len())
    }

    // Documents.

    /// Reads up to the first start tag, which has to be a certain one.
    pub fn root(&mut self, tag: &str) -> Result<(), Error> {
        let found = self.any_root()?;
        if found == tag {
            return Ok(());
        }
        Err(self.wrong_root(found, format!("expected `<{tag}>`, found `<{}>`", excerpt(found))))
    }

    /// Reads up to the first start tag.
    pub(crate) fn any_root(&mut self) -> Result<&'a str, Error> {
        loop {
            match self.next_event()? {
                Event::Start(tag) => {
                    let (length, name) = (tag.len(), tag.name().0.len());
                    return Ok(self.note_start(length, name, false));
                }
                Event::Empty(tag) => {
                    let (length, name) = (tag.len(), tag.name().0.len());
                    return Ok(self.note_start(length, name, true));
                }
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().and_then(Result::ok);
                    let known =
                        |name: &str| ["utf-8", "utf8", "us-ascii"].iter().any(|it| name.eq_ignore_ascii_case(it));
                    if let Some(encoding) = encoding.filter(|name| !known(name)) {
                        let problem = format!("the document is in {}; only UTF-8 is read", excerpt(&encoding));
                        return Err(self.error(0, problem));
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.chars().all(is_blank) => {}
                Event::Eof => return Err(self.ends_inside()),
                Event::Text(text) if text.trim_start().starts_with(['{', '[']) => {
                    return Err(self.error(0, "the document does not begin with an element: it looks like JSON"));
                }
                _ => return Err(self.error(0, "the document does not begin with an element: it is no XML")),
            }
        }
    }

    /// Checks that nothing but blanks and comments follows.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        loop {
            let offset = self.position();
            match self.next_event()? {
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.chars().all(is_blank) => {}
                _ => return Err(self.error(offset, "something follows the end of the document's element")),
            }
        }
    }

    /// Reads a collection at the root; the items are handed over as they are met.
    pub(super) fn collection(&mut self, info: &'static Info, list: &mut dyn Objects) -> Result<(), Error> {
        self.root(info.plural_tag)?;
        self.list(info.tag, list)
    }

    // Collections that are read item by item.

    /// Goes into the collection whose start tag was read; whether it ends there.
    pub(super) fn open_collection(&mut self) -> Result<bool, Error> {
        let start = self.start;
        self.enter(None)?;
        for attribute in Attributes::new(start.attributes) {
            let (name, _) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            if name != "href" && !name.starts_with("xmlns") {
                self.found(FindingKind::Attribute, start.offset, name);
            }
        }
        Ok(start.empty)
    }

    /// Says that the source begins inside a collection.
    pub(super) fn within(&mut self, tag: &'a str) {
        self.path.push(Step { name: tag, index: None });
        self.depth = 1;
        self.reader.config_mut().allow_unmatched_ends = true;
    }

    /// Reads what comes next in a collection.
    pub(super) fn item(&mut self, info: &Info, object: &mut dyn Object, number: usize) -> Result<Found, Error> {
        match self.next_child()? {
            None => {
                let end = self.position().saturating_sub(">".len());
                let begin = end.saturating_sub(self.end_length);
                let name = self.source.get(begin..end).unwrap_or_default().trim_end_matches(is_blank);
                if name != info.plural_tag {
                    let problem = format!("expected `</{}>`, found `</{}>`", info.plural_tag, excerpt(name));
                    return Err(self.error(begin.saturating_sub("</".len()), problem));
                }
                self.leave();
                Ok(Found::End)
            }
            Some(tag) if tag == info.tag => {
                self.object_at(object, Some(number))?;
                Ok(Found::Item)
            }
            Some(tag) => {
                if !wire::COLLECTION.contains(&tag) {
                    let offset = self.start.offset;
                    self.found(FindingKind::Element, offset, tag);
                }
                self.skip()?;
                Ok(Found::Other)
            }
        }
    }

    // Values.

    /// Reads the element whose start tag was read into an object.
    pub fn object(&mut self, object: &mut dyn Object) -> Result<(), Error> {
        self.object_at(object, None)
    }

    /// The same for an item, counted from 1.
    pub(super) fn object_at(&mut self, object: &mut dyn Object, index: Option<usize>) -> Result<(), Error> {
        let start = self.start;
        self.enter(index)?;
        let info = object.info();
        if !start.attributes.is_empty() {
            self.object_attributes(object, start)?;
        }
        if !start.empty {
            // Elements come in the order of the table nearly always: the search goes on where the last one ended.
            let mut cursor = 0;
            let mut rel_cursor = 0;
            while let Some(tag) = self.next_child()? {
                if tag == LINK && info.is_resource() {
                    self.link(object, &mut rel_cursor)?;
                } else if let Some((index, member)) = find(info.members, cursor, |it| !it.is_attribute && it.tag == tag)
                {
                    cursor = index + 1;
                    match object.slot_mut(index) {
                        Some(slot) => slot.decode(member, self)?,
                        None => {
                            self.skip()?;
                        }
                    }
                } else if info.is_resource() && wire::LEADING.contains(&tag) {
                    self.leading(object)?;
                } else {
                    let known = info.is_resource() && wire::TRAILING.contains(&tag);
                    self.keep(object.unknown_mut(), known)?;
                }
            }
        }
        self.leave();
        Ok(())
    }

    /// Keeps the element whose start tag was read.
    fn keep(&mut self, unknown: &mut Unknown, known: bool) -> Result<(), Error> {
        if !known {
            let Start { name, offset, .. } = self.start;
            self.found(FindingKind::Element, offset, name);
        }
        unknown.push_element(self.skip()?);
        Ok(())
    }

    fn object_attributes(&mut self, object: &mut dyn Object, start: Start<'a>) -> Result<(), Error> {
        let members = object.info().members;
        for attribute in Attributes::new(start.attributes) {
            let (name, raw) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            let value = self.attribute_value(name, raw, start)?;
            let mut attributes = members.iter().take_while(|member| member.is_attribute);
            match attributes.position(|member| member.tag == name) {
                Some(index) => {
                    if let Some(slot) = object.slot_mut(index) {
                        slot.decode_attribute(&value, self).map_err(|error| error.at_attribute(name))?;
                    }
                }
                None => self.keep_attribute(object.unknown_mut(), name, &value, start),
            }
        }
        Ok(())
    }

    fn attribute_value(&self, name: &str, raw: &'a str, start: Start<'a>) -> Result<Cow<'a, str>, Error> {
        attributes::value(raw).map_err(|problem| self.error(start.offset, problem).at_attribute(&excerpt(name)))
    }

    /// Keeps an attribute; those that are about XML itself are nothing unknown. A default namespace means nothing here,
    /// while names that are kept may need the declaration of their prefix.
    fn keep_attribute(&mut self, unknown: &mut Unknown, name: &str, value: &str, start: Start<'a>) {
        if name == "xmlns" {
            return;
        }
        if !["xmlns:", "xsi:", "xml:"].iter().any(|prefix| name.starts_with(prefix)) {
            self.found(FindingKind::Attribute, start.offset, name);
        }
        unknown.push_attribute(name, value);
    }

    /// Reads a `<link>`: where a list of the object is, or something that no member holds.
    fn link(&mut self, object: &mut dyn Object, cursor: &mut usize) -> Result<(), Error> {
        let start = self.start;
        let (mut rel, mut href) = (Cow::Borrowed(""), Cow::Borrowed(""));
        for attribute in Attributes::new(start.attributes) {
            let (name, raw) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            match name {
                "rel" => rel = self.attribute_value(name, raw, start)?,
                "href" => href = self.attribute_value(name, raw, start)?,
                _ => self.found(FindingKind::Attribute, start.offset, name),
            }
        }
        if rel.is_empty() || href.is_empty() {
            return self.keep(object.unknown_mut(), false);
        }
        self.skip()?;
        let info = object.info();
        let found = find(info.members, *cursor, |member| member.rel == Some(&rel))
            .or_else(|| find(info.members, 0, |member| member.rel.is_some() && is_joined(member.name, &rel)));
        match found.and_then(|(index, _)| Some((index, object.slot_mut(index)?))) {
            Some((index, slot)) => {
                *cursor = index + 1;
                slot.set_href(&href);
            }
            None => {
                if !is_known_rel(info, &rel) {
                    self.found(FindingKind::Link, start.offset, &rel);
                }
                object.unknown_mut().push_link(&rel, &href);
            }
        }
        Ok(())
    }

    /// Hands over the attributes and the children of the element whose start tag was read.
    pub fn children(
        &mut self,
        attribute: &mut dyn FnMut(&str, &str),
        child: &mut dyn FnMut(&str, &mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = self.start;
        self.enter(None)?;
        for found in Attributes::new(start.attributes) {
            let (name, raw) = found.map_err(|problem| self.error(start.offset, problem))?;
            let value = attributes::value(raw).map_err(|problem| self.error(start.offset, problem))?;
            attribute(name, &value);
        }
        if !start.empty {
            while let Some(tag) = self.next_child()? {
                child(tag, self)?;
            }
        }
        self.leave();
        Ok(())
    }

    /// Passes over the element whose start tag was read.
    pub fn pass(&mut self) -> Result<(), Error> {
        self.skip().map(drop)
    }

    /// Reads the element whose start tag was read as a list of objects.
    pub(crate) fn list(&mut self, item_tag: &str, list: &mut dyn Objects) -> Result<(), Error> {
        let start = self.start;
        self.enter(None)?;
        for attribute in Attributes::new(start.attributes) {
            let (name, raw) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            let value = self.attribute_value(name, raw, start)?;
            match name {
                "href" => list.note_href(&value),
                _ => self.keep_attribute(list.unknown_mut(), name, &value, start),
            }
        }
        if !start.empty {
            let mut count = 0;
            while let Some(tag) = self.next_child()? {
                if tag != item_tag {
                    self.keep(list.unknown_mut(), wire::COLLECTION.contains(&tag))?;
                    continue;
                }
                count += 1;
                if let Some(object) = list.push_new() {
                    self.object_at(object, Some(count))?;
                }
            }
            list.close();
        }
        self.leave();
        Ok(())
    }

    /// Reads the element whose start tag was read as a list of values.
    pub(crate) fn values(
        &mut self,
        member: &Member,
        read: &mut dyn FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let start = self.start;
        self.enter(None)?;
        self.no_attributes(start)?;
        if !start.empty {
            while let Some(tag) = self.next_child()? {
                if Some(tag) == member.item_tag {
                    read(self)?;
                } else {
                    let offset = self.start.offset;
                    self.found(FindingKind::Element, offset, tag);
                    self.skip()?;
                }
            }
        }
        self.leave();
        Ok(())
    }

    /// Reads the element whose start tag was read as a scalar; `<x/>` is an absent one.
    pub(crate) fn scalar<S: Scalar>(&mut self) -> Result<Option<S>, Error> {
        let start = self.start;
        self.enter(None)?;
        self.no_attributes(start)?;
        let value = if start.empty {
            None
        } else {
            let text = self.text()?;
            Some(self.parse(&text)?)
        };
        self.leave();
        Ok(value)
    }

    /// The value of a text.
    pub(crate) fn parse<S: Scalar>(&mut self, text: &str) -> Result<S, Error> {
        let Some(value) = S::parse(text) else {
            let found = if text.is_empty() { "an empty text".to_owned() } else { format!("`{}`", excerpt(text)) };
            return Err(self.error_here(format!("expected {}, found {found}", S::EXPECTED)));
        };
        if self.findings.is_some()
            && let Some((of, text)) = value.unknown()
        {
            let offset = self.start.offset;
            self.found(FindingKind::Value { of }, offset, text);
        }
        Ok(value)
    }

    /// Attributes where no member is one: only checked and reported.
    fn no_attributes(&mut self, start: Start<'a>) -> Result<(), Error> {
        if start.attributes.is_empty() {
            return Ok(());
        }
        for attribute in Attributes::new(start.attributes) {
            let (name, _) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            self.found(FindingKind::Attribute, start.offset, name);
        }
        Ok(())
    }

    /// The text of the element that is open, up to its end tag. Elements within it give their text.
    fn text(&mut self) -> Result<Cow<'a, str>, Error> {
        self.reader.config_mut().trim_text_start = false;
        let mut text = Cow::Borrowed("");
        let scalar = self.depth;
        loop {
            let piece = match self.next_event()? {
                Event::Text(piece) => normalized(piece.into_inner()),
                Event::CData(piece) => normalized(piece.into_inner()),
                Event::GeneralRef(name) => {
                    let character = self.character(&name.into_inner())?;
                    Cow::Owned(character.to_string())
                }
                Event::Start(tag) => {
                    let (length, name) = (tag.len(), tag.name().0.len());
                    let name = self.note_start(length, name, false);
                    let offset = self.start.offset;
                    self.found(FindingKind::Element, offset, name);
                    self.enter(None)?;
                    continue;
                }
                Event::End(_) if self.depth > scalar => {
                    self.leave();
                    continue;
                }
                Event::End(_) => break,
                Event::Eof => return Err(self.ends_inside()),
                _ => continue,
            };
            if text.is_empty() {
                text = piece;
            } else {
                text.to_mut().push_str(&piece);
            }
        }
        self.reader.config_mut().trim_text_start = true;
        Ok(text)
    }
}

/// The first member from a position on, or else from the beginning, of which something holds.
fn find(members: &'static [Member], from: usize, holds: impl Fn(&Member) -> bool) -> Option<(usize, &'static Member)> {
    let (before, after) = members.split_at_checked(from).unwrap_or((members, &[]));
    let later = after.iter().position(&holds).map(|index| from + index);
    let index = later.or_else(|| before.iter().position(&holds))?;
    Some((index, members.get(index)?))
}

/// Whether a rel is a name without its underscores.
fn is_joined(name: &str, rel: &str) -> bool {
    name.bytes().filter(|byte| *byte != b'_').eq(rel.bytes())
}

fn is_known_rel(info: &Info, rel: &str) -> bool {
    let base =
        rel.split_once('/').filter(|(_, suffix)| wire::REL_SUFFIXES.contains(suffix)).map_or(rel, |(base, _)| base);
    wire::RELS.contains(&base) || info.other_rels.contains(&base) || info.members.iter().any(|it| it.rel == Some(base))
}
