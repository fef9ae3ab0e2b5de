//! Failures that tests inject.

use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::api::{ApiResponse, Fault, document, pages};
use crate::occurrences::Occurrences;
use crate::pattern::Pattern;
use crate::text_form::{escaped, write_duration, write_option};

/// A failure of requests to a fake engine.
///
/// Choose a constructor, then the requests it applies to, and pass it to
/// [`FakeEngine::inject`](crate::FakeEngine::inject). By default, a failure applies to every request to the API; logins are
/// not requests to the API.
///
/// ```
/// use std::time::Duration;
/// use ovirt_fake_engine::InjectedFailure;
///
/// let restart = InjectedFailure::unavailable().everywhere().times(3);
/// let expired = InjectedFailure::unauthorized().skip(10).times(1);
/// let lost = InjectedFailure::reset().on("vms/*/start").method("POST").after_execution();
/// let locked = InjectedFailure::fault(409, "Operation Failed", "[Cannot run VM. VM is locked.]").on("vms/*/start");
/// let slow = InjectedFailure::latency(Duration::from_millis(200)).on("vms/**");
/// ```
///
/// A failure has a text form, for command lines and HTTP. Spaces in values are written as `%20`.
///
/// ```
/// # use ovirt_fake_engine::InjectedFailure;
/// let locked: InjectedFailure = "fault status=409 detail=[VM%20is%20locked.] path=vms/*/start times=2".parse()?;
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a failure does nothing until it is injected"]
pub struct InjectedFailure {
    kind: FailureKind,
    /// The beginning of its text form, which describes the kind.
    description: String,
    delay: Duration,
    pattern: Pattern,
    method: Option<String>,
    occurrences: Occurrences,
    after_execution: bool,
}

/// What happens to a response.
#[derive(Clone, Debug)]
pub(crate) enum FailureKind {
    /// The client gets it.
    None,
    /// The client gets another one.
    Replaced(ApiResponse),
    /// The client gets a part of it, then the connection breaks.
    Truncated,
    /// The TCP connection is reset.
    Reset,
    /// The client gets nothing.
    Silence,
}

/// The pattern of all requests to the API.
const EVERY_REQUEST: &str = "**";

impl InjectedFailure {
    fn new(kind: FailureKind, description: &str) -> Self {
        Self {
            kind,
            description: description.to_owned(),
            delay: Duration::ZERO,
            pattern: Pattern::new(EVERY_REQUEST),
            method: None,
            occurrences: Occurrences::default(),
            after_execution: false,
        }
    }

    /// Delays the response, in real time.
    pub fn latency(delay: Duration) -> Self {
        Self::new(FailureKind::None, "latency").delay(delay)
    }

    /// Resets the TCP connection instead of responding.
    pub fn reset() -> Self {
        Self::new(FailureKind::Reset, "reset")
    }

    /// Never responds.
    pub fn silence() -> Self {
        Self::new(FailureKind::Silence, "silence")
    }

    /// Executes the request, but sends only half of the body: fewer bytes than `Content-Length` says.
    pub fn truncated() -> Self {
        Self::new(FailureKind::Truncated, "truncated")
    }

    /// Rejects the token (401 with an HTML page), as an engine does for an expired session.
    pub fn unauthorized() -> Self {
        Self::new(FailureKind::Replaced(pages::unauthorized(None)), "unauthorized")
    }

    /// Responds with 503 and an HTML page, as the web server does while the engine is down.
    pub fn unavailable() -> Self {
        Self::new(FailureKind::Replaced(pages::unavailable()), "unavailable")
    }

    /// Responds with a status and a fault.
    pub fn fault(status: u16, reason: impl AsRef<str>, detail: impl AsRef<str>) -> Self {
        let (reason, detail) = (reason.as_ref(), detail.as_ref());
        let description = format!("fault status={status} reason={} detail={}", escaped(reason), escaped(detail));
        let fault = Fault::new(status, reason, detail);
        Self::new(FailureKind::Replaced(document::write_fault(fault)), &description)
    }

    /// Responds with any status and body.
    pub fn response(status: u16, content_type: impl AsRef<str>, body: impl Into<Vec<u8>>) -> Self {
        let (content_type, body) = (content_type.as_ref(), body.into());
        let text = String::from_utf8_lossy(&body);
        let description =
            format!("response status={status} content-type={} body={}", escaped(content_type), escaped(&text));
        Self::new(FailureKind::Replaced(ApiResponse::new(content_type, status, body)), &description)
    }

    /// Adds a header to the response of a failure that has one.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let FailureKind::Replaced(response) = self.kind {
            let (name, value) = (name.into(), value.into());
            let _ = write!(self.description, " header={}", escaped(&format!("{name}: {value}")));
            self.kind = FailureKind::Replaced(response.header(name, value));
        }
        self
    }

    /// Applies to requests whose path matches a pattern, relative to the API: `vms/*/start`. `*` matches anything
    /// within a segment, `**` any number of segments. A pattern that begins with `/` matches the whole path:
    /// `/ovirt-engine/sso/**`.
    pub fn on(mut self, pattern: impl AsRef<str>) -> Self {
        self.pattern = Pattern::new(pattern.as_ref());
        self
    }

    /// Applies to every request to the server, including logins.
    pub fn everywhere(self) -> Self {
        self.on("/**")
    }

    /// Applies to requests with an HTTP method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Skips the first `count` matching requests.
    pub fn skip(mut self, count: usize) -> Self {
        self.occurrences.skip = count;
        self
    }

    /// Ends after `count` failed requests.
    pub fn times(mut self, count: usize) -> Self {
        self.occurrences.times = Some(count);
        self
    }

    /// Waits before the failure, in real time.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Executes the request first; only the response fails. Use it to test how a client copes with requests that succeeded
    /// without its knowledge.
    pub fn after_execution(mut self) -> Self {
        self.after_execution = true;
        self
    }

    fn applies_to(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && self.pattern.matches(path)
    }
}

impl fmt::Display for InjectedFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        let pattern = self.pattern.to_string();
        write_option(f, "path", (pattern != EVERY_REQUEST).then(|| escaped(&pattern)))?;
        write_option(f, "method", self.method.as_deref().map(escaped))?;
        self.occurrences.write(f)?;
        write_option(f, "delay", (!self.delay.is_zero()).then(|| write_duration(self.delay)))?;
        write_option(f, "after-execution", self.after_execution.then(|| "true".to_owned()))
    }
}

impl fmt::Debug for InjectedFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InjectedFailure({self})")
    }
}

/// What happens to one request.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) delay: Duration,
    /// A failure instead of the execution.
    pub(crate) instead: Option<FailureKind>,
    /// A failure after the execution.
    pub(crate) afterwards: FailureKind,
}

/// The failures that were injected into an engine.
#[derive(Default)]
pub(crate) struct InjectedFailures(Mutex<Vec<InjectedFailure>>);

impl InjectedFailures {
    fn lock(&self) -> MutexGuard<'_, Vec<InjectedFailure>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, failure: InjectedFailure) {
        self.lock().push(failure);
    }

    pub(crate) fn all(&self) -> Vec<InjectedFailure> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// What happens to a request. If several failures apply, their delays add up, and otherwise the first one counts.
    pub(crate) fn outcome(&self, method: &str, path: &str) -> Outcome {
        let mut outcome = Outcome { delay: Duration::ZERO, instead: None, afterwards: FailureKind::None };
        let mut failures = self.lock();
        for failure in failures.iter_mut().filter(|failure| failure.applies_to(method, path)) {
            if failure.occurrences.skips() {
                continue;
            }
            let decided = outcome.instead.is_some() || !matches!(outcome.afterwards, FailureKind::None);
            match &failure.kind {
                FailureKind::None => {}
                _ if decided => continue,
                FailureKind::Truncated => outcome.afterwards = FailureKind::Truncated,
                kind if failure.after_execution => outcome.afterwards = kind.clone(),
                kind => outcome.instead = Some(kind.clone()),
            }
            outcome.delay += failure.delay;
            failure.occurrences.count();
        }
        failures.retain(|failure| !failure.occurrences.is_over());
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcomes of a number of requests, in short.
    fn outcomes(failures: &InjectedFailures, count: usize) -> Vec<String> {
        let describe = |_| {
            let outcome = failures.outcome("GET", "/ovirt-engine/api/vms");
            match (outcome.instead, outcome.afterwards) {
                (Some(FailureKind::Replaced(response)), _) => response.status.to_string(),
                (Some(kind), _) => format!("{kind:?}"),
                (None, kind) => format!("then {kind:?}"),
            }
        };
        (0..count).map(describe).collect()
    }

    #[test]
    fn failures_begin_and_end() {
        let failures = InjectedFailures::default();
        failures.add(InjectedFailure::unavailable().skip(1).times(2));
        assert_eq!(outcomes(&failures, 4), ["then None", "503", "503", "then None"]);
        assert!(failures.lock().is_empty());
    }

    #[test]
    fn the_first_failure_counts_and_the_next_one_waits() {
        let failures = InjectedFailures::default();
        failures.add(InjectedFailure::unauthorized().times(1));
        failures.add(InjectedFailure::reset().after_execution().times(1));
        failures.add(InjectedFailure::truncated().times(1));
        failures.add(InjectedFailure::silence().method("POST"));
        failures.add(InjectedFailure::silence().on("disks"));
        assert_eq!(outcomes(&failures, 4), ["401", "then Reset", "then Truncated", "then None"]);
        failures.clear();
        assert!(failures.lock().is_empty());
    }

    #[test]
    fn delays_add_up() {
        let failures = InjectedFailures::default();
        failures.add(InjectedFailure::latency(Duration::from_millis(3)).times(1));
        failures.add(InjectedFailure::unavailable().delay(Duration::from_millis(4)).everywhere());
        assert_eq!(failures.outcome("GET", "/ovirt-engine/api").delay, Duration::from_millis(7));
        assert_eq!(failures.outcome("POST", "/ovirt-engine/sso/oauth/token").delay, Duration::from_millis(4));
    }
}
