//! Request methods.

use std::fmt;

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Reads only the headers.
    Head,
    /// Adds an object, or runs an action.
    Post,
    /// Updates.
    Put,
    /// Removes.
    Delete,
    /// Asks for the supported methods.
    Options,
}

impl Method {
    /// The name in upper case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// Whether sending a request twice has the same effect as sending it once.
    pub fn is_idempotent(self) -> bool {
        self != Self::Post
    }

    /// Whether a request only reads. Redirects of such requests can be followed.
    pub(crate) fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }

    /// Whether a request changes nothing, so that it does not matter whether it was processed.
    pub(crate) fn only_reads(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Delete, Self::Options];
        all.into_iter().find(|method| method.as_str() == name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
