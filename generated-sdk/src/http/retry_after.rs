//! The header `Retry-After`.

use std::time::Duration;

use super::headers::Headers;

/// The delay that a server requests before the next attempt, in seconds. The alternative format, a date, is ignored.
pub(crate) fn retry_after(headers: &Headers) -> Option<Duration> {
    headers.get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}
