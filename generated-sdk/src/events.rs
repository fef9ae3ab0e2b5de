//! Watching the events of the engine: none is lost, and none comes twice.
//!
//! [`Connection::events`] creates a watch.
//!
//! [`Connection::events`]: crate::Connection::events

mod cursor;
mod filter;
mod settings;
mod start;
mod stream;
mod watch;

#[cfg(feature = "blocking")]
pub use stream::BlockingEvents;
pub use stream::Events;
pub use watch::EventWatch;
