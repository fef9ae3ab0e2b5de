//! Answers of success that are not what was asked for.

use std::fmt;

use super::exchange::Status;
use super::{Context, Error, Inner, hint};

/// An answer of success that can't be read, or lacks what was asked for.
#[derive(Debug)]
pub(crate) struct AnswerFailure {
    pub(super) context: Context,
    pub(super) status: u16,
    /// Why it can't be read; otherwise it lacks its result.
    pub(super) cause: Result<Error, &'static str>,
}

/// A search by name whose outcome is not one object.
#[derive(Clone, Debug)]
pub(crate) struct MatchFailure {
    /// The path of the collection, below the URL of the API.
    path: String,
    ty: &'static str,
    member: &'static str,
    name: String,
    /// The identifiers of those that have the name.
    found: Vec<String>,
}

impl Error {
    pub(crate) fn unreadable(context: Context, status: u16, cause: Self) -> Self {
        Self(Box::new(Inner::Answer(AnswerFailure { context, status, cause: Ok(cause) })))
    }

    pub(crate) fn no_result(context: Context, status: u16, tag: &'static str) -> Self {
        Self(Box::new(Inner::Answer(AnswerFailure { context, status, cause: Err(tag) })))
    }

    /// The error that a search by name had no outcome, or more than one: the identifiers that were found.
    pub(crate) fn matches(path: &str, ty: &'static str, member: &'static str, name: &str, found: Vec<String>) -> Self {
        let (path, name) = (path.to_owned(), name.to_owned());
        Self(Box::new(Inner::Match(MatchFailure { path, ty, member, name, found })))
    }

    /// Whether several objects have the name of which there should be one.
    pub fn is_ambiguous(&self) -> bool {
        matches!(&*self.0, Inner::Match(MatchFailure { found, .. }) if !found.is_empty())
    }

    /// The error of the document, when an answer can't be read.
    pub(super) fn document(&self) -> &Inner {
        match &*self.0 {
            Inner::Answer(AnswerFailure { cause: Ok(cause), .. }) => &cause.0,
            other => other,
        }
    }
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
        hint::write(f, Some(hint::of_document(cause.as_ref().ok()).to_owned()))
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
