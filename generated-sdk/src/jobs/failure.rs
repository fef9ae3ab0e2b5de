//! Which errors end a wait.

use std::time::Duration;

use crate::error::Error;

/// How long an engine may fail to answer. A restart takes 50 to 80 s.
pub(crate) const LONGEST_OUTAGE: Duration = Duration::from_secs(180);

/// Tolerates the errors of an engine that restarts or is unreachable for a while.
#[derive(Debug)]
pub(crate) struct Patience {
    longest_outage: Duration,
    /// Whether the engine answered before. Then a rejected login or a page means that the engine restarts, and not that
    /// the password or the URL is wrong.
    answered: bool,
    /// When the engine last answered, or else the beginning.
    since: Duration,
}

impl Patience {
    pub(crate) fn new(longest_outage: Duration, now: Duration) -> Self {
        Self { longest_outage, answered: false, since: now }
    }

    /// The engine answered.
    pub(crate) fn answered(&mut self, now: Duration) {
        (self.answered, self.since) = (true, now);
    }

    /// Whether an error ends the wait: it will not go away, or the engine has failed to answer for too long.
    pub(crate) fn ends_with(&self, error: &Error, now: Duration) -> bool {
        is_permanent(error, self.answered) || now.saturating_sub(self.since) > self.longest_outage
    }
}

/// Whether an error will not go away.
fn is_permanent(error: &Error, answered: bool) -> bool {
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
