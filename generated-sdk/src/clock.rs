//! The clock of everything that waits.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

/// The longest timeout, interval or other duration: a year. Not every platform can add more to the current time.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// The future of [`Clock::sleep`].
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time. Waits use the clock of their connection, so that tests can replace it.
///
/// The timeouts and retries of single requests always use the real time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time since a fixed moment, which never goes backwards.
    fn elapsed(&self) -> Duration;

    /// Waits for a duration. Afterwards [`elapsed`](Self::elapsed) has advanced by at least this duration.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The real time.
#[derive(Debug)]
pub(crate) struct RealClock(Instant);

impl RealClock {
    pub(crate) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for RealClock {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // Created when polled: outside of a runtime it would panic.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }
}
