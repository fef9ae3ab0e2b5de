//! The trait `Transport`.

use std::sync::Arc;

use crate::error::Error;
use crate::http::{BoxFuture, Request, Response};

/// Sends requests and returns responses of any status.
///
/// Response bodies must be decompressed. Redirects must not be followed: the connection follows them, and only within
/// the origin of the engine. Wrap a transport in an [`Arc`] to share it between connections.
pub trait Transport: Send + Sync {
    /// Sends a request. The future can be dropped at any time.
    ///
    /// # Errors
    ///
    /// When there is no response. Create the error with [`Error::transport`], which distinguishes transient failures
    /// from permanent ones.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        (**self).send(request)
    }
}
