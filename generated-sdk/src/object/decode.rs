//! Reading objects and lists, driven by the tables of their structs.

use std::borrow::Cow;

use super::links::LinkPlaces;
use super::member::Member;
use super::traits::{Object, Objects, StructInfo};
use crate::generated::wire;
use crate::markup::decoder::{Decoder, Start};
use crate::markup::{DataError, FindingKind, LINK};
use crate::unknown::Unknown;

/// The memory of an item of a list of values, in bytes.
const ITEM: usize = 24;

/// The memory of a kept element besides its text, in bytes.
const KEPT: usize = 48;

/// What comes next in a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// An item, which has been read.
    Item,
    /// Something else, which has been passed over.
    Other,
    /// The end of the collection.
    End,
}

impl<'a> Decoder<'a> {
    /// Goes into the collection whose start tag was read; whether it ends there.
    pub(crate) fn open_collection(&mut self) -> Result<bool, DataError> {
        let start = self.start();
        self.enter(None)?;
        for attribute in self.attributes() {
            let (name, _) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            if name != "href" && !name.starts_with("xmlns") {
                self.found(FindingKind::Attribute, start.offset, name);
            }
        }
        Ok(start.empty)
    }

    /// Reads a collection at the root; the items are handed over as they are met.
    pub(crate) fn collection(&mut self, info: &'static StructInfo, list: &mut dyn Objects) -> Result<(), DataError> {
        self.root(info.plural_tag)?;
        self.list(info.tag, list)
    }

    /// Reads what comes next in a collection. Other content is kept for a list.
    pub(crate) fn item(
        &mut self,
        info: &StructInfo,
        object: &mut dyn Object,
        number: usize,
        list: Option<&mut dyn Objects>,
    ) -> Result<Found, DataError> {
        match self.next_child()? {
            None => {
                self.leave();
                Ok(Found::End)
            }
            Some(tag) if tag == info.tag => {
                self.object_at(object, Some(number))?;
                Ok(Found::Item)
            }
            Some(tag) => {
                let known = wire::COLLECTION.contains(&tag);
                if let Some(list) = list {
                    self.keep(list.unknown_mut(), known)?;
                    return Ok(Found::Other);
                }
                if !known {
                    let offset = self.start().offset;
                    self.found(FindingKind::Element, offset, tag);
                }
                self.skip()?;
                Ok(Found::Other)
            }
        }
    }

    /// Reads the element whose start tag was read into an object.
    pub fn object(&mut self, object: &mut dyn Object) -> Result<(), DataError> {
        self.object_at(object, None)
    }

    /// The same for an item, counted from 1.
    fn object_at(&mut self, object: &mut dyn Object, index: Option<usize>) -> Result<(), DataError> {
        let start = self.start();
        self.enter(index)?;
        self.spend_memory(size_of_val(&*object))?;
        let info = object.info();
        if !start.attributes.is_empty() {
            self.object_attributes(object, start)?;
        }
        if !start.empty {
            // Elements come in the order of the table nearly always: the search goes on where the last one ended.
            let mut cursor = 0;
            let mut links = LinkPlaces::default();
            while let Some(tag) = self.next_child()? {
                if tag == LINK && info.is_resource() {
                    self.link(object, &mut links)?;
                } else if let Some((index, member)) = find(info.members, cursor, |it| !it.is_attribute && it.tag == tag)
                {
                    cursor = index + 1;
                    match object.slot_mut(index) {
                        Some(slot) if member.is_secret => self.secret(|decoder| slot.decode(member, decoder))?,
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
    fn keep(&mut self, unknown: &mut Unknown, known: bool) -> Result<(), DataError> {
        if !known {
            let Start { name, offset, .. } = self.start();
            self.found(FindingKind::Element, offset, name);
        }
        let element = self.skip()?;
        self.spend_memory(KEPT + element.len())?;
        unknown.push_element(element);
        Ok(())
    }

    fn object_attributes(&mut self, object: &mut dyn Object, start: Start<'a>) -> Result<(), DataError> {
        let members = object.info().members;
        for attribute in self.attributes() {
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
    fn link(&mut self, object: &mut dyn Object, links: &mut LinkPlaces) -> Result<(), DataError> {
        let start = self.start();
        let (mut rel, mut href) = (Cow::Borrowed(""), Cow::Borrowed(""));
        for attribute in self.attributes() {
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
        if !links.accept(object, &rel, &href, &mut self.kept.link_order) && !is_known_rel(object.info(), &rel) {
            self.found(FindingKind::Link, start.offset, &rel);
        }
        Ok(())
    }

    /// Reads the element whose start tag was read as a list of objects.
    pub(crate) fn list(&mut self, item_tag: &str, list: &mut dyn Objects) -> Result<(), DataError> {
        if !self.open_list(list)? {
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

    /// Goes into the list whose start tag was read; whether it ends there.
    pub(crate) fn open_list(&mut self, list: &mut dyn Objects) -> Result<bool, DataError> {
        let start = self.start();
        self.enter(None)?;
        for attribute in self.attributes() {
            let (name, raw) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            let value = self.attribute_value(name, raw, start)?;
            match name {
                "href" => list.note_href(&value),
                _ => self.keep_attribute(list.unknown_mut(), name, &value, start),
            }
        }
        Ok(start.empty)
    }

    /// Reads the element whose start tag was read as a list of values.
    pub(crate) fn values(
        &mut self,
        member: &Member,
        read: &mut dyn FnMut(&mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let start = self.start();
        self.enter(None)?;
        self.no_attributes(start)?;
        if !start.empty {
            while let Some(tag) = self.next_child()? {
                if Some(tag) == member.item_tag {
                    self.spend_memory(ITEM)?;
                    read(self)?;
                } else {
                    let offset = self.start().offset;
                    self.found(FindingKind::Element, offset, tag);
                    self.skip()?;
                }
            }
        }
        self.leave();
        Ok(())
    }
}

/// The first member from a position on, or else from the beginning, of which something holds.
fn find(members: &'static [Member], from: usize, holds: impl Fn(&Member) -> bool) -> Option<(usize, &'static Member)> {
    let (before, after) = members.split_at_checked(from).unwrap_or((members, &[]));
    let later = after.iter().position(&holds).map(|index| from + index);
    let index = later.or_else(|| before.iter().position(&holds))?;
    Some((index, members.get(index)?))
}

fn is_known_rel(info: &StructInfo, rel: &str) -> bool {
    let base =
        rel.split_once('/').filter(|(_, suffix)| wire::REL_SUFFIXES.contains(suffix)).map_or(rel, |(base, _)| base);
    wire::RELS.contains(&base) || info.other_rels.contains(&base) || info.members.iter().any(|it| it.rel == Some(base))
}
