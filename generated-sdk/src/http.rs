//! HTTP messages, independent of any client: methods, headers, requests, responses and their bodies.
//!
//! Policies, transports and credential providers exchange these types.

mod body;
mod header_text;
mod headers;
mod message;
mod method;
mod progress;
mod retry_after;
mod sink;
mod status;

pub use body::{Body, BodyError, BoxFuture, Chunks};
pub(crate) use header_text::HeaderText;
pub use headers::Headers;
pub use message::{Request, Response};
pub use method::Method;
pub(crate) use progress::Progress;
pub(crate) use retry_after::{retry_after, server_time};
pub(crate) use sink::{BodySink, Delivery};
pub(crate) use status::Status;
