//! The start and the end of a document, and elements in general.

use super::events::Token;
use super::state::Decoder;
use crate::markup::attributes;
use crate::markup::error::DataError;
use crate::markup::text::{excerpt, is_blank};

impl<'a> Decoder<'a> {
    /// Reads up to the first start tag, which must be the given one.
    pub fn root(&mut self, tag: &str) -> Result<(), DataError> {
        let found = self.any_root()?;
        if found == tag {
            return Ok(());
        }
        Err(self.wrong_root(found, format!("expected `<{tag}>`, found `<{}>`", excerpt(found))))
    }

    /// Reads up to the first start tag.
    pub(crate) fn any_root(&mut self) -> Result<&'a str, DataError> {
        loop {
            match self.next_token()? {
                Token::Start(start) => {
                    self.start = start;
                    return Ok(start.name);
                }
                Token::Declaration(declaration) => {
                    let encoding = declaration.encoding().and_then(Result::ok);
                    let known =
                        |name: &str| ["utf-8", "utf8", "us-ascii"].iter().any(|it| name.eq_ignore_ascii_case(it));
                    if let Some(encoding) = encoding.filter(|name| !known(name)) {
                        let problem = format!("the document is in {}; only UTF-8 is read", excerpt(&encoding));
                        return Err(self.error(0, problem));
                    }
                }
                Token::Comment => {}
                Token::Text(text) if text.chars().all(is_blank) => {}
                Token::Nothing => return Err(self.ends_inside()),
                Token::Text(text) if text.trim_start().starts_with(['{', '[']) => {
                    return Err(self.error(0, "the document does not begin with an element: it looks like JSON"));
                }
                _ => return Err(self.error(0, "the document does not begin with an element: it is not XML")),
            }
        }
    }

    /// Checks that only white space and comments follow.
    pub(crate) fn end(&mut self) -> Result<(), DataError> {
        loop {
            let offset = self.position();
            match self.next_token()? {
                Token::Nothing => return Ok(()),
                Token::Comment => {}
                Token::Text(text) if text.chars().all(is_blank) => {}
                _ => return Err(self.error(offset, "unexpected content after the end of the root element")),
            }
        }
    }

    /// Visits the attributes and the children of the element whose start tag was read.
    pub fn children(
        &mut self,
        attribute: &mut dyn FnMut(&str, &str),
        child: &mut dyn FnMut(&str, &mut Self) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let start = self.start;
        self.enter(None)?;
        for found in self.attributes() {
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

    /// Skips the element whose start tag was read.
    pub fn pass(&mut self) -> Result<(), DataError> {
        self.skip().map(drop)
    }
}
