//! The last policy, which sends requests through the transport.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::policy::{Next, Policy};
use crate::error::{Error, is_page};
use crate::http::{Body, BodyError, BoxFuture, Chunks, Delivery, Request, Response, Status};
use crate::redaction;
use crate::secret::Secrets;
use crate::transport::Transport;
use crate::url::is_same_origin;

/// The maximum number of consecutive redirects to follow.
const MAX_REDIRECTS: usize = 5;

/// Calls the transport, and limits the number of concurrent requests.
pub(crate) struct Dispatch {
    transport: Arc<dyn Transport>,
    permits: Arc<Semaphore>,
    max_concurrent: usize,
    /// Secrets of the connection that requests don't contain, such as the password of the proxy.
    secrets: Secrets,
}

impl Dispatch {
    pub(crate) fn new(transport: Arc<dyn Transport>, max_concurrent: usize, secrets: Secrets) -> Self {
        Self { transport, permits: Arc::new(Semaphore::new(max_concurrent)), max_concurrent, secrets }
    }

    async fn send(&self, mut request: Request) -> Result<Response, Error> {
        let permit = match tokio::time::timeout_at(request.deadline, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Error::closed())?,
            Err(_) => return Err(Error::never_sent(request.timeout, self.max_concurrent)),
        };
        let mut response = self.exchange(&request).await?;
        for _ in 0..MAX_REDIRECTS {
            let Some(url) = redirect_target(&request, &response) else {
                break;
            };
            request.url = Arc::new(url);
            response = self.exchange(&request).await?;
        }
        response.secrets = redaction::secrets(&request);
        response.secrets.extend(&self.secrets);
        // Failures are read at once, so that errors can contain the text of the server.
        if matches!(request.delivery, Delivery::Chunks) && response.is_success() {
            // The caller may send requests between the chunks. They must not wait for this one.
            drop(permit);
            let body = std::mem::replace(&mut response.body, Body::from(Vec::new()));
            let (limit, remaining) = (request.timeout, request.remaining_time());
            response.body = Body::from_chunks(TimedBody { body, limit, remaining });
        } else {
            // A page is not what the sink expects, whatever its text is.
            if is_page(response.headers(), &[]) {
                request.delivery = Delivery::Whole;
            }
            if !request.read_body(&mut response).await? {
                return Err(Error::too_large(request.max_body, request.login));
            }
            // A proxy reports with these codes that it lost the response of the engine.
            request.progress.set_unanswered(matches!(response.status, 502 | 504));
        }
        if !response.is_success() {
            hide_secrets(&mut response);
        }
        Ok(response)
    }
}

impl Dispatch {
    /// Sends the request and returns the response, whose body is not read yet.
    async fn exchange(&self, request: &Request) -> Result<Response, Error> {
        if let Some(problem) = request.headers.framing_problems() {
            return Err(Error::request(problem));
        }
        let before = request.progress.is_unanswered();
        request.progress.set_unanswered(true);
        let sent = self.transport.send(request.clone());
        let outcome = match request.answer_limit {
            Some(limit) => tokio::time::timeout(limit, sent).await.unwrap_or_else(|_| Err(Error::timeout(limit))),
            None => sent.await,
        };
        if outcome.as_ref().is_err_and(Error::is_connect) {
            request.progress.set_unanswered(before);
        }
        outcome
    }
}

impl Policy for Dispatch {
    fn handle<'a>(&'a self, request: Request, _: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.send(request))
    }
}

/// Masks the secrets of the request in the body of a failure. Some servers repeat the request in their response, and
/// errors show the text of the response.
fn hide_secrets(response: &mut Response) {
    let text = String::from_utf8_lossy(response.body.bytes().unwrap_or_default()).into_owned();
    response.body = response.secrets.hide(text).into_bytes().into();
}

/// The target of a redirect to follow. Only redirects of safe requests to the same origin are followed: other servers
/// must not receive the credentials.
fn redirect_target(request: &Request, response: &Response) -> Option<::url::Url> {
    if !request.method.is_safe() || !Status(response.status).is_redirect() {
        return None;
    }
    let target = request.url.join(response.headers().get("location")?).ok()?;
    let same_origin =
        is_same_origin(&target, &request.url) && target.username().is_empty() && target.password().is_none();
    same_origin.then_some(target)
}

/// A body with a limit for the total time of waiting for its chunks. The time between the chunks does not count.
struct TimedBody {
    body: Body,
    limit: Duration,
    remaining: Duration,
}

impl Chunks for TimedBody {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>> {
        Box::pin(async move {
            let started = Instant::now();
            let chunk = tokio::time::timeout(self.remaining, self.body.chunk()).await;
            self.remaining = self.remaining.saturating_sub(started.elapsed());
            match chunk {
                Ok(chunk) => chunk,
                Err(_) => Err(Error::timeout(self.limit).into()),
            }
        })
    }
}
