//! What goes wrong in a document and what is found in it, and where.

use quick_xml::errors::{Error as XmlError, IllFormedError, SyntaxError};

use super::Decoder;
use crate::error::Error;
use crate::xml::finding::{Finding, FindingKind};
use crate::xml::text::excerpt;

impl Decoder<'_> {
    pub(super) fn path_text(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            if !text.is_empty() {
                text.push('/');
            }
            text.push_str(&excerpt(step.name));
            if let Some(index) = step.index {
                text.push_str(&format!("[{index}]"));
            }
        }
        text
    }

    #[cold]
    pub(in crate::xml) fn error(&self, offset: usize, problem: impl Into<String>) -> Error {
        Error::decode(self.path_text(), self.base + offset as u64, problem.into(), false)
    }

    #[cold]
    pub(super) fn error_here(&self, problem: impl Into<String>) -> Error {
        self.error(self.start.offset, problem)
    }

    /// The document is of another kind, as the tag of its root tells.
    #[cold]
    pub(in crate::xml) fn wrong_root(&self, tag: &str, problem: String) -> Error {
        self.error_here(problem + of_web_page(tag))
    }

    #[cold]
    pub(super) fn truncated(&self, problem: String) -> Error {
        Error::decode(self.path_text(), self.base + self.source.len() as u64, problem, true)
    }

    #[cold]
    pub(super) fn xml_error(&self, error: &XmlError) -> Error {
        let offset = self.in_source(self.reader.error_position());
        match error {
            // `<!` and something that is no comment, `CDATA` or document type: what it is may not have come yet.
            XmlError::Syntax(SyntaxError::InvalidBangMarkup) if self.source.len() > offset + 2 => {
                self.error(offset, "a `<!` begins nothing that XML has")
            }
            XmlError::Syntax(syntax) => self.truncated(format!("the document ends too early: {syntax}")),
            XmlError::IllFormed(IllFormedError::UnclosedReference) => {
                let rest = self.source.get(offset + 1..).unwrap_or_default();
                let problem = "a `&` begins a reference that has no `;`".to_owned();
                Error::decode(self.path_text(), self.base + offset as u64, problem, !rest.contains(['&', '<']))
            }
            XmlError::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                self.error(offset, format!("expected `</{}>`, found `</{}>`", excerpt(expected), excerpt(found)))
            }
            XmlError::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
                self.error(offset, format!("`</{}>` ends an element that did not begin", excerpt(found)))
            }
            other => self.error(offset, other.to_string()),
        }
    }

    pub(super) fn found(&mut self, kind: FindingKind, offset: usize, text: &str) {
        if self.findings.is_none() {
            return;
        }
        let path = self.path_text();
        let finding = Finding { kind, path, offset: self.base + offset as u64, text: excerpt(text) };
        if let Some(findings) = &mut self.findings {
            findings.push(finding);
        }
    }
}

/// What to add for the name of a document's type, or the tag of its root, when the document is a web page.
pub(super) fn of_web_page(name: &str) -> &'static str {
    if name.eq_ignore_ascii_case("html") {
        "; this is a web page: the answer may come from a proxy, or from another address of the engine"
    } else {
        ""
    }
}
