//! The last policy, which sends requests through the transport.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::policy::{Next, Policy};
use crate::error::Error;
use crate::http::{Body, BodyError, BoxFuture, Chunks, Request, Response, Status};
use crate::transport::Transport;

/// The maximum number of consecutive redirects to follow.
const MAX_REDIRECTS: usize = 5;

/// Calls the transport, and limits the number of concurrent requests.
pub(crate) struct Dispatch {
    transport: Arc<dyn Transport>,
    permits: Arc<Semaphore>,
    max_concurrent: usize,
}

impl Dispatch {
    pub(crate) fn new(transport: Arc<dyn Transport>, max_concurrent: usize) -> Self {
        Self { transport, permits: Arc::new(Semaphore::new(max_concurrent)), max_concurrent }
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
            request.url = url;
            response = self.exchange(&request).await?;
        }
        // Failures are read completely, so that errors can contain the text of the server.
        if request.streaming && response.is_success() {
            let body = std::mem::replace(&mut response.body, Body::from(Vec::new()));
            response.body = Body::from_chunks(ChunkTimeout { body, limit: request.timeout, _permit: permit });
        } else {
            let body = std::mem::replace(&mut response.body, Body::from(Vec::new()));
            let body = body.collect().await?;
            // A proxy reports with these codes that it lost the response of the engine.
            request.progress.set_unanswered(matches!(response.status, 502 | 504));
            response.body = if response.is_success() { body } else { without_credentials(&body, &request) }.into();
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

/// Masks the credentials of the request in the body of a failure. Some servers repeat the request in their response,
/// and errors show the text of the response.
fn without_credentials(body: &[u8], request: &Request) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).into_owned();
    request.headers().secrets().hide(text).into_bytes()
}

/// The target of a redirect to follow. Only redirects of safe requests to the same origin are followed: other servers
/// must not receive the credentials.
fn redirect_target(request: &Request, response: &Response) -> Option<::url::Url> {
    if !request.method.is_safe() || !Status(response.status).is_redirect() {
        return None;
    }
    let target = request.url.join(response.headers().get("location")?).ok()?;
    let same_origin =
        target.origin() == request.url.origin() && target.username().is_empty() && target.password().is_none();
    same_origin.then_some(target)
}

/// A body with a time limit for each chunk.
struct ChunkTimeout {
    body: Body,
    limit: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Chunks for ChunkTimeout {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>> {
        Box::pin(async move {
            match tokio::time::timeout(self.limit, self.body.chunk()).await {
                Ok(chunk) => chunk,
                Err(_) => Err(Error::timeout(self.limit).into()),
            }
        })
    }
}
