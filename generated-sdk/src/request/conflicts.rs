//! Repeating requests that the engine refuses because of temporary conflicts.

use std::time::Duration;

use crate::clock::LONGEST;
use crate::connection::{Call, Connection, RawReply};
use crate::error::Error;
use crate::pipeline::RetryPolicy;
use crate::random::fraction;

/// The delay after the first attempt. It doubles with each attempt.
const FIRST_DELAY: Duration = Duration::from_secs(1);

/// The longest delay between attempts.
const LONGEST_DELAY: Duration = Duration::from_secs(15);

/// Sends a request, and repeats it for a period while the engine refuses it because of a temporary conflict. Also returns
/// the number of refusals.
pub(super) async fn call(connection: &Connection, call: Call, period: Duration) -> Result<(RawReply, u32), Error> {
    let clock = connection.clock();
    let end = clock.elapsed() + period.min(LONGEST);
    let delays = RetryPolicy::new().first_delay(FIRST_DELAY).longest_delay(LONGEST_DELAY);
    let mut refusals = 0;
    loop {
        let outcome = connection.call(Call { returns_conflicts: true, ..call.clone() }).await;
        let left = end.saturating_sub(clock.elapsed());
        match outcome {
            Err(error) if error.is_conflict() && error.is_retryable() && !left.is_zero() => {
                refusals += 1;
                let pause = delays.delay(refusals, fraction()).min(left);
                tracing::debug!(target: "ovirt_sdk", ?pause, "retrying after a temporary conflict");
                clock.sleep(pause).await;
            }
            outcome => return outcome.map(|reply| (reply, refusals)),
        }
    }
}
