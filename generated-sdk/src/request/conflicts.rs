//! Repeating requests that the engine refuses because of temporary conflicts.

use std::time::Duration;

use crate::connection::{Call, Connection, RawReply};
use crate::error::Error;
use crate::random::fraction;

/// The delay after the first attempt. It doubles with each attempt.
const FIRST_DELAY: Duration = Duration::from_secs(1);

/// The longest delay between attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(15);

/// The largest part by which a delay is shortened at random, so that clients do not repeat at the same time.
const JITTER: f64 = 0.5;

/// The longest period for repetitions: a year.
const MAX_PERIOD: Duration = Duration::from_secs(365 * 24 * 3600);

/// Sends a request, and repeats it for a period while the engine refuses it because of a temporary conflict. Also returns
/// the number of refusals.
pub(super) async fn call(connection: &Connection, call: Call, period: Duration) -> Result<(RawReply, usize), Error> {
    let clock = connection.clock();
    let end = clock.elapsed() + period.min(MAX_PERIOD);
    let (mut delay, mut refusals) = (FIRST_DELAY, 0);
    loop {
        let outcome = connection.call(Call { returns_conflicts: true, ..call.clone() }).await;
        let left = end.saturating_sub(clock.elapsed());
        match outcome {
            Err(error) if error.is_conflict() && error.is_retryable() && !left.is_zero() => {
                let pause = delay.mul_f64(1.0 - JITTER * fraction()).min(left);
                tracing::debug!(target: "ovirt_sdk", ?pause, "retrying after a temporary conflict");
                clock.sleep(pause).await;
                delay = (delay * 2).min(LONGEST_DELAY);
                refusals += 1;
            }
            outcome => return outcome.map(|reply| (reply, refusals)),
        }
    }
}
