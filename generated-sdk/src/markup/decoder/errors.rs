//! Errors and findings, with their positions.

use quick_xml::errors::{Error as XmlError, IllFormedError, SyntaxError};

use super::state::Decoder;
use crate::markup::error::DataError;
use crate::markup::finding::{Finding, FindingKind};
use crate::markup::text::{excerpt, web_page_note};
use crate::secret::MASK;

/// The maximum number of findings in one document. A finding takes more memory than an empty element.
const MAX_FINDINGS: usize = 10_000;

impl std::fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("path", &self.path_text()).finish_non_exhaustive()
    }
}

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
    pub(crate) fn error(&self, offset: usize, problem: impl Into<String>) -> DataError {
        DataError::decode(self.path_text(), self.base + offset as u64, problem.into(), false)
    }

    /// Returns an error at the element whose start tag was read last.
    #[cold]
    pub fn error_here(&self, problem: impl Into<String>) -> DataError {
        self.error(self.start.offset, problem)
    }

    /// Returns the error for a document with another root tag.
    #[cold]
    pub(crate) fn wrong_root(&self, tag: &str, problem: String) -> DataError {
        self.error_here(problem + web_page_note(tag))
    }

    #[cold]
    pub(super) fn truncated(&self, problem: String) -> DataError {
        DataError::decode(self.path_text(), self.base + self.scanner.source.len() as u64, problem, true)
    }

    #[cold]
    pub(super) fn xml_error(&self, error: &XmlError, offset: usize) -> DataError {
        let source = self.scanner.source;
        match error {
            // `<!` and something that is no comment, `CDATA` or document type: what it is may not have come yet.
            XmlError::Syntax(SyntaxError::InvalidBangMarkup) if source.len() > offset + 2 => {
                self.error(offset, "`<!` does not begin a valid declaration")
            }
            XmlError::Syntax(syntax) => self.truncated(format!("the document ends too early: {syntax}")),
            XmlError::IllFormed(IllFormedError::UnclosedReference) => {
                let rest = source.get(offset + 1..).unwrap_or_default();
                let problem = "a reference has no `;` after its `&`".to_owned();
                DataError::decode(self.path_text(), self.base + offset as u64, problem, !rest.contains(['&', '<']))
            }
            other => self.error(offset, other.to_string()),
        }
    }

    /// Returns the error for an end tag that does not belong to the open element.
    #[cold]
    pub(super) fn wrong_end(&self, found: &str, offset: usize) -> DataError {
        let found = excerpt(found);
        let problem = match self.path.last() {
            Some(open) => format!("expected `</{}>`, found `</{found}>`", excerpt(open.name)),
            None => format!("`</{found}>` has no start tag"),
        };
        self.error(offset, problem)
    }

    /// Reads a secret value, which errors and findings must not show.
    pub(crate) fn secret(&mut self, read: impl FnOnce(&mut Self) -> Result<(), DataError>) -> Result<(), DataError> {
        let before = self.findings.as_ref().map_or(0, Vec::len);
        let outcome = read(self).map_err(DataError::of_secret);
        for finding in self.findings.iter_mut().flatten().skip(before) {
            finding.text = MASK.to_owned();
        }
        outcome
    }

    /// Reports unknown content, in strict mode.
    pub(crate) fn found(&mut self, kind: FindingKind, offset: usize, text: &str) {
        if self.findings.as_ref().is_none_or(|findings| findings.len() >= MAX_FINDINGS) {
            return;
        }
        let path = self.path_text();
        let finding = Finding { kind, path, offset: self.base + offset as u64, text: excerpt(text) };
        if let Some(findings) = &mut self.findings {
            findings.push(finding);
        }
    }
}
