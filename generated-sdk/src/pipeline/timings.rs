//! The policy that collects the durations of requests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::policy::{Next, Policy};
use crate::error::Error;
use crate::http::{BoxFuture, Method, Request, Response};
use crate::redaction;

/// The number of timings that are kept; older ones are dropped.
const MAX: usize = 10_000;

/// A policy that collects the durations of requests. Clones share the collected timings.
///
/// At [`Position::Wire`](super::Position::Wire) it collects every attempt, and the requests of logins. At
/// [`Position::Call`](super::Position::Call) it collects whole calls, including retries and waiting. Only the latest
/// 10,000 timings are kept.
///
/// ```no_run
/// use ovirt_sdk::pipeline::{Position, Timings};
/// use ovirt_sdk::{Connection, Credentials};
///
/// # async fn example() -> Result<(), ovirt_sdk::Error> {
/// let timings = Timings::new();
/// let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
///     .credentials(Credentials::token("t"))
///     .policy(Position::Wire, timings.clone())
///     .build()?;
/// connection.test().await?;
/// for timing in timings.timings() {
///     println!("{} {} took {:?}", timing.method, timing.url, timing.elapsed);
/// }
/// timings.reset_timings();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Timings(Arc<Mutex<VecDeque<Timing>>>);

/// The duration of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timing {
    /// The method.
    pub method: Method,
    /// The URL. The values of secret query parameters are masked.
    pub url: String,
    /// The status code; `None` if there was no response.
    pub status: Option<u16>,
    /// The number of the attempt, starting at 1.
    pub attempt: u32,
    /// Whether the request belongs to a login.
    pub login: bool,
    /// The time until the response was complete, or until its headers arrived if its body is streamed.
    pub elapsed: Duration,
}

impl Timings {
    /// Creates a policy without timings.
    pub fn new() -> Self {
        Self::default()
    }

    /// The collected timings, oldest first.
    pub fn timings(&self) -> Vec<Timing> {
        self.collected().iter().cloned().collect()
    }

    /// Removes all collected timings.
    pub fn reset_timings(&self) {
        self.collected().clear();
    }

    fn collected(&self) -> MutexGuard<'_, VecDeque<Timing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, timing: Timing) {
        let mut collected = self.collected();
        if collected.len() >= MAX {
            collected.pop_front();
        }
        collected.push_back(timing);
    }
}

impl Policy for Timings {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(async move {
            let (method, url) = (request.method(), redaction::url(&request.url, request.login));
            let (attempt, login) = (request.attempt(), request.login);
            let started = Instant::now();
            let outcome = next.run(request).await;
            let status = outcome.as_ref().ok().map(Response::status);
            self.add(Timing { method, url, status, attempt, login, elapsed: started.elapsed() });
            outcome
        })
    }
}

impl fmt::Debug for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timings({})", self.collected().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_timings_are_kept() {
        let timings = Timings::new();
        for number in 0..MAX + 2 {
            let (url, elapsed) = (number.to_string(), Duration::ZERO);
            timings.add(Timing { method: Method::Get, url, status: None, attempt: 1, login: false, elapsed });
        }
        let kept = timings.timings();
        assert_eq!((kept.len(), kept[0].url.as_str()), (MAX, "2"));
        timings.reset_timings();
        assert!(timings.timings().is_empty());
    }
}
