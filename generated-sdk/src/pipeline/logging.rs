//! The policy that logs exchanges as spans and events of `tracing`, without secrets.

use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::policy::{Next, Policy};
use crate::correlation_id;
use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};
use crate::xml::redact::redacted;

/// The maximum length of a logged body, in characters. Longer bodies are truncated.
const MAX_BODY: usize = 16 * 1024;

/// Logs each request with its response.
pub(crate) struct Logging;

impl Policy for Logging {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        let span = tracing::info_span!(
            target: "ovirt_sdk",
            "request",
            method = request.method.as_str(),
            path = request.path(),
            attempt = request.attempt,
            correlation_id = request.correlation_id(),
            status = Empty,
            duration_ms = Empty,
        );
        Box::pin(exchange(request, next, span.clone()).instrument(span))
    }
}

async fn exchange(request: Request, next: Next<'_>, span: Span) -> Result<Response, Error> {
    if let Some(body) = request.body()
        && tracing::enabled!(target: "ovirt_sdk", tracing::Level::TRACE)
    {
        tracing::trace!(target: "ovirt_sdk", body = loggable(body), "sending");
    }
    let log_bodies = tracing::enabled!(target: "ovirt_sdk", tracing::Level::TRACE);
    let secrets = log_bodies.then(|| request.headers().secrets());
    let started = std::time::Instant::now();
    let outcome = next.run(request).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.record("duration_ms", duration_ms);
    match &outcome {
        Ok(response) => {
            span.record("status", response.status);
            if let Some(id) = response.headers().get(correlation_id::HEADER) {
                span.record("correlation_id", id);
            }
            if let Some(secrets) = secrets {
                let body = response.body().bytes().map(|body| secrets.hide(loggable(body)));
                let body = body.unwrap_or_else(|| "(streamed)".to_owned());
                tracing::trace!(target: "ovirt_sdk", body, "received");
            }
            tracing::debug!(target: "ovirt_sdk", status = response.status, duration_ms, "completed");
        }
        Err(error) => tracing::debug!(target: "ovirt_sdk", %error, duration_ms, "failed"),
    }
    outcome
}

/// A body for the log: XML without secrets. Of other formats, only the length: they can contain a password or a token.
fn loggable(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if !text.trim_start_matches('\u{FEFF}').trim_start().starts_with('<') {
        return format!("({} bytes)", body.len());
    }
    let text = redacted(&text);
    match text.char_indices().nth(MAX_BODY) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), body.len()),
        None => text,
    }
}
