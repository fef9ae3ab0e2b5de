//! Why a search can't be read, or can't be done.

use std::fmt;

/// Why a search can't be read, or can't be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(super) problem: Problem,
    /// Where, in characters of the text.
    at: usize,
    explanation: String,
}

/// The kinds of problems.
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
    /// The text ends too early, which the engine has no name for.
    Unfinished,
    /// The last character of a value escapes nothing.
    Escape,
    /// The text is well-formed, but the engine's database refuses what it asks for.
    Refused(String),
}

impl SyntaxError {
    pub(super) fn new(problem: Problem, at: usize, explanation: impl Into<String>) -> Self {
        Self { problem, at, explanation: explanation.into() }
    }

    /// The detail of the fault that the engine answers with, its status being 400. `None` when it answers as if
    /// nothing had been found and notes the problem in its own log only, which it does with every text that it can't
    /// read.
    pub(crate) fn fault(&self) -> Option<&str> {
        match &self.problem {
            Problem::Refused(detail) => Some(detail),
            _ => None,
        }
    }

    /// What the engine calls the problem in its log.
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
