//! Answers of success that are not what was asked for.

use std::fmt;

use super::context::RequestContext;
use super::hint;
use crate::http::Status;
use crate::markup::DataError;

/// An answer of success that can't be read, or lacks what was asked for.
#[derive(Debug)]
pub(crate) struct AnswerFailure {
    pub(super) context: RequestContext,
    pub(super) status: u16,
    /// Why it can't be read; otherwise it lacks its result.
    pub(super) cause: Result<DataError, &'static str>,
}

/// A search by name whose outcome is not one object.
#[derive(Clone, Debug)]
pub(crate) struct MatchFailure {
    /// The path of the collection, below the URL of the API.
    pub(super) path: String,
    pub(super) ty: &'static str,
    pub(super) member: &'static str,
    pub(super) name: String,
    /// The identifiers of those that have the name.
    pub(super) found: Vec<String>,
}

impl MatchFailure {
    pub(super) fn is_none(&self) -> bool {
        self.found.is_empty()
    }
}

impl fmt::Display for AnswerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { context, status, cause } = self;
        match cause {
            Ok(cause) => write!(f, "{context}: {}, but {cause}", Status(*status))?,
            Err(tag) => write!(f, "{context}: {}, but the answer has no `{tag}`", Status(*status))?,
        }
        context.fmt_tail(f)?;
        hint::write(f, Some(document_hint(cause.as_ref().ok()).to_owned()))
    }
}

/// For an answer of success: what can't be read, or is not in it.
fn document_hint(cause: Option<&DataError>) -> &'static str {
    match cause {
        Some(cause) if cause.is_truncated() => {
            "something between here and the engine may have cut the answer: ask again"
        }
        Some(_) => "`Connection::raw` gives an answer as it came, whatever it is",
        None => "`send_reply` tells what was answered instead",
    }
}

impl fmt::Display for MatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, ty, member, name, found } = self;
        match found.as_slice() {
            [] => write!(f, "no {ty} in `{path}` has the {member} `{name}`"),
            found => {
                let ids = found.join(", ");
                write!(f, "{} {ty} objects in `{path}` have the {member} `{name}`: {ids}", found.len())
            }
        }
    }
}
