//! From a request to a response.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT_ENCODING, HeaderValue};

use super::body::Body;
use super::control;
use super::disconnect::Disconnect;
use super::gzip::compressed;
use super::injected_failures::FailureKind;
use super::request_log::LoggedRequest;
use super::restarts::Phase;
use super::shared::Shared;
use crate::api::{ApiResponse, pages};
use crate::clock::Clock;
use crate::engine::HttpRequest;

/// The longest body that is accepted.
const MAX_BODY: usize = 16 << 20;

/// The last second that HTTP can express: the end of the year 9999.
const LAST_DATE: u64 = 253_402_300_799;

/// The engine's message about credentials that it can't check because it stops.
const STOPPING: &str = "server_error: Connection pool shut down";

/// Responds to a request.
pub(super) async fn respond(
    request: hyper::Request<Incoming>,
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
) -> Result<hyper::Response<Body>, Disconnect> {
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (request, problem) = receive(request, shared.body_timeout).await?;
    if control::is_control(&request.path) {
        let response = control::handle(&shared, &request);
        return Ok(to_hyper(compressed(response, accepts.as_deref()), &shared, false));
    }
    let HttpRequest { method, path, query, headers, body } = &request;
    let number = shared.request_log.add(LoggedRequest::new(method, path, query, headers, body));
    if shared.phase() == Phase::Starting {
        shared.wait_for(|phase| phase != Phase::Starting).await;
    }
    let is_stopping = shared.phase() == Phase::Stopping && request.header("Authorization").is_some();
    let outcome = shared.failures.outcome(method, path);
    if !outcome.delay.is_zero() {
        tokio::time::sleep(outcome.delay).await;
    }
    let (response, failure) = match outcome.instead {
        Some(FailureKind::Replaced(response)) => (response, FailureKind::None),
        Some(failure) => (ApiResponse::default(), failure),
        None => match problem {
            Some(response) => (response, FailureKind::None),
            None if is_stopping => (pages::unauthorized(Some(STOPPING)), FailureKind::None),
            None => (handle(&shared, request).await, outcome.afterwards),
        },
    };
    let (response, is_truncated) = match failure {
        FailureKind::None => (response, false),
        FailureKind::Truncated => (response, true),
        FailureKind::Replaced(other) => (other, false),
        FailureKind::Silence => std::future::pending().await,
        FailureKind::Reset => {
            reset.store(true, Ordering::SeqCst);
            return Err(Disconnect);
        }
    };
    shared.request_log.respond(number, &response);
    Ok(to_hyper(compressed(response, accepts.as_deref()), &shared, is_truncated))
}

/// Reads a request; also returns the response if its body is too long or too slow.
async fn receive(
    request: hyper::Request<Incoming>,
    timeout: Duration,
) -> Result<(HttpRequest, Option<ApiResponse>), Disconnect> {
    let mut received = head_of(&request);
    match tokio::time::timeout(timeout, Limited::new(request.into_body(), MAX_BODY).collect()).await {
        Ok(Ok(body)) => received.body = body.to_bytes().to_vec(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Ok((received, Some(pages::too_large()))),
        Ok(Err(_)) => return Err(Disconnect),
        Err(_) => return Ok((received, Some(pages::request_timeout()))),
    }
    Ok((received, None))
}

/// A request without its body.
pub(super) fn head_of(request: &hyper::Request<Incoming>) -> HttpRequest {
    let header = |(name, value): (&hyper::header::HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    HttpRequest {
        method: request.method().as_str().to_owned(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: request.headers().iter().map(header).collect(),
        body: Vec::new(),
    }
}

/// Handles a request on a thread for blocking work, so that it doesn't delay other requests.
async fn handle(shared: &Arc<Shared>, request: HttpRequest) -> ApiResponse {
    let shared = Arc::clone(shared);
    let handling = move || {
        let response = std::panic::catch_unwind(AssertUnwindSafe(|| shared.router.handle(&request)));
        response.unwrap_or_else(|_| pages::error(500, "The fake engine panicked. This is a bug; please report it"))
    };
    match tokio::task::spawn_blocking(handling).await {
        Ok(response) => response,
        Err(_) => pages::error(500, "The fake engine is stopping"),
    }
}

/// Adds the time of the engine's clock. Otherwise, the HTTP library would add the real time.
fn dated(response: ApiResponse, clock: &Clock) -> ApiResponse {
    if response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("date")) {
        return response;
    }
    let seconds = u64::try_from(clock.now() / 1000).unwrap_or(0).min(LAST_DATE);
    response.header("Date", httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)))
}

pub(super) fn to_hyper(from: ApiResponse, shared: &Shared, is_truncated: bool) -> hyper::Response<Body> {
    let from = dated(from, shared.restarts.clock());
    let mut response = hyper::Response::new(Body::new(from.body, is_truncated));
    *response.status_mut() = hyper::StatusCode::from_u16(from.status).unwrap_or_default();
    for (name, value) in from.headers {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
