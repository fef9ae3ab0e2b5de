//! The clock of the engine.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ovirt_sdk::jobs::Sleep;
use ovirt_sdk::types::DateTime;
use tokio::sync::Notify;

/// The clock of a fake engine. Everything that takes time or expires uses it.
///
/// A clock runs at the real speed or another one, or stands still until it is advanced. Clones share the same time.
///
/// It can be the clock of a connection's waits, too. They then take as long as their operations on the engine: with a
/// clock that stands still, waiting advances it.
///
/// ```no_run
/// # async fn example() -> Result<(), ovirt_sdk::Error> {
/// let engine = ovirt_fake_engine::FakeEngine::builder().manual_clock().start().await?;
/// let connection = engine.connect().clock(engine.clock().clone()).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    /// The start time in milliseconds since 1970.
    start: i64,
    /// The real start time and the speed of a running clock.
    runs: Option<(Instant, f64)>,
    /// The time by which the clock was advanced, in milliseconds.
    advanced: AtomicI64,
    /// Wakes what waits for a time.
    changed: Notify,
}

/// The start of a clock that stands still: 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000;

impl Clock {
    /// Creates a clock that stands still, for connections to servers other than a fake engine: waits advance it, and take no
    /// real time.
    pub fn manual() -> Self {
        Self::standing(None)
    }

    /// Creates a clock that starts now and runs at a speed; 1 is the real speed.
    pub(crate) fn running(speed: f64) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::new(millis(since), Some((Instant::now(), speed)))
    }

    /// Creates a clock that stands still at a date; by default, the same one in every run.
    pub(crate) fn standing(date: Option<DateTime>) -> Self {
        Self::new(date.map_or(START, DateTime::unix_millis), None)
    }

    fn new(start: i64, runs: Option<(Instant, f64)>) -> Self {
        Self(Arc::new(Inner { start, runs, advanced: AtomicI64::new(0), changed: Notify::new() }))
    }

    /// The time in milliseconds since 1970-01-01T00:00:00Z.
    pub fn now(&self) -> i64 {
        let ran = match self.0.runs {
            // A cast beyond the range of `i64` saturates.
            #[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
            Some((since, speed)) => (since.elapsed().as_secs_f64() * 1000.0 * speed) as i64,
            None => 0,
        };
        self.0.start.saturating_add(ran).saturating_add(self.0.advanced.load(Ordering::SeqCst))
    }

    /// The time as a date of the API, in UTC.
    pub fn date(&self) -> DateTime {
        DateTime::from_unix_millis(self.now()).unwrap_or(DateTime::EPOCH)
    }

    /// Advances the clock. Everything that is due happens before the next request.
    pub fn advance(&self, by: Duration) {
        let by = millis(by);
        let add = |advanced: i64| Some(advanced.saturating_add(by));
        // The closure never returns `None`.
        let _ = self.0.advanced.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
        self.wake();
    }

    /// Wakes what waits in [`wait`](Self::wait).
    pub(crate) fn wake(&self) {
        self.0.changed.notify_waiters();
    }

    /// Waits until a function returns a value, which it does at a time or after a change: it is called again when the clock
    /// was advanced or woken, and at the time that it returns as an error.
    pub(crate) async fn wait<T>(&self, mut ready: impl FnMut() -> Result<T, Option<i64>>) -> T {
        loop {
            let changed = self.0.changed.notified();
            let next = match ready() {
                Ok(value) => return value,
                Err(next) => next,
            };
            match next.and_then(|next| self.real_time_until(next)) {
                Some(time) => drop(tokio::time::timeout(time, changed).await),
                None => changed.await,
            }
        }
    }

    /// The real time until a time; `None` if it never comes by itself.
    fn real_time_until(&self, time: i64) -> Option<Duration> {
        let speed = self.0.runs?.1;
        let millis = u32::try_from(time.saturating_sub(self.now()).max(0)).unwrap_or(u32::MAX);
        // One millisecond more: the clock counts whole ones.
        let seconds = (f64::from(millis) / 1000.0 / speed).min(3600.0) + 0.001;
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// Advances the clock to a time, unless it is already later. Nothing in a loaded state is in the future then.
    pub(crate) fn catch_up(&self, now: i64) {
        let behind = now.saturating_sub(self.now());
        self.advance(Duration::from_millis(u64::try_from(behind).unwrap_or(0)));
    }
}

impl ovirt_sdk::jobs::Clock for Clock {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.now()).unwrap_or(0))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // The clock counts whole milliseconds.
        let duration = millis(duration).saturating_add(1);
        let (clock, end) = (self.clone(), self.now().saturating_add(duration));
        Box::pin(async move {
            while clock.now() < end {
                match clock.real_time_until(end) {
                    Some(time) => tokio::time::sleep(time).await,
                    None => {
                        // What else waits goes first.
                        tokio::task::yield_now().await;
                        clock.catch_up(end);
                    }
                }
            }
        })
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.date()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_when_it_is_advanced() {
        let clock = Clock::standing(None);
        assert_eq!(clock.date().to_string(), "2026-01-01T00:00:00.000Z");
        let other = clock.clone();
        other.advance(Duration::from_millis(90_001));
        assert_eq!(clock.date().to_string(), "2026-01-01T00:01:30.001Z");
        clock.catch_up(START);
        assert_eq!(other.now(), START + 90_001);
        clock.catch_up(START + 100_000);
        assert_eq!(other.now(), START + 100_000);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), i64::MAX);
        assert_eq!(clock.date(), DateTime::EPOCH);
    }

    #[test]
    fn a_running_clock_runs_at_its_speed() {
        let (real, fast) = (Clock::running(1.0), Clock::running(3_600_000.0));
        std::thread::sleep(Duration::from_millis(20));
        assert!((20..60_000).contains(&(real.now() - real.0.start)));
        assert!(fast.now() - fast.0.start >= 72_000_000);
    }
}
