//! Successful responses without the expected content.

use std::fmt;

use super::context::RequestContext;
use super::hint;
use crate::http::Status;
use crate::markup::DataError;

/// A successful response that can't be decoded.
#[derive(Debug)]
pub(crate) struct AnswerFailure {
    pub(super) context: RequestContext,
    pub(super) status: u16,
    pub(super) cause: DataError,
}

/// A search by name that did not find exactly one object.
#[derive(Clone, Debug)]
pub(crate) struct MatchFailure {
    /// The path of the collection, relative to the URL of the API.
    pub(super) path: String,
    pub(super) ty: &'static str,
    pub(super) member: &'static str,
    pub(super) name: String,
    /// The IDs of the objects with that name.
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
        write!(f, "{context}: {}, but {cause}", Status(*status))?;
        context.fmt_tail(f)?;
        hint::write(f, Some(document_hint(cause).to_owned()))
    }
}

/// The hint for a document that failed to decode.
fn document_hint(cause: &DataError) -> &'static str {
    match cause.is_truncated() {
        true => "the response may have been truncated on the way; retry the request",
        false => "`Connection::raw` returns any response unchanged",
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
