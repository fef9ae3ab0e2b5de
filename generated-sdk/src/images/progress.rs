//! Progress and speed of a transfer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two reports.
const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The bytes to transfer: of the image, or of its changed parts.
    pub total: u64,
    /// The bytes that were transferred, zeros included.
    pub done: u64,
    /// The bytes that are zeros. They were not sent over the network.
    pub zeros: u64,
    /// The average number of bytes per second, without zeros.
    pub rate: f64,
    /// The estimated time until the end. `None` until there is enough data for an estimate.
    pub remaining: Option<Duration>,
}

/// Called with the progress.
pub(super) type Listener = Arc<dyn Fn(&Progress) + Send + Sync>;

/// Counts what was transferred.
pub(super) struct Meter {
    listener: Option<Listener>,
    began: Instant,
    /// What an earlier run had transferred; it says nothing about the speed of this one.
    resumed: u64,
    state: Mutex<State>,
}

struct State {
    progress: Progress,
    reported: Option<Instant>,
}

impl Meter {
    pub(super) fn new(total: u64, resumed: u64, listener: Option<Listener>) -> Self {
        let progress = Progress { total, done: resumed, zeros: 0, rate: 0.0, remaining: None };
        Self { listener, began: Instant::now(), resumed, state: Mutex::new(State { progress, reported: None }) }
    }

    /// Adds transferred bytes, and reports them unless the last report was just now.
    pub(super) fn add(&self, bytes: u64, zeros: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(self.began);
        let progress = &mut state.progress;
        progress.done = progress.done.saturating_add(bytes).min(progress.total);
        progress.zeros += if zeros { bytes } else { 0 };
        let fresh = progress.done.saturating_sub(self.resumed);
        let seconds = elapsed.as_secs_f64();
        if seconds > 0.0 {
            progress.rate = fresh.saturating_sub(progress.zeros) as f64 / seconds;
        }
        let left = progress.total - progress.done;
        progress.remaining = (fresh > 0 && elapsed > REPORT_INTERVAL)
            .then(|| Duration::try_from_secs_f64(seconds * left as f64 / fresh as f64).ok())
            .flatten();
        let due = state.reported.is_none_or(|last| now.saturating_duration_since(last) >= REPORT_INTERVAL);
        if due || state.progress.done == state.progress.total {
            state.reported = Some(now);
            let progress = state.progress;
            drop(state);
            if let Some(listener) = &self.listener {
                listener(&progress);
            }
        }
    }
}

/// Limits the bandwidth of a transfer, whatever its number of connections.
pub(super) struct Limiter {
    bytes_per_second: Option<u64>,
    /// When the data that was allowed so far has been sent at the limit.
    free: Mutex<Instant>,
}

impl Limiter {
    pub(super) fn new(bytes_per_second: Option<u64>) -> Self {
        Self { bytes_per_second, free: Mutex::new(Instant::now()) }
    }

    /// Waits until more bytes may be sent.
    pub(super) async fn pass(&self, bytes: u64) {
        let Some(limit) = self.bytes_per_second.filter(|limit| *limit > 0) else { return };
        let cost = Duration::from_secs_f64(bytes as f64 / limit as f64);
        let start = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*free).max(Instant::now());
            *free = start + cost;
            start
        };
        tokio::time::sleep_until(start).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn speed_and_remaining_time_are_those_of_this_run() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let listener: Listener = {
            let seen = Arc::clone(&seen);
            Arc::new(move |progress| seen.lock().unwrap().push(*progress))
        };
        let meter = Meter::new(1000, 200, Some(listener));
        tokio::time::advance(Duration::from_secs(1)).await;
        meter.add(100, false);
        meter.add(1, false);
        tokio::time::advance(Duration::from_secs(1)).await;
        meter.add(299, true);
        meter.add(400, false);
        let seen = seen.lock().unwrap();
        let done: Vec<u64> = seen.iter().map(|progress| progress.done).collect();
        assert_eq!(done, [300, 600, 1000], "the report of 301 came too early");
        assert_eq!(seen[0].remaining, Some(Duration::from_secs(7)));
        assert!((seen[0].rate - 100.0).abs() < 1e-9);
        assert_eq!((seen[1].zeros, seen[1].remaining), (299, Some(Duration::from_secs(2))));
        assert_eq!(seen[2].remaining, Some(Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_holds_for_all_connections_together() {
        let limiter = Arc::new(Limiter::new(Some(1 << 20)));
        let began = Instant::now();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let limiter = Arc::clone(&limiter);
                tokio::spawn(async move { limiter.pass(1 << 20).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(began.elapsed().as_secs(), 7, "the first passes at once");
        Limiter::new(None).pass(u64::MAX).await;
    }
}
