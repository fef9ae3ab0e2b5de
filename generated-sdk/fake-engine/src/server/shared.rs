//! What the server and the owner of an engine share.

use std::time::Duration;

use super::injected_failures::InjectedFailures;
use super::request_log::RequestLog;
use super::router::Router;

/// The data that the server and [`FakeEngine`](crate::FakeEngine) share.
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) request_log: RequestLog,
    pub(crate) failures: InjectedFailures,
    /// The longest time for the body of a request, and for which a client may not read a response.
    pub(crate) body_timeout: Duration,
}
