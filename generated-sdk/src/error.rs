//! The one error of the crate.

use std::fmt;

use crate::xml::Finding;

/// What went wrong. Its text is for people; predicates and accessors are for programs.
pub struct Error(Box<Inner>);

#[derive(Debug)]
enum Inner {
    Absent { ty: &'static str, member: &'static str },
    Decode { path: String, offset: u64, problem: String, truncated: bool },
    Encode { path: String, problem: String },
    Strict { findings: Vec<Finding> },
    Io { doing: &'static str, cause: std::io::Error },
}

impl Error {
    pub(crate) fn absent(ty: &'static str, member: &'static str) -> Self {
        Self(Box::new(Inner::Absent { ty, member }))
    }

    #[cold]
    pub(crate) fn decode(path: String, offset: u64, problem: String, truncated: bool) -> Self {
        Self(Box::new(Inner::Decode { path, offset, problem, truncated }))
    }

    #[cold]
    pub(crate) fn encode(path: String, problem: String) -> Self {
        Self(Box::new(Inner::Encode { path, problem }))
    }

    pub(crate) fn strict(findings: Vec<Finding>) -> Self {
        Self(Box::new(Inner::Strict { findings }))
    }

    pub(crate) fn io(doing: &'static str, cause: std::io::Error) -> Self {
        Self(Box::new(Inner::Io { doing, cause }))
    }

    pub(crate) fn invalid_request(problem: String) -> Self { Self::encode(String::new(), problem) }
    pub(crate) fn absent_result(tag: &'static str) -> Self { Self::absent("answer", tag) }
    /// Whether the document ended too early.
    pub(crate) fn is_truncated(&self) -> bool {
        matches!(*self.0, Inner::Decode { truncated: true, .. })
    }

    /// Whether a member was asked for that is absent.
    pub fn is_absent(&self) -> bool {
        matches!(*self.0, Inner::Absent { .. })
    }

    /// Whether a document could not be decoded, or had more in it than the model when that was to be an error.
    pub fn is_decode(&self) -> bool {
        matches!(*self.0, Inner::Decode { .. } | Inner::Strict { .. })
    }

    /// Whether a value could not be encoded.
    pub fn is_encode(&self) -> bool {
        matches!(*self.0, Inner::Encode { .. })
    }

    /// Whether reading or writing failed.
    pub fn is_io(&self) -> bool {
        matches!(*self.0, Inner::Io { .. })
    }

    /// Where in the document, as a path such as `vms/vm[3]/cpu/topology/cores`; items are counted from 1.
    pub fn path(&self) -> Option<&str> {
        match &*self.0 {
            Inner::Decode { path, .. } | Inner::Encode { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Where in the document, as the number of bytes before it.
    pub fn offset(&self) -> Option<u64> {
        match *self.0 {
            Inner::Decode { offset, .. } => Some(offset),
            _ => None,
        }
    }

    /// What the model does not know, when that was to be an error.
    pub fn findings(&self) -> &[Finding] {
        match &*self.0 {
            Inner::Strict { findings } => findings,
            _ => &[],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Inner::Absent { ty, member } => write!(f, "the `{member}` of this {ty} is absent"),
            Inner::Decode { path, offset, problem, .. } if path.is_empty() => {
                write!(f, "can't read the XML document at byte {offset}: {problem}")
            }
            Inner::Decode { path, offset, problem, .. } => {
                write!(f, "can't read the XML document at `{path}` (byte {offset}): {problem}")
            }
            Inner::Encode { path, problem } => write!(f, "can't write `{path}` as XML: {problem}"),
            Inner::Strict { findings } => {
                let things = if findings.len() == 1 { "thing" } else { "things" };
                write!(f, "the document has {} {things} that the model does not know:", findings.len())?;
                findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
            }
            Inner::Io { doing, cause } => write!(f, "can't {doing}: {cause}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Inner::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
