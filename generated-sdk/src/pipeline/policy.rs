//! Policies, and how a request passes through them.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};
use crate::transport::Transport;

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

/// Position of a custom policy in the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Position {
    /// Outermost: once for each call, whatever the number of attempts; sees what the caller will see.
    Call,
    /// Once for each attempt, before the credentials are added.
    Attempt,
    /// Last before logging: sees what is sent, secrets and the requests of the login included.
    Wire,
}

/// Policies in order; the last one calls the transport.
#[derive(Clone)]
pub(crate) struct Pipeline(Arc<[Arc<dyn Policy>]>);

impl Pipeline {
    pub(crate) fn new(policies: Vec<Arc<dyn Policy>>) -> Self {
        Self(policies.into())
    }
}

impl Transport for Pipeline {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Next { policies: &self.0 }.run(request)
    }
}

/// The steps that remain.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    policies: &'a [Arc<dyn Policy>],
}

impl<'a> Next<'a> {
    /// Passes a request on.
    pub fn run(self, request: Request) -> BoxFuture<'a, Result<Response, Error>> {
        match self.policies.split_first() {
            Some((policy, rest)) => policy.handle(request, Next { policies: rest }),
            // The last policy of every pipeline is the one that calls the transport.
            None => Box::pin(async { Err(Error::custom("there is no transport behind the last policy")) }),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("remaining", &self.policies.len()).finish()
    }
}
