//! Reading a document element by element.

use std::borrow::Cow;

use quick_xml::events::{BytesDecl, Event};

use super::scanner::Start;
use super::state::{Decoder, Step};
use crate::markup::error::DataError;
use crate::markup::finding::FindingKind;
use crate::markup::text::{excerpt, is_blank, reference, web_page_note};

/// A piece of a document.
pub(super) enum Token<'a> {
    Start(Start<'a>),
    /// The end tag of the open element.
    End,
    Text(Cow<'a, str>),
    CData(Cow<'a, str>),
    /// A reference without `&` and `;`.
    Reference(Cow<'a, str>),
    Declaration(BytesDecl<'a>),
    /// A comment or a processing instruction.
    Comment,
    /// The end of the document.
    Nothing,
}

impl<'a> Decoder<'a> {
    /// Reads the next piece after white space.
    pub(super) fn next_token(&mut self) -> Result<Token<'a>, DataError> {
        self.scanner.skip_blanks();
        self.token_here()
    }

    /// Reads the next piece, with white space in front of it.
    pub(super) fn token_here(&mut self) -> Result<Token<'a>, DataError> {
        if let Some(start) = self.scanner.start_tag() {
            return Ok(Token::Start(start));
        }
        if self.usual_end() {
            return Ok(Token::End);
        }
        if let Some(text) = self.scanner.text() {
            return Ok(Token::Text(text.into()));
        }
        self.unusual_token()
    }

    /// Reads the end tag of the open element, if it comes next and is written as usual.
    fn usual_end(&mut self) -> bool {
        self.path.last().is_some_and(|open| self.scanner.end_tag(open.name))
    }

    #[cold]
    fn unusual_token(&mut self) -> Result<Token<'a>, DataError> {
        let offset = self.position();
        let event = self.scanner.markup().map_err(|(error, offset)| self.xml_error(&error, offset))?;
        Ok(match event {
            Event::Start(tag) => Token::Start(self.scanner.noted(&tag, false)),
            Event::Empty(tag) => Token::Start(self.scanner.noted(&tag, true)),
            Event::End(tag) => {
                let name = tag.name();
                match self.path.last() {
                    Some(open) if open.name == name.0 => Token::End,
                    _ => return Err(self.wrong_end(name.0, offset)),
                }
            }
            Event::Text(text) => Token::Text(text.into_inner()),
            Event::CData(text) => Token::CData(text.into_inner()),
            Event::GeneralRef(name) => Token::Reference(name.into_inner()),
            Event::Decl(declaration) => Token::Declaration(declaration),
            Event::Comment(_) | Event::PI(_) => Token::Comment,
            Event::DocType(declared) => {
                let declared = declared.into_inner();
                let name = declared.split(is_blank).find(|word| !word.is_empty()).unwrap_or_default();
                let problem = "document type declarations (`<!DOCTYPE …>`) are not supported".to_owned();
                return Err(self.error(offset, problem + web_page_note(name)));
            }
            Event::Eof => Token::Nothing,
        })
    }

    /// Returns the tag of the next child of the open element; `None` at the end of the element.
    pub(crate) fn next_child(&mut self) -> Result<Option<&'a str>, DataError> {
        self.scanner.skip_blanks();
        if let Some(start) = self.scanner.start_tag() {
            self.start = start;
            return Ok(Some(start.name));
        }
        if self.usual_end() { Ok(None) } else { self.next_unusual_child() }
    }

    /// The same after anything but a usual tag.
    #[cold]
    fn next_unusual_child(&mut self) -> Result<Option<&'a str>, DataError> {
        loop {
            match self.next_token()? {
                Token::Start(start) => {
                    self.start = start;
                    return Ok(Some(start.name));
                }
                Token::End => return Ok(None),
                Token::Nothing => return Err(self.ends_inside()),
                Token::Text(text) | Token::CData(text) => self.stray_text(&text),
                Token::Reference(name) => {
                    let character = self.character(&name)?;
                    self.stray_text(character.encode_utf8(&mut [0; 4]));
                }
                Token::Declaration(_) | Token::Comment => {}
            }
        }
    }

    /// Returns the character of the reference that was read.
    pub(super) fn character(&self, name: &str) -> Result<char, DataError> {
        reference(name).map_err(|problem| self.error(self.position().saturating_sub(name.len() + "&;".len()), problem))
    }

    /// Ignores text between elements, except in strict mode.
    fn stray_text(&mut self, text: &str) {
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
            match self.next_token()? {
                Token::Start(start) if !start.empty => {
                    self.start = start;
                    self.enter(None)?;
                }
                Token::End => self.leave(),
                Token::Nothing => return Err(self.ends_inside()),
                Token::Reference(name) => {
                    self.character(&name)?;
                }
                _ => {}
            }
        }
        Ok(self.source_since(begin))
    }
}
