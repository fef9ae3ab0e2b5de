//! The writer of documents: one for all types, driven by their tables.

use std::io::Write;

use super::decoder::LINK;
use super::scalar::{Scalar, Text, Unfit};
use crate::error::Error;
use crate::generated::wire;
use crate::object::{Info, Member, Object, Objects, get};
use crate::types::Unknown;
use crate::unknown::{HREF, element_tag};

/// So much is gathered before it is handed on.
const CHUNK: usize = 64 * 1024;

/// A new line with blanks for as many levels as documents usually have.
const LINE: &str = "\n                                ";

/// Writes one document.
pub struct Encoder<'w> {
    out: String,
    sink: Option<&'w mut dyn Write>,
    /// How many blanks a level is indented by; 0 for everything on one line.
    indent: usize,
    unknown: bool,
    path: Vec<(&'static str, Option<usize>)>,
    /// The start tag that was written last still lacks its `>`.
    open: bool,
    root: String,
}

impl std::fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("path", &self.path).finish_non_exhaustive()
    }
}

/// How much of an object is written that is no member.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Attributes,
    /// What is kept in front of the elements.
    Leading,
    Links,
}

impl Part {
    /// What has to be there before the element of the member at a position.
    fn before(info: &Info, index: usize) -> Self {
        match info.links_at {
            Some(at) if at <= index => Self::Links,
            _ => Self::Leading,
        }
    }
}

impl<'w> Encoder<'w> {
    pub(super) fn new(sink: Option<&'w mut dyn Write>, indent: usize, unknown: bool) -> Self {
        Self { out: String::new(), sink, indent, unknown, path: Vec::new(), open: false, root: String::new() }
    }

    /// Writes elements that will stand in a document of their own making.
    pub(crate) fn fragment(write: impl FnOnce(&mut Encoder<'_>) -> Result<(), Error>) -> Result<String, Error> {
        let mut encoder = Encoder::new(None, 0, false);
        write(&mut encoder)?;
        encoder.finish()
    }

    pub(super) fn declaration(&mut self) {
        self.out.push_str(r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#);
        self.out.push('\n');
    }

    /// Writes an object as the root of the document.
    pub(super) fn document(&mut self, tag: &str, object: &dyn Object) -> Result<(), Error> {
        self.root = tag.to_owned();
        self.out.push('<');
        self.out.push_str(tag);
        self.content(object)?;
        self.close_root(tag);
        Ok(())
    }

    /// Writes a list as the root of the document.
    pub(super) fn collection(&mut self, tag: &str, item_tag: &'static str, list: &dyn Objects) -> Result<(), Error> {
        self.root = tag.to_owned();
        self.out.push('<');
        self.out.push_str(tag);
        self.open = true;
        self.items(item_tag, list)?;
        self.close_root(tag);
        Ok(())
    }

    /// Writes elements that are no members of one struct, as an element at the root of the document.
    pub(super) fn record(&mut self, record: &super::Record<'_>) -> Result<(), Error> {
        self.root = record.tag.to_owned();
        self.out.push('<');
        self.out.push_str(record.tag);
        self.open = true;
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

    fn close_root(&mut self, tag: &str) {
        if self.open {
            self.out.push_str("/>");
            self.open = false;
        } else {
            self.line();
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
        }
        if self.indent > 0 {
            self.out.push('\n');
        }
    }

    /// What was written, or the rest of it after the sink has got the beginning.
    pub(super) fn finish(mut self) -> Result<String, Error> {
        self.hand_on(0)?;
        Ok(self.out)
    }

    fn hand_on(&mut self, from: usize) -> Result<(), Error> {
        match &mut self.sink {
            Some(sink) if self.out.len() > from => {
                sink.write_all(self.out.as_bytes()).map_err(|cause| Error::io("write the XML document", cause))?;
                self.out.clear();
            }
            _ => {}
        }
        Ok(())
    }

    #[cold]
    fn error(&self, unfit: Unfit) -> Error {
        let mut path = self.root.clone();
        for (name, index) in &self.path {
            path.push('/');
            path.push_str(name);
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        }
        Error::encode(path, unfit.0)
    }

    fn line(&mut self) {
        self.line_at(self.path.len());
    }

    /// Begins a line of so many levels. Blanks are a third of what is written.
    fn line_at(&mut self, level: usize) {
        if self.indent == 0 {
            return;
        }
        let blanks = level * self.indent;
        match LINE.get(..=blanks) {
            Some(line) => self.out.push_str(line),
            None => {
                self.out.push_str(LINE);
                self.out.extend(std::iter::repeat_n(' ', blanks + 1 - LINE.len()));
            }
        }
    }

    /// Begins a child of the element that is open.
    fn child(&mut self) {
        if self.open {
            self.out.push('>');
            self.open = false;
        }
    }

    fn begin(&mut self, tag: &'static str, index: Option<usize>) {
        self.child();
        self.path.push((tag, index));
        self.line();
        self.out.push('<');
        self.out.push_str(tag);
        self.open = true;
    }

    fn end(&mut self, tag: &'static str) {
        if self.open {
            self.out.push_str("/>");
            self.open = false;
        } else {
            self.line();
            self.end_tag(tag);
        }
        self.path.pop();
    }

    fn end_tag(&mut self, tag: &str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    /// Writes an object as an element.
    pub(crate) fn object(&mut self, tag: &'static str, object: &dyn Object) -> Result<(), Error> {
        self.object_at(tag, object, None)
    }

    fn object_at(&mut self, tag: &'static str, object: &dyn Object, index: Option<usize>) -> Result<(), Error> {
        self.begin(tag, index);
        self.content(object)?;
        self.end(tag);
        Ok(())
    }

    /// Writes the attributes and the children of an object.
    fn content(&mut self, object: &dyn Object) -> Result<(), Error> {
        self.open = true;
        let info = object.info();
        let kept = Some(object.unknown()).filter(|unknown| self.unknown && !unknown.is_empty());
        let mut done = Part::Attributes;
        object.each_set(&mut |index, slot| {
            let Some(member) = info.members.get(index) else { return Ok(()) };
            if member.is_attribute {
                return slot.encode_attribute(member, self);
            }
            self.until(Part::before(info, index), &mut done, object, kept)?;
            slot.encode(member, self)
        })?;
        self.until(Part::before(info, info.members.len()), &mut done, object, kept)?;
        if let Some(unknown) = kept {
            let written =
                |tag: &str| wire::LEADING.contains(&tag) || info.is_resource() && wire::TRAILING.contains(&tag);
            self.kept_elements(unknown, &|tag| !written(tag));
        }
        Ok(())
    }

    /// Writes what stands between members, up to a part.
    fn until(&mut self, part: Part, done: &mut Part, object: &dyn Object, kept: Option<&Unknown>) -> Result<(), Error> {
        if *done < Part::Leading && part >= Part::Leading {
            *done = Part::Leading;
            if let Some(unknown) = kept {
                self.kept_attributes(unknown)?;
                self.offers(object, unknown)?;
                self.kept_elements(unknown, &|tag| wire::LEADING.contains(&tag));
            }
        }
        if *done < Part::Links && part >= Part::Links {
            *done = Part::Links;
            self.links(object, object.info(), kept)?;
        }
        Ok(())
    }

    /// Writes where the lists of an object are.
    fn links(&mut self, object: &dyn Object, info: &Info, kept: Option<&Unknown>) -> Result<(), Error> {
        if let Some(unknown) = kept {
            self.kept_elements(unknown, &|tag| wire::TRAILING.contains(&tag));
        }
        object.each_set(
            &mut |index, slot| match info.members.get(index).and_then(|member| member.rel).zip(slot.href()) {
                Some((rel, href)) => self.link(rel, href),
                None => Ok(()),
            },
        )?;
        for link in kept.map(Unknown::links).unwrap_or_default() {
            self.link(&link.rel, &link.href)?;
        }
        Ok(())
    }

    fn link(&mut self, rel: &str, href: &str) -> Result<(), Error> {
        self.begin(LINK, None);
        self.attribute_text("href", href)?;
        self.attribute_text("rel", rel)?;
        self.end(LINK);
        Ok(())
    }

    fn kept_attributes(&mut self, unknown: &Unknown) -> Result<(), Error> {
        for (name, value) in unknown.attributes() {
            self.attribute_text(name, value)?;
        }
        Ok(())
    }

    /// Writes the links to places right below an object.
    fn offers(&mut self, object: &dyn Object, unknown: &Unknown) -> Result<(), Error> {
        let Some((tag, names)) = unknown.offers() else { return Ok(()) };
        let Some(tag) = wire::LEADING.iter().copied().find(|known| *known == tag) else { return Ok(()) };
        let own = get::<_, String>(object, HREF).map(String::as_str).unwrap_or_default();
        self.begin(tag, None);
        for name in names {
            self.link(name, &format!("{own}/{name}"))?;
        }
        self.end(tag);
        Ok(())
    }

    fn kept_elements(&mut self, unknown: &Unknown, wanted: &dyn Fn(&str) -> bool) {
        for element in unknown.elements().filter(|element| wanted(element_tag(element))) {
            self.child();
            self.path.push(("", None));
            self.line();
            self.path.pop();
            self.out.push_str(element);
        }
    }

    /// Writes a scalar as an element.
    pub(crate) fn scalar<S: Scalar>(&mut self, tag: &'static str, value: &S) -> Result<(), Error> {
        self.child();
        self.line_at(self.path.len() + 1);
        self.out.push('<');
        self.out.push_str(tag);
        self.out.push('>');
        let mut text = Text { out: &mut self.out, in_attribute: false };
        if let Err(unfit) = value.write(&mut text) {
            self.path.push((tag, None));
            return Err(self.error(unfit));
        }
        self.end_tag(tag);
        Ok(())
    }

    /// Writes a scalar as an XML attribute.
    pub(crate) fn attribute<S: Scalar>(&mut self, name: &str, value: &S) -> Result<(), Error> {
        self.attribute_with(name, |text| value.write(text))
    }

    fn attribute_text(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.attribute_with(name, |text| text.text(value))
    }

    fn attribute_with(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Text<'_>) -> Result<(), Unfit>,
    ) -> Result<(), Error> {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        let mut text = Text { out: &mut self.out, in_attribute: true };
        write(&mut text).map_err(|unfit| self.error(unfit).at_attribute(name))?;
        self.out.push('"');
        Ok(())
    }

    /// Writes a list of values.
    pub(crate) fn values<S: Scalar>(&mut self, member: &'static Member, values: &[S]) -> Result<(), Error> {
        self.scalars(member.tag, member.item_tag.unwrap_or(member.tag), values)
    }

    /// Writes a list of values with these tags.
    pub(crate) fn scalars<S: Scalar>(
        &mut self,
        tag: &'static str,
        item_tag: &'static str,
        values: &[S],
    ) -> Result<(), Error> {
        self.begin(tag, None);
        for value in values {
            self.scalar(item_tag, value)?;
        }
        self.end(tag);
        Ok(())
    }

    /// Writes a list of objects with these tags.
    pub(crate) fn list(&mut self, tag: &'static str, item_tag: &'static str, list: &dyn Objects) -> Result<(), Error> {
        self.begin(tag, None);
        self.items(item_tag, list)?;
        self.end(tag);
        Ok(())
    }

    /// Writes the list that a member holds. An empty list that has an address was not sent with its items: its link
    /// says all there is.
    pub(crate) fn member_list(
        &mut self,
        member: &'static Member,
        list: &dyn Objects,
        linked: bool,
    ) -> Result<(), Error> {
        let nothing_kept = !self.unknown || list.unknown().is_empty();
        if list.count() == 0 && linked && member.rel.is_some() && nothing_kept {
            return Ok(());
        }
        self.list(member.tag, member.item_tag.unwrap_or(member.tag), list)
    }

    fn items(&mut self, item_tag: &'static str, list: &dyn Objects) -> Result<(), Error> {
        let kept = Some(list.unknown()).filter(|unknown| self.unknown && !unknown.is_empty());
        if let Some(unknown) = kept {
            self.kept_attributes(unknown)?;
            self.kept_elements(unknown, &|tag| wire::COLLECTION.contains(&tag));
        }
        let mut index = 0;
        while let Some(object) = list.object(index) {
            index += 1;
            self.object_at(item_tag, object, Some(index))?;
            self.hand_on(CHUNK)?;
        }
        if let Some(unknown) = kept {
            self.kept_elements(unknown, &|tag| !wire::COLLECTION.contains(&tag));
        }
        Ok(())
    }
}
