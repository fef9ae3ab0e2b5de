//! Scalars, in elements and attributes.

use std::borrow::Cow;

use super::events::Token;
use super::scanner::Start;
use super::state::Decoder;
use crate::markup::attributes;
use crate::markup::error::DataError;
use crate::markup::finding::FindingKind;
use crate::markup::scalar::Scalar;
use crate::markup::text::{excerpt, normalized};

impl<'a> Decoder<'a> {
    /// Reads the element whose start tag was read as a scalar; `<x/>` is unset.
    pub(crate) fn scalar<S: Scalar>(&mut self) -> Result<Option<S>, DataError> {
        let value = match self.scalar_text()? {
            Some(text) => Some(self.parse(&text)?),
            None => None,
        };
        self.leave();
        Ok(value)
    }

    /// Enters the element whose start tag was read and returns its text. Not generic, so that it is compiled once.
    fn scalar_text(&mut self) -> Result<Option<Cow<'a, str>>, DataError> {
        let start = self.start;
        self.enter(None)?;
        self.no_attributes(start)?;
        if start.empty { Ok(None) } else { self.text().map(Some) }
    }

    /// Reads the element whose start tag was read as an item of a list of values. `<x/>` is an empty text.
    pub(crate) fn scalar_item<S: Scalar>(&mut self) -> Result<S, DataError> {
        match self.scalar()? {
            Some(value) => Ok(value),
            None => self.parse(""),
        }
    }

    /// Parses a text.
    pub(crate) fn parse<S: Scalar>(&mut self, text: &str) -> Result<S, DataError> {
        let Some(value) = S::parse(text) else { return Err(self.unparsable(text, S::EXPECTED)) };
        if self.findings.is_some()
            && let Some((name, text)) = value.unknown()
        {
            let offset = self.start.offset;
            self.found(FindingKind::Value { name }, offset, text);
        }
        Ok(value)
    }

    #[cold]
    fn unparsable(&self, text: &str, expected: &str) -> DataError {
        let found = if text.is_empty() { "an empty text".to_owned() } else { format!("`{}`", excerpt(text)) };
        self.error_here(format!("expected {expected}, found {found}"))
    }

    /// Checks attributes of elements whose members are no attributes, and reports them as unknown.
    pub(crate) fn no_attributes(&mut self, start: Start<'a>) -> Result<(), DataError> {
        if start.attributes.is_empty() {
            return Ok(());
        }
        for attribute in self.attributes() {
            let (name, _) = attribute.map_err(|problem| self.error(start.offset, problem))?;
            self.found(FindingKind::Attribute, start.offset, name);
        }
        Ok(())
    }

    /// Returns the text of the open element up to its end tag, including the text of nested elements.
    fn text(&mut self) -> Result<Cow<'a, str>, DataError> {
        if let Some(text) = self.path.last().and_then(|open| self.scanner.only_text(open.name)) {
            return Ok(Cow::Borrowed(text));
        }
        let mut text = Cow::Borrowed("");
        let scalar = self.depth;
        loop {
            let piece = match self.token_here()? {
                Token::Text(piece) | Token::CData(piece) => normalized(piece),
                Token::Reference(name) => Cow::Owned(self.character(&name)?.to_string()),
                Token::Start(start) if !start.empty => {
                    self.start = start;
                    self.found(FindingKind::Element, start.offset, start.name);
                    self.enter(None)?;
                    continue;
                }
                Token::End if self.depth > scalar => {
                    self.leave();
                    continue;
                }
                Token::End => return Ok(text),
                Token::Nothing => return Err(self.ends_inside()),
                _ => continue,
            };
            if text.is_empty() {
                text = piece;
            } else {
                text.to_mut().push_str(&piece);
            }
        }
    }

    /// Returns the value of an attribute of the element whose start tag was read.
    pub(crate) fn attribute_value(
        &self,
        name: &str,
        raw: &'a str,
        start: Start<'a>,
    ) -> Result<Cow<'a, str>, DataError> {
        attributes::value(raw).map_err(|problem| self.error(start.offset, problem).at_attribute(&excerpt(name)))
    }
}
