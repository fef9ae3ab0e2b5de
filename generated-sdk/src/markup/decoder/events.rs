//! Reading a document element by element.

use quick_xml::events::{BytesStart, Event};

use super::state::{Decoder, Start, Step};
use crate::markup::error::DataError;
use crate::markup::finding::FindingKind;
use crate::markup::text::{excerpt, is_blank, reference, web_page_note};

impl<'a> Decoder<'a> {
    pub(super) fn next_event(&mut self) -> Result<Event<'a>, DataError> {
        match self.reader.read_event() {
            Ok(Event::DocType(declared)) => {
                let declared = declared.into_inner();
                let name = declared.split(is_blank).find(|word| !word.is_empty()).unwrap_or_default();
                let before = self.position().saturating_sub(declared.len());
                let offset = self.source.get(..before).and_then(|source| source.rfind("<!")).unwrap_or(before);
                let problem = "document type declarations (`<!DOCTYPE …>`) are not supported".to_owned();
                Err(self.error(offset, problem + web_page_note(name)))
            }
            Ok(event) => Ok(event),
            Err(error) => Err(self.xml_error(&error)),
        }
    }

    /// Records a start tag.
    pub(super) fn note_start(&mut self, tag: &BytesStart<'_>, empty: bool) -> &'a str {
        let (length, name_length) = (tag.len(), tag.name().0.len());
        let end = self.position().saturating_sub(1 + usize::from(empty));
        let begin = end.saturating_sub(length);
        let tag = self.source.get(begin..end).unwrap_or_default();
        let (name, attributes) = tag.split_at_checked(name_length).unwrap_or((tag, ""));
        self.start = Start { name, attributes, offset: begin.saturating_sub(1), empty };
        name
    }

    /// Returns the tag of the next child of the open element; `None` at the end of the element.
    pub(crate) fn next_child(&mut self) -> Result<Option<&'a str>, DataError> {
        loop {
            match self.next_event()? {
                Event::Start(tag) => return Ok(Some(self.note_start(&tag, false))),
                Event::Empty(tag) => return Ok(Some(self.note_start(&tag, true))),
                Event::End(tag) => {
                    self.end_length = tag.name().0.trim_end_matches(is_blank).len();
                    return Ok(None);
                }
                Event::Eof => return Err(self.ends_inside()),
                Event::Text(text) => self.stray_text(&text.into_inner()),
                Event::CData(text) => self.stray_text(&text.into_inner()),
                Event::GeneralRef(name) => {
                    let character = self.character(&name.into_inner())?;
                    self.stray_text(character.encode_utf8(&mut [0; 4]));
                }
                _ => {}
            }
        }
    }

    /// Returns the character of the reference that was read.
    pub(super) fn character(&self, name: &str) -> Result<char, DataError> {
        reference(name).map_err(|problem| self.error(self.position().saturating_sub(name.len() + "&;".len()), problem))
    }

    /// Ignores text between elements, except in strict mode.
    pub(super) fn stray_text(&mut self, text: &str) {
        if self.findings.is_some() && !text.chars().all(is_blank) {
            let offset = self.position().saturating_sub(text.len());
            self.found(FindingKind::Text, offset, text.trim());
        }
    }

    pub(super) fn ends_inside(&self) -> DataError {
        match self.path.last() {
            Some(step) => self.truncated(format!("the document ends inside `<{}>`", excerpt(step.name))),
            None => self.truncated("the document ends before its first element".to_owned()),
        }
    }

    /// Enters the element whose start tag was read.
    pub(crate) fn enter(&mut self, index: Option<usize>) -> Result<(), DataError> {
        self.path.push(Step { name: self.start.name, index });
        self.depth += 1;
        if self.depth > self.max_depth {
            let problem = format!("elements are nested more than {} deep", self.max_depth);
            return Err(self.error_here(problem));
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.path.pop();
        self.depth -= 1;
    }

    /// Skips the element whose start tag was read and returns it as text.
    pub(crate) fn skip(&mut self) -> Result<&'a str, DataError> {
        let begin = self.start.offset;
        let outer = self.depth;
        if !self.start.empty {
            self.enter(None)?;
        }
        while self.depth > outer {
            match self.next_event()? {
                Event::Start(tag) => {
                    self.note_start(&tag, false);
                    self.enter(None)?;
                }
                Event::End(_) => self.leave(),
                Event::Eof => return Err(self.ends_inside()),
                Event::GeneralRef(name) => {
                    self.character(&name.into_inner())?;
                }
                _ => {}
            }
        }
        Ok(self.source.get(begin..self.position()).unwrap_or_default())
    }
}
