//! How a request becomes a response: policies in an order around a transport.
//!
//! Each request passes through
//!
//! 1. the policies added [per call](Place::Call);
//! 2. headers: what the connection adds to every request;
//! 3. the correlation id;
//! 4. retries, of idempotent requests after transient failures only;
//! 5. the policies added [per attempt](Place::Attempt);
//! 6. authentication: log in when needed, and once more when the engine does not know the token any longer;
//! 7. the policies added [at the wire](Place::Wire);
//! 8. logging with `tracing`;
//! 9. the [transport](crate::transport::Transport).
//!
//! Requests of the login itself pass through 3 and 7 to 9.
//!
//! ```
//! use ovirt_sdk::pipeline::{BoxFuture, Next, Place, Policy, Request, Response};
//! use ovirt_sdk::{Connection, Credentials, Error};
//!
//! /// Marks every request.
//! struct Mark;
//!
//! impl Policy for Mark {
//!     fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
//!         request.headers_mut().set("X-Origin", "nightly-report");
//!         Box::pin(async move { next.run(request).await })
//!     }
//! }
//!
//! let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
//!     .credentials(Credentials::token("t"))
//!     .policy(Place::Call, Mark)
//!     .build()?;
//! # Ok::<(), Error>(())
//! ```

pub(crate) mod authentication;
mod body;
pub(crate) mod correlation;
pub(crate) mod dispatch;
mod headers;
pub(crate) mod logging;
mod message;
pub(crate) mod retry;
pub(crate) mod standard;

use std::pin::Pin;
use std::sync::Arc;

use crate::error::Error;
pub use body::{Body, Chunks};
pub(crate) use dispatch::is_redirect;
pub use headers::Headers;
pub(crate) use headers::Secrets;
pub use message::{Method, Request, Response};
pub use retry::RetryPolicy;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A step on the way of a request. In an [`Arc`], it can be shared by several connections, or kept to be asked later.
pub trait Policy: Send + Sync {
    /// Handles a request: changes it, passes it on with [`Next::run`] (once, several times or not at all), and looks
    /// at the response. The future can be dropped at any time, when the caller gives up.
    ///
    /// # Errors
    ///
    /// What the next steps return, or an [`Error::custom`] of its own.
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>>;
}

impl<P: Policy + ?Sized> Policy for Arc<P> {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        (**self).handle(request, next)
    }
}

/// Where a policy of one's own stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// Outermost: once for each call, whatever the number of attempts; sees what the caller will see.
    Call,
    /// Once for each attempt, before the credentials are added.
    Attempt,
    /// Last before logging: sees what is sent, secrets and the requests of the login included.
    Wire,
}

/// The steps that remain.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    policies: &'a [Arc<dyn Policy>],
}

impl<'a> Next<'a> {
    pub(crate) fn new(policies: &'a [Arc<dyn Policy>]) -> Self {
        Self { policies }
    }

    /// Passes a request on.
    pub fn run(self, request: Request) -> BoxFuture<'a, Result<Response, Error>> {
        match self.policies.split_first() {
            Some((policy, rest)) => policy.handle(request, Next { policies: rest }),
            // The last policy of every pipeline is the one that calls the transport.
            None => Box::pin(async { Err(Error::custom("there is no transport behind the last policy")) }),
        }
    }
}

impl std::fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Next").field("remaining", &self.policies.len()).finish()
    }
}
