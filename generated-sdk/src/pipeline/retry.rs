//! Retries of requests after transient failures.

use std::time::Duration;

use tokio::time::Instant;

use super::policy::{Next, Policy};
use crate::error::{Error, failure_text, is_transient};
use crate::http::{BoxFuture, Request, Response, retry_after};
use crate::random::fraction;

/// The upper limit of all durations. Much longer ones would overflow an [`Instant`] on some platforms.
const MAX_DURATION: Duration = Duration::from_secs(24 * 3600);

/// The number of retries and the delays between them.
///
/// Requests are retried only after [transient](Error::is_retryable) failures, and only if that is safe:
/// [idempotent](crate::http::Method::is_idempotent) requests, and requests that were never sent, because no connection
/// could be established or the login failed. If the response to a removal is lost, its retry can fail because the object
/// no longer exists.
///
/// The default policy survives a restart of the engine, which takes 50 to 80 s: connections are refused, then accepted
/// but not answered, then every token is rejected. Permanent failures are not retried, such as an unknown host name, a
/// certificate that is not trusted, or a rejected password. Programs whose users wait for an answer may prefer a shorter
/// [`deadline`](Self::deadline).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_delay: Duration,
    longest_delay: Duration,
    deadline: Duration,
    answer_limit: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// Up to 30 attempts within two minutes. The delay starts at about 0.2 s and doubles with each attempt, up to 10 s.
    pub fn new() -> Self {
        Self {
            attempts: 30,
            first_delay: Duration::from_millis(200),
            longest_delay: Duration::from_secs(10),
            deadline: Duration::from_secs(120),
            answer_limit: Duration::from_secs(45),
        }
    }

    /// A single attempt, without retries.
    pub fn none() -> Self {
        Self::new().attempts(1)
    }

    /// The maximum number of attempts, including the first one; at least 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The delay after the first attempt. All delays are shortened randomly, by up to a half.
    #[must_use]
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay.min(MAX_DURATION);
        self
    }

    /// The maximum delay between attempts. If the engine requests a longer one (`Retry-After`), the request is not
    /// retried.
    #[must_use]
    pub fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay.min(MAX_DURATION);
        self
    }

    /// The period, from the start of the first attempt, during which further attempts can start. The timeout of the
    /// request applies as well.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline.min(MAX_DURATION);
        self
    }

    /// The time after which an attempt without any response is abandoned and repeated; 45 s by default. It applies up to
    /// the headers of the response, to requests that may be repeated, and doubles whenever it expires. The last
    /// attempt has the rest of the request's timeout.
    #[must_use]
    pub fn answer_limit(mut self, limit: Duration) -> Self {
        self.answer_limit = limit.clamp(Duration::from_millis(1), MAX_DURATION);
        self
    }

    /// The limit for the response to an attempt that starts now; `None` if no further attempt could start after it.
    /// `abandoned` is the number of attempts that reached their limit.
    fn limit_of_attempt(&self, attempt: u32, abandoned: u32, last_start: Instant) -> Option<Duration> {
        let limit = self.answer_limit.saturating_mul(2_u32.saturating_pow(abandoned)).min(MAX_DURATION);
        let next = Instant::now() + limit + self.delay(attempt, 0.0);
        (attempt < self.attempts && next < last_start).then_some(limit)
    }

    /// The delay after an attempt. `jitter` ranges from 0 (the full delay) to 1 (half of it).
    pub(crate) fn delay(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let longest = self.first_delay.saturating_mul(doubled).min(self.longest_delay);
        longest.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }
}

/// Retries requests after transient failures, if that is safe.
pub(crate) struct Retry(pub(crate) RetryPolicy);

impl Retry {
    async fn attempts(&self, mut request: Request, next: Next<'_>) -> Result<Response, Error> {
        let started = Instant::now();
        let last_start = request.deadline.min(started + self.0.deadline);
        let mut abandoned = 0;
        loop {
            let attempt = request.attempt;
            if request.method.is_idempotent() {
                request.answer_limit = self.0.limit_of_attempt(attempt, abandoned, last_start);
            }
            let outcome = next.run(request.clone()).await;
            let requested_delay = match &outcome {
                Ok(response) if is_conflict_of_caller(&request, response) => {
                    return Self::with_attempts(outcome, attempt);
                }
                Ok(response) if is_transient_failure(response) => retry_after(response.headers()),
                Err(error) if error.is_retryable() => error.retry_after(),
                _ => return Self::with_attempts(outcome, attempt),
            };
            abandoned += u32::from(outcome.as_ref().is_err_and(Error::is_timeout));
            let never_sent = outcome.is_err() && !request.progress.is_unanswered();
            // A server can request a longer delay, but not attempts without one.
            let delay = self.0.delay(attempt, fraction()).max(requested_delay.unwrap_or_default());
            let too_late = delay > self.0.longest_delay || Instant::now() + delay >= last_start;
            if !(request.method.is_idempotent() || never_sent) || attempt >= self.0.attempts || too_late {
                return Self::with_attempts(outcome, attempt);
            }
            tracing::debug!(target: "ovirt_sdk", attempt, ?delay, "retrying after a transient failure");
            tokio::time::sleep(delay).await;
            request.attempt += 1;
        }
    }

    /// Stores the number of attempts in the response or error.
    fn with_attempts(outcome: Result<Response, Error>, attempts: u32) -> Result<Response, Error> {
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

/// Whether a response is a conflict that the caller handles.
fn is_conflict_of_caller(request: &Request, response: &Response) -> bool {
    request.returns_conflicts && response.status() == 409
}

/// Whether a response reports a transient failure.
fn is_transient_failure(response: &Response) -> bool {
    let body = response.body().bytes().unwrap_or_default();
    is_transient(response.status(), || failure_text(response.headers(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_maximum() {
        let policy = RetryPolicy::new().first_delay(Duration::from_millis(100)).longest_delay(Duration::from_secs(1));
        let delays: Vec<u128> = (1..7).map(|attempt| policy.delay(attempt, 0.0).as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(policy.delay(1, 1.0).as_millis(), 50);
        assert_eq!(policy.delay(u32::MAX, 0.0).as_millis(), 1000);
        assert_eq!(RetryPolicy::none().attempts, 1);
        let unlimited =
            RetryPolicy::new().first_delay(Duration::MAX).longest_delay(Duration::MAX).deadline(Duration::MAX);
        assert_eq!(unlimited.delay(u32::MAX, 0.0), MAX_DURATION);
        assert_eq!(RetryPolicy::new().attempts(0).attempts, 1);
    }

    #[test]
    fn only_attempts_before_another_one_have_a_limit() {
        let policy = RetryPolicy::new();
        let limit = |attempt, abandoned, seconds: u64| {
            policy.limit_of_attempt(attempt, abandoned, Instant::now() + Duration::from_secs(seconds))
        };
        assert_eq!(limit(1, 0, 120), Some(Duration::from_secs(45)));
        assert_eq!(limit(9, 0, 120), Some(Duration::from_secs(45)));
        assert_eq!(limit(9, 1, 120), Some(Duration::from_secs(90)));
        assert_eq!(limit(9, 1, 90), None);
        assert_eq!(limit(30, 0, 7200), None);
        let unlimited = policy.clone().answer_limit(Duration::MAX);
        assert_eq!(unlimited.limit_of_attempt(1, 0, Instant::now() + Duration::from_secs(120)), None);
    }

    /// The attempts of the default policy last longer than the restart of an engine.
    #[test]
    fn the_default_policy_survives_a_restart() {
        let policy = RetryPolicy::new();
        let shortest: Duration = (1..policy.attempts).map(|attempt| policy.delay(attempt, 1.0)).sum();
        assert!(shortest >= policy.deadline && policy.deadline >= Duration::from_secs(90), "{shortest:?}");
    }
}
