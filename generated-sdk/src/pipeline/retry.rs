//! Another attempt, where that can do no harm and may help.

use std::time::Duration;

use tokio::time::Instant;

use super::policy::{Next, Policy};
use crate::error::{Error, is_transient};
use crate::http::{BoxFuture, Request, Response};
use crate::random::fraction;

/// Nobody waits for longer; and what is much longer can't be added to the time of day everywhere.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How requests are tried again.
///
/// Only those are that are [idempotent](crate::http::Method::is_idempotent), and only after failures that
/// [pass by themselves](Error::is_retryable). Nothing else ever is. A removal whose answer got lost can end as not found
/// when it is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// Five attempts within a minute; about 0.2 s after the first, twice as long after each further one, never longer
    /// than 10 s.
    pub fn new() -> Self {
        Self {
            attempts: 5,
            first_delay: Duration::from_millis(200),
            longest_delay: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
        }
    }

    /// One attempt.
    pub fn none() -> Self {
        Self::new().attempts(1)
    }

    /// How often a request is sent at most, the first time included.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// How long to wait after the first attempt; a random part of up to a half is taken off.
    #[must_use]
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay.min(LONGEST);
        self
    }

    /// The longest time to wait between attempts. Where the engine asks for a longer one, there is no other attempt.
    #[must_use]
    pub fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay.min(LONGEST);
        self
    }

    /// No attempt begins later than this after the first. The total timeout of the request holds besides.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline.min(LONGEST);
        self
    }

    /// How long to wait after an attempt; `share` is from 0 to 1.
    fn delay(&self, attempt: u32, share: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let longest = self.first_delay.saturating_mul(doubled).min(self.longest_delay);
        longest.mul_f64(1.0 - share.clamp(0.0, 1.0) / 2.0)
    }
}

/// Sends again what may be sent again.
pub(crate) struct Retry(pub(crate) RetryPolicy);

impl Retry {
    async fn attempts(&self, mut request: Request, next: Next<'_>) -> Result<Response, Error> {
        let began = Instant::now();
        let last_start = request.deadline.min(began + self.0.deadline);
        loop {
            let outcome = next.run(request.clone()).await;
            let attempt = request.attempt;
            let asked = match &outcome {
                Ok(response) if passes(response) => retry_after(response),
                Err(error) if error.is_retryable() => None,
                _ => return Self::counted(outcome, attempt),
            };
            let delay = asked.unwrap_or_else(|| self.0.delay(attempt, fraction()));
            let hopeless = delay > self.0.longest_delay || Instant::now() + delay >= last_start;
            if !request.method.is_idempotent() || attempt >= self.0.attempts || hopeless {
                return Self::counted(outcome, attempt);
            }
            tracing::debug!(target: "ovirt_sdk", attempt, ?delay, "trying again after a failure that may pass");
            tokio::time::sleep(delay).await;
            request.attempt += 1;
        }
    }

    fn counted(outcome: Result<Response, Error>, attempts: u32) -> Result<Response, Error> {
        match outcome {
            Ok(response) => Ok(Response { attempts, ..response }),
            Err(error) => Err(error.after(attempts)),
        }
    }
}

impl Policy for Retry {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.attempts(request, next))
    }
}

/// Whether an answer is a failure that may pass.
fn passes(response: &Response) -> bool {
    let body = response.body().bytes().unwrap_or_default();
    is_transient(response.status(), || String::from_utf8_lossy(body).into_owned())
}

/// How long the server asks to wait, in seconds. A date there is not worth its while.
fn retry_after(response: &Response) -> Option<Duration> {
    response.headers().get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let policy = RetryPolicy::new().first_delay(Duration::from_millis(100)).longest_delay(Duration::from_secs(1));
        let delays: Vec<u128> = (1..7).map(|attempt| policy.delay(attempt, 0.0).as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(policy.delay(1, 1.0).as_millis(), 50);
        assert_eq!(policy.delay(u32::MAX, 0.0).as_millis(), 1000);
        assert_eq!(RetryPolicy::none().attempts, 1);
        let endless =
            RetryPolicy::new().first_delay(Duration::MAX).longest_delay(Duration::MAX).deadline(Duration::MAX);
        assert_eq!(endless.delay(u32::MAX, 0.0), LONGEST);
        assert_eq!(RetryPolicy::new().attempts(0).attempts, 1);
    }
}
