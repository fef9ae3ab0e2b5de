//! The trait of transports.

use std::sync::Arc;

use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};

/// Sends a request and returns the response, whatever its status. Bodies are decompressed.
///
/// Redirects are not followed: the connection does that, and only within the engine's origin. In an [`Arc`], it can be
/// shared by several connections.
pub trait Transport: Send + Sync {
    /// Sends a request. The future can be dropped at any time.
    ///
    /// # Errors
    ///
    /// When no response came; made with [`Error::transport`] so that it is told from others.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        (**self).send(request)
    }
}
