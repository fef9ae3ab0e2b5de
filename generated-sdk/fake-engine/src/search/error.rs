//! Errors of searches.

use std::fmt;

/// Why a search is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(super) problem: Problem,
    /// The position in characters.
    at: usize,
    explanation: String,
}

/// The kinds of errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Character,
    Field,
    Relation,
    Value,
    AfterReference,
    FreeText,
    SortField,
    SortDirection,
    Page,
    AfterPage,
    /// The text ends too early; the engine has no name for this.
    Unfinished,
    /// A backslash at the end of a value.
    Escape,
    /// The search is well-formed, but the engine's database rejects it.
    Refused(String),
}

impl SyntaxError {
    pub(super) fn new(problem: Problem, at: usize, explanation: impl Into<String>) -> Self {
        Self { problem, at, explanation: explanation.into() }
    }

    /// The detail of the engine's fault with status 400. `None` if the engine returns an empty list and only logs the
    /// error, as it does for every search that it can't parse.
    pub(crate) fn fault(&self) -> Option<&str> {
        match &self.problem {
            Problem::Refused(detail) => Some(detail),
            _ => None,
        }
    }

    /// The name of the error in the engine's log.
    fn code(&self) -> &'static str {
        match self.problem {
            Problem::Character => "INVALID_CHARECTER",
            Problem::Field => "INVALID_CONDITION_FILED",
            Problem::Relation => "INVALID_CONDITION_RELATION",
            Problem::Value => "INVALID_CONDITION_VALUE",
            Problem::AfterReference => "INVALID_POST_CROSS_REF_OBJ",
            Problem::FreeText => "FREE_TEXT_ALLOWED_ONCE_PER_OBJ",
            Problem::SortField => "INVALID_SORT_FIELD",
            Problem::SortDirection => "INVALID_SORT_DIRECTION",
            Problem::Page => "INVALID_PAGE_FEILD",
            Problem::AfterPage => "NOTHING_COMES_AFTER_PAGE_VALUE",
            Problem::Unfinished => "invalid search text",
            Problem::Escape => "search expression can not end with ESCAPE character",
            Problem::Refused(_) => "illegal search",
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}: {}", self.code(), self.at + 1, self.explanation)
    }
}

impl std::error::Error for SyntaxError {}
