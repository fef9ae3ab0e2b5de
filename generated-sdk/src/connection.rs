//! The connection to an engine.

mod builder;
mod call;
mod environment;
mod handle;
mod objects;
mod options;
mod raw;
mod session;
mod shared;

pub use builder::ConnectionBuilder;
pub(crate) use call::{Call, RawReply, StreamingReply};
pub use handle::Connection;
pub use raw::{Inspected, RawRequest, RawResponse};
