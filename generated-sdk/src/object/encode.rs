//! Writing objects and lists, driven by the tables of their structs.

use std::fmt;

use super::access::get;
use super::member::Member;
use super::traits::{Object, Objects, Slot, StructInfo};
use crate::generated::wire;
use crate::list::Address;
use crate::markup::DataError;
use crate::markup::encoder::Encoder;
use crate::markup::scalar::Scalar;
use crate::unknown::{HREF, Unknown, element_tag};

/// A document whose elements are not the members of one struct.
pub struct Record<'r> {
    /// The tag of the root.
    pub tag: &'static str,
    /// XML attributes of the root: names and values.
    pub attributes: &'r [(&'static str, String)],
    /// Links: rels and addresses.
    pub links: &'r [(&'static str, String)],
    /// The other elements, in order.
    pub members: &'r [(&'static Member, &'r dyn Slot)],
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without values, some of which are secrets.
        f.debug_struct("Record").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// What is written between the members of an object.
struct Between<'o> {
    object: &'o dyn Object,
    kept: Option<&'o Unknown>,
    /// The next part to write.
    part: Part,
    /// The position of the first member that comes after this part.
    before: usize,
    /// Whether fields other than XML attributes are set. References have none.
    elements: bool,
}

#[derive(Clone, Copy)]
enum Part {
    /// What is kept in front of the elements.
    Leading,
    Links,
    Nothing,
}

impl Encoder<'_> {
    /// Writes an object as the root of the document.
    pub(crate) fn document(&mut self, tag: &str, object: &dyn Object) -> Result<(), DataError> {
        self.open_root(tag);
        self.content(object)?;
        self.close_root(tag);
        Ok(())
    }

    /// Writes a list as the root of the document.
    pub(crate) fn collection(
        &mut self,
        tag: &str,
        item_tag: &'static str,
        list: &dyn Objects,
    ) -> Result<(), DataError> {
        self.open_root(tag);
        self.list_address(list)?;
        self.items(item_tag, list)?;
        self.close_root(tag);
        Ok(())
    }

    /// Writes a list as the root of the document, with memory for one object.
    pub(crate) fn objects(
        &mut self,
        info: &StructInfo,
        next: &mut dyn FnMut() -> Option<Box<dyn Object>>,
    ) -> Result<(), DataError> {
        self.open_root(info.plural_tag);
        let mut index = 0;
        while let Some(object) = next() {
            self.object_at(info.tag, &*object, Some(index))?;
            index += 1;
        }
        self.close_root(info.plural_tag);
        Ok(())
    }

    /// Writes elements that are no members of one struct, as an element at the root of the document.
    pub(crate) fn record(&mut self, record: &Record<'_>) -> Result<(), DataError> {
        self.open_root(record.tag);
        for (name, value) in record.attributes {
            self.attribute_text(name, value)?;
        }
        for (rel, href) in record.links {
            self.link(rel, href)?;
        }
        for (member, slot) in record.members {
            slot.encode(member, self)?;
        }
        self.close_root(record.tag);
        Ok(())
    }

    /// Writes an object as an element.
    pub(crate) fn object(&mut self, tag: &'static str, object: &dyn Object) -> Result<(), DataError> {
        self.object_at(tag, object, None)
    }

    fn object_at(&mut self, tag: &'static str, object: &dyn Object, index: Option<usize>) -> Result<(), DataError> {
        self.begin(tag, index);
        self.content(object)?;
        self.end(tag);
        Ok(())
    }

    /// Writes the attributes and the children of an object.
    fn content(&mut self, object: &dyn Object) -> Result<(), DataError> {
        let members = object.info().members;
        let kept = Some(object.unknown()).filter(|unknown| self.writes_unknown() && !unknown.is_empty());
        let mut between = Between { object, kept, part: Part::Leading, before: 0, elements: false };
        object.each_set(&mut |index, slot| {
            let Some(member) = members.get(index) else { return Ok(()) };
            if member.is_attribute {
                return slot.encode_attribute(member, self);
            }
            between.elements = true;
            if index >= between.before {
                self.between(&mut between, index)?;
            }
            slot.encode(member, self)
        })?;
        self.between(&mut between, members.len())?;
        if let Some(unknown) = kept {
            let is_resource = object.info().is_resource();
            let written = |tag: &str| wire::LEADING.contains(&tag) || is_resource && wire::TRAILING.contains(&tag);
            self.kept_elements(unknown, &|tag| !written(tag));
        }
        Ok(())
    }

    /// Writes what comes before the member at a position and was not written yet.
    fn between(&mut self, between: &mut Between<'_>, index: usize) -> Result<(), DataError> {
        while index >= between.before {
            match between.part {
                Part::Leading => {
                    (between.part, between.before) =
                        between.object.info().links_at.map_or((Part::Nothing, usize::MAX), |at| (Part::Links, at));
                    if let Some(unknown) = between.kept {
                        self.kept_attributes(unknown)?;
                        self.actions(between.object, unknown)?;
                        self.kept_elements(unknown, &|tag| wire::LEADING.contains(&tag));
                    }
                }
                Part::Links => {
                    (between.part, between.before) = (Part::Nothing, usize::MAX);
                    self.links(between)?;
                }
                Part::Nothing => break,
            }
        }
        Ok(())
    }

    /// Writes where the lists of an object are.
    fn links(&mut self, between: &Between<'_>) -> Result<(), DataError> {
        let &Between { object, kept, elements, .. } = between;
        if let Some(unknown) = kept {
            self.kept_elements(unknown, &|tag| wire::TRAILING.contains(&tag));
        }
        let members = if elements { object.info().members } else { &[] };
        for (index, member) in members.iter().enumerate() {
            let Some(rel) = member.rel else { continue };
            match object.slot(index).and_then(|slot| slot.list_address()).map(Address::parts) {
                Some((own, Some(name))) => self.link_below(own, name, rel)?,
                Some((address, None)) => self.link(rel, address)?,
                None => {}
            }
        }
        for link in kept.map(Unknown::links).unwrap_or_default() {
            self.link(&link.rel, &link.href)?;
        }
        kept.map_or(Ok(()), |unknown| self.links_below(object, unknown.links_below()))
    }

    /// Writes links to paths right below an object.
    fn links_below<'n>(&mut self, object: &dyn Object, names: impl Iterator<Item = &'n str>) -> Result<(), DataError> {
        let own = get::<_, String>(object, HREF).map(String::as_str).unwrap_or_default();
        for name in names {
            self.link_below(own, name, name)?;
        }
        Ok(())
    }

    fn kept_attributes(&mut self, unknown: &Unknown) -> Result<(), DataError> {
        for (name, value) in unknown.attributes() {
            self.attribute_text(name, value)?;
        }
        Ok(())
    }

    /// Writes the links to places right below an object.
    fn actions(&mut self, object: &dyn Object, unknown: &Unknown) -> Result<(), DataError> {
        let Some((tag, names)) = unknown.actions_element() else { return Ok(()) };
        let Some(tag) = wire::LEADING.iter().copied().find(|known| *known == tag) else { return Ok(()) };
        self.begin(tag, None);
        self.links_below(object, names)?;
        self.end(tag);
        Ok(())
    }

    fn kept_elements(&mut self, unknown: &Unknown, wanted: &dyn Fn(&str) -> bool) {
        for element in unknown.elements().filter(|element| wanted(element_tag(element))) {
            self.raw(element);
        }
    }

    /// Writes a list of values.
    pub(crate) fn values<S: Scalar>(&mut self, member: &'static Member, values: &[S]) -> Result<(), DataError> {
        self.scalars(member.tag, member.item_tag.unwrap_or(member.tag), values)
    }

    /// Writes a list of objects with these tags.
    pub(crate) fn list(
        &mut self,
        tag: &'static str,
        item_tag: &'static str,
        list: &dyn Objects,
    ) -> Result<(), DataError> {
        self.begin(tag, None);
        self.items(item_tag, list)?;
        self.end(tag);
        Ok(())
    }

    /// Writes the address of a list for which there is no link: one at the root, or a part of an object.
    fn list_address(&mut self, list: &dyn Objects) -> Result<(), DataError> {
        list.address().map_or(Ok(()), |address| self.attribute_text(HREF, address))
    }

    /// Writes the list that a member holds. An empty list that has an address was not sent with its items: its link
    /// says all there is.
    pub(crate) fn member_list(
        &mut self,
        member: &'static Member,
        list: &dyn Objects,
        linked: bool,
    ) -> Result<(), DataError> {
        let nothing_kept = !self.writes_unknown() || list.unknown().is_empty();
        if list.count() == 0 && linked && member.rel.is_some() && nothing_kept {
            return Ok(());
        }
        self.begin(member.tag, None);
        if member.rel.is_none() {
            self.list_address(list)?;
        }
        self.items(member.item_tag.unwrap_or(member.tag), list)?;
        self.end(member.tag);
        Ok(())
    }

    fn items(&mut self, item_tag: &'static str, list: &dyn Objects) -> Result<(), DataError> {
        let kept = Some(list.unknown()).filter(|unknown| self.writes_unknown() && !unknown.is_empty());
        if let Some(unknown) = kept {
            self.kept_attributes(unknown)?;
            self.kept_elements(unknown, &|tag| wire::COLLECTION.contains(&tag));
        }
        let (begin, count) = (self.length(), list.count());
        let mut index = 0;
        while let Some(object) = list.object(index) {
            index += 1;
            self.object_at(item_tag, object, Some(index))?;
            self.flush_full()?;
            self.reserve_items(begin, index, count.saturating_sub(index));
        }
        if let Some(unknown) = kept {
            self.kept_elements(unknown, &|tag| !wire::COLLECTION.contains(&tag));
        }
        Ok(())
    }
}
