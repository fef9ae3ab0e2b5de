//! The last step: a request leaves, and its answer comes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::policy::{Next, Policy};
use crate::error::Error;
use crate::http::{Body, BodyError, BoxFuture, Chunks, Request, Response, Status};
use crate::transport::Transport;

/// So many redirects in a row are followed, where they are followed at all.
const REDIRECTS: usize = 5;

/// Calls the transport, for so many requests at once.
pub(crate) struct Dispatch {
    transport: Arc<dyn Transport>,
    permits: Arc<Semaphore>,
    at_once: usize,
}

impl Dispatch {
    pub(crate) fn new(transport: Arc<dyn Transport>, at_once: usize) -> Self {
        Self { transport, permits: Arc::new(Semaphore::new(at_once)), at_once }
    }

    async fn send(&self, mut request: Request) -> Result<Response, Error> {
        let permit = match tokio::time::timeout_at(request.deadline, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(permit) => permit.map_err(|_| Error::closed())?,
            Err(_) => return Err(Error::never_sent(request.timeout, self.at_once)),
        };
        let mut response = self.transport.send(request.clone()).await?;
        for _ in 0..REDIRECTS {
            let Some(url) = redirect(&request, &response) else {
                break;
            };
            request.url = url;
            response = self.transport.send(request.clone()).await?;
        }
        // Only a success is worth being read in pieces.
        if request.streaming && response.is_success() {
            let body = std::mem::replace(&mut response.body, Body::from(Vec::new()));
            response.body = Body::from_chunks(ChunkTimeout { body, limit: request.timeout, _permit: permit });
        } else {
            let body = std::mem::replace(&mut response.body, Body::from(Vec::new()));
            let body = body.collect().await?;
            response.body = if response.is_success() { body } else { harmless(&body, &request) }.into();
        }
        Ok(response)
    }
}

impl Policy for Dispatch {
    fn handle<'a>(&'a self, request: Request, _: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(self.send(request))
    }
}

/// The body of a failure, without the credentials of the request: some servers send back what they got, and errors show
/// what servers say.
fn harmless(body: &[u8], request: &Request) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).into_owned();
    request.headers().secrets().hide(text).into_bytes()
}

/// Where a redirect leads, when it is one that is followed: of a request that changes nothing, to the same origin.
/// Credentials go nowhere else.
fn redirect(request: &Request, response: &Response) -> Option<::url::Url> {
    if !request.method.is_safe() || !Status(response.status).is_redirect() {
        return None;
    }
    let target = request.url.join(response.headers().get("location")?).ok()?;
    let stays = target.origin() == request.url.origin() && target.username().is_empty() && target.password().is_none();
    stays.then_some(target)
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
