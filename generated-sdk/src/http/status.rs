//! Status codes.

use std::fmt;

use ::http::StatusCode;

/// The status code of a response; displayed with its name, as in `404 Not Found`.
#[derive(Clone, Copy)]
pub(crate) struct Status(pub(crate) u16);

impl Status {
    pub(crate) fn is_success(self) -> bool {
        (200..300).contains(&self.0)
    }

    /// Whether the response points to another URL for the same request.
    pub(crate) fn is_redirect(self) -> bool {
        matches!(self.0, 301 | 302 | 303 | 307 | 308)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = StatusCode::from_u16(self.0).ok().and_then(|code| code.canonical_reason());
        match name {
            Some(name) => write!(f, "{} {name}", self.0),
            None => self.0.fmt(f),
        }
    }
}
