//! Which errors end a wait.

use std::time::Duration;

use crate::error::Error;

/// How long an engine may fail to answer. A restart takes 50 to 80 s.
pub(super) const LONGEST_OUTAGE: Duration = Duration::from_secs(180);

/// Whether an error will not go away. `answered` tells whether the engine answered this wait before: then a rejected
/// login or a page means that the engine restarts, and not that the password or the URL is wrong.
pub(super) fn is_permanent(error: &Error, answered: bool) -> bool {
    if error.is_invalid_request() || error.is_closed() || error.is_certificate() || error.is_decode() {
        return true;
    }
    if error.is_retryable() {
        return false;
    }
    match error.status() {
        Some(408 | 425) => false,
        Some(401 | 404) => !answered,
        Some(300..=499) => true,
        Some(_) => false,
        None => error.is_auth() && !answered,
    }
}
