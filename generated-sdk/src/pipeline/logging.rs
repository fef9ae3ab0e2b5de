//! What happens, as spans and events of `tracing`. Without secrets.

use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::policy::{Next, Policy};
use crate::correlation_id;
use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};
use crate::xml::redact::redacted;

/// Longer bodies are cut.
const LONGEST: usize = 16 * 1024;

/// Logs each exchange.
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
        tracing::trace!(target: "ovirt_sdk", body = shown(body), "sending");
    }
    let detailed = tracing::enabled!(target: "ovirt_sdk", tracing::Level::TRACE);
    let secrets = detailed.then(|| request.headers().secrets());
    let began = std::time::Instant::now();
    let outcome = next.run(request).await;
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.record("duration_ms", duration_ms);
    match &outcome {
        Ok(response) => {
            span.record("status", response.status);
            if let Some(id) = response.headers().get(correlation_id::HEADER) {
                span.record("correlation_id", id);
            }
            if let Some(secrets) = secrets {
                let body = response.body().bytes().map(|body| secrets.hide(shown(body)));
                let body = body.unwrap_or_else(|| "(in pieces)".to_owned());
                tracing::trace!(target: "ovirt_sdk", body, "received");
            }
            tracing::debug!(target: "ovirt_sdk", status = response.status, duration_ms, "answered");
        }
        Err(error) => tracing::debug!(target: "ovirt_sdk", %error, duration_ms, "failed"),
    }
    outcome
}

/// A body for the log: XML without secrets; of anything else the length only, as it can hold a password or token.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if !text.trim_start_matches('\u{FEFF}').trim_start().starts_with('<') {
        return format!("({} bytes)", body.len());
    }
    let text = redacted(&text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), body.len()),
        None => text,
    }
}
