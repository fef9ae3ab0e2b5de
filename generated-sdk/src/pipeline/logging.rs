//! The policy that logs exchanges as spans and events of `tracing`, without secrets.

use ::url::Position;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::curl::{self, CurlOptions};
use super::policy::{Next, Policy};
use crate::correlation_id;
use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};
use crate::redaction::{self, Format};
use crate::secret::Secrets;

/// The maximum length of a logged body, in characters. Longer bodies are truncated.
const MAX_BODY: usize = 16 * 1024;

/// Logs each request with its response.
pub(crate) struct Logging {
    pub(crate) curl: CurlOptions,
}

impl Policy for Logging {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        let span = tracing::info_span!(
            target: "ovirt_sdk",
            "request",
            method = request.method.as_str(),
            path = request.path(),
            attempt = request.attempt,
            correlation_id = request.correlation_id(),
            host = host(&request),
            query = query(&request),
            status = Empty,
            bytes = Empty,
            duration_ms = Empty,
        );
        if tracing::enabled!(target: "ovirt_sdk::curl", tracing::Level::TRACE) {
            let command = curl::command(&request, &self.curl);
            tracing::trace!(target: "ovirt_sdk::curl", parent: &span, "{command}");
        }
        Box::pin(exchange(request, next, span.clone()).instrument(span))
    }
}

/// The host name, and the port unless it is the default one.
fn host(request: &Request) -> &str {
    &request.url[Position::BeforeHost..Position::AfterPort]
}

/// The query without secrets. A login can have secrets anywhere in it.
fn query(request: &Request) -> Option<String> {
    request.query().filter(|_| !request.login).map(redaction::query)
}

/// The length of the body. A streamed body has one only if the server announced it.
fn length(response: &Response) -> Option<u64> {
    match response.body().length() {
        Some(length) => Some(length),
        None => response.headers().get("content-length")?.trim().parse().ok(),
    }
}

/// Whether bodies are logged.
pub(crate) fn logs_bodies() -> bool {
    tracing::enabled!(target: "ovirt_sdk", tracing::Level::TRACE)
}

async fn exchange(request: Request, next: Next<'_>, span: Span) -> Result<Response, Error> {
    let login = request.login;
    let mut secrets = logs_bodies().then(|| redaction::secrets(&request));
    if let Some((body, secrets)) = request.body().zip(secrets.as_ref()) {
        tracing::trace!(target: "ovirt_sdk", body = loggable(body, login, secrets), "sending");
    }
    let started = std::time::Instant::now();
    let outcome = next.run(request).await;
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.record("duration_ms", duration_ms);
    match &outcome {
        Ok(response) => {
            span.record("status", response.status);
            if let Some(bytes) = length(response) {
                span.record("bytes", bytes);
            }
            if let Some(id) = response.headers().get(correlation_id::HEADER) {
                span.record("correlation_id", id);
            }
            if let Some(secrets) = &mut secrets {
                secrets.extend(&response.secrets);
                let body = response.body().bytes().map(|body| loggable(body, login, secrets));
                let body = body.unwrap_or_else(|| "(streamed)".to_owned());
                tracing::trace!(target: "ovirt_sdk", body, "received");
            }
            tracing::debug!(target: "ovirt_sdk", status = response.status, duration_ms, "completed");
        }
        Err(error) => tracing::debug!(target: "ovirt_sdk", %error, duration_ms, "failed"),
    }
    outcome
}

/// A body for the log: XML without secrets. Of other formats and of logins, only the length: they can contain a password
/// or a token.
fn loggable(body: &[u8], login: bool, secrets: &Secrets) -> String {
    // Enough that a secret at the end is complete.
    let length = MAX_BODY + secrets.longest();
    let text = String::from_utf8_lossy(body.get(..2 * length).unwrap_or(body));
    if login || redaction::format(&text) != Format::Xml {
        return format!("({} bytes)", body.len());
    }
    let text = secrets.hide(redaction::beginning(&text, length));
    let end = text.char_indices().nth(MAX_BODY).map(|(end, _)| end).or((body.len() > 2 * length).then_some(text.len()));
    match end {
        Some(end) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), body.len()),
        None => text,
    }
}
