//! Answers of success that are not what was asked for.

use std::fmt;

use super::{Context, Error, Inner};

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

    pub(crate) fn no_match(ty: &'static str, member: &'static str, name: &str) -> Self {
        let name = name.to_owned();
        Self(Box::new(Inner::Match(MatchFailure { ty, member, name, found: Vec::new() })))
    }

    pub(crate) fn several_matches(ty: &'static str, member: &'static str, name: &str, found: Vec<String>) -> Self {
        Self(Box::new(Inner::Match(MatchFailure { ty, member, name: name.to_owned(), found })))
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
            Ok(cause) => write!(f, "{context}: the answer (status {status}) is none of the engine's: {cause}")?,
            Err(tag) => write!(f, "{context}: the answer (status {status}) has no `{tag}`")?,
        }
        context.fmt_tail(f)
    }
}

impl fmt::Display for MatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ty, member, name, found } = self;
        match found.as_slice() {
            [] => write!(f, "no {ty} has the {member} `{name}`"),
            found => write!(f, "{} {ty} objects have the {member} `{name}`: {}", found.len(), found.join(", ")),
        }
    }
}
