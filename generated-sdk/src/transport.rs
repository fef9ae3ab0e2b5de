//! What carries requests to the engine: the network, or something in its place.

mod gzip;
pub(crate) mod network;
pub(crate) mod recorder;
mod recording;
mod replayer;
pub(crate) mod tls;

use std::sync::Arc;

use crate::error::Error;
use crate::pipeline::{BoxFuture, Request, Response};
pub use recorder::Recorder;
pub use recording::Recording;
pub use replayer::Replayer;

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
