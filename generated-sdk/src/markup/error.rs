//! The error of documents and values.

use std::borrow::Cow;
use std::fmt;

use super::finding::Finding;
use crate::secret::Secrets;

/// An error of a document or a value: an XML document that can't be read, a value that can't be written, or a field that
/// is not set. It converts into [`Error`](crate::Error).
pub struct DataError(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Absent { ty: &'static str, member: &'static str },
    Decode { path: String, offset: u64, problem: String, truncated: bool },
    Encode { path: String, problem: String },
    Strict { findings: Vec<Finding> },
    Io { doing: Cow<'static, str>, cause: std::io::Error },
}

impl DataError {
    pub(crate) fn absent(ty: &'static str, member: &'static str) -> Self {
        Self(Box::new(Kind::Absent { ty, member }))
    }

    #[cold]
    pub(crate) fn decode(path: String, offset: u64, problem: String, truncated: bool) -> Self {
        Self(Box::new(Kind::Decode { path, offset, problem, truncated }))
    }

    #[cold]
    pub(crate) fn encode(path: String, problem: String) -> Self {
        Self(Box::new(Kind::Encode { path, problem }))
    }

    pub(crate) fn strict(findings: Vec<Finding>) -> Self {
        Self(Box::new(Kind::Strict { findings }))
    }

    pub(crate) fn io(doing: impl Into<Cow<'static, str>>, cause: std::io::Error) -> Self {
        Self(Box::new(Kind::Io { doing: doing.into(), cause }))
    }

    /// Returns the same error, at an attribute of the element.
    #[cold]
    pub(crate) fn at_attribute(mut self, name: &str) -> Self {
        if let Kind::Decode { path, .. } | Kind::Encode { path, .. } = &mut *self.0 {
            path.push_str("/@");
            path.push_str(name);
        }
        self
    }

    /// Masks secrets in the texts that were taken from the document.
    pub(crate) fn without_secrets(mut self, secrets: &Secrets) -> Self {
        match &mut *self.0 {
            Kind::Decode { path, problem, .. } | Kind::Encode { path, problem } => {
                *path = secrets.hide_in_excerpts(std::mem::take(path));
                *problem = secrets.hide_in_excerpts(std::mem::take(problem));
            }
            Kind::Strict { findings } => {
                for finding in findings {
                    finding.path = secrets.hide_in_excerpts(std::mem::take(&mut finding.path));
                    finding.text = secrets.hide_in_excerpts(std::mem::take(&mut finding.text));
                }
            }
            Kind::Absent { .. } | Kind::Io { .. } => {}
        }
        self
    }

    /// Replaces the problem of a value that is secret: its text can be the value.
    #[cold]
    pub(crate) fn of_secret(mut self) -> Self {
        match &mut *self.0 {
            Kind::Decode { problem, truncated: false, .. } | Kind::Encode { problem, .. } => {
                *problem = "the secret value is invalid".to_owned();
            }
            _ => {}
        }
        self
    }

    /// Whether the document ended too early.
    pub(crate) fn is_truncated(&self) -> bool {
        matches!(*self.0, Kind::Decode { truncated: true, .. })
    }

    /// Whether a required field is not set.
    pub fn is_absent(&self) -> bool {
        matches!(*self.0, Kind::Absent { .. })
    }

    /// Whether a document could not be decoded, or strict mode found unknown content.
    pub fn is_decode(&self) -> bool {
        matches!(*self.0, Kind::Decode { .. } | Kind::Strict { .. })
    }

    /// Whether a value could not be encoded.
    pub fn is_encode(&self) -> bool {
        matches!(*self.0, Kind::Encode { .. })
    }

    /// Whether reading or writing failed.
    pub fn is_io(&self) -> bool {
        matches!(*self.0, Kind::Io { .. })
    }

    /// The error of the operating system, if reading or writing failed.
    pub fn io_error(&self) -> Option<&std::io::Error> {
        match &*self.0 {
            Kind::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// Path in the document, such as `vms/vm[3]/cpu/topology/cores` or `vms/vm[3]/@id`. Items are counted from 1.
    pub fn path(&self) -> Option<&str> {
        match &*self.0 {
            Kind::Decode { path, .. } | Kind::Encode { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Position in the document, in bytes.
    pub fn offset(&self) -> Option<u64> {
        match &*self.0 {
            Kind::Decode { offset, .. } => Some(*offset),
            _ => None,
        }
    }

    /// What strict mode found.
    pub fn findings(&self) -> &[Finding] {
        match &*self.0 {
            Kind::Strict { findings } => findings,
            _ => &[],
        }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Absent { ty, member } => write!(f, "{ty} has no `{member}`"),
            Kind::Decode { path, offset, problem, .. } if path.is_empty() => {
                write!(f, "can't read the XML document at byte {offset}: {problem}")
            }
            Kind::Decode { path, offset, problem, .. } => {
                write!(f, "can't read the XML document at `{path}` (byte {offset}): {problem}")
            }
            Kind::Encode { path, problem } => write!(f, "can't write `{path}` as XML: {problem}"),
            Kind::Strict { findings } => {
                let things = if findings.len() == 1 { "unknown item" } else { "unknown items" };
                write!(f, "the document has {} {things}:", findings.len())?;
                findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
            }
            Kind::Io { doing, cause } => write!(f, "can't {doing}: {cause}"),
        }
    }
}

impl fmt::Debug for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataError({self})")
    }
}

// Without `source`: `Display` shows the cause, and reports of errors with their sources would repeat it.
impl std::error::Error for DataError {}
