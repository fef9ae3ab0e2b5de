//! Policies and the pipeline that runs them.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};
use crate::transport::Transport;

/// A step of the pipeline. Wrap it in an [`Arc`] to share it between connections, or to keep access to it.
pub trait Policy: Send + Sync {
    /// Handles a request: can modify it, pass it on with [`Next::run`] (once, several times or not at all), and inspect
    /// or modify the response. The future can be dropped at any time, when the caller gives up.
    ///
    /// # Errors
    ///
    /// Errors of the following steps, or an [`Error::custom`] of the policy.
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
    /// Outermost: runs once per call, regardless of retries, and sees the final response.
    Call,
    /// Runs once per attempt, before credentials are added.
    Attempt,
    /// Runs last before logging. Sees the final request with its secrets, and the requests of the login.
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

/// The remaining steps of the pipeline.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    policies: &'a [Arc<dyn Policy>],
}

impl<'a> Next<'a> {
    /// Passes the request to the next step and returns its response.
    pub fn run(self, request: Request) -> BoxFuture<'a, Result<Response, Error>> {
        match self.policies.split_first() {
            Some((policy, rest)) => policy.handle(request, Next { policies: rest }),
            // Unreachable: the last policy of every pipeline calls the transport.
            None => Box::pin(async { Err(Error::custom("the pipeline ends without a transport")) }),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("remaining", &self.policies.len()).finish()
    }
}
