//! The settings of a watch.

use std::time::Duration;

use super::filter::Filter;
use super::start::Start;
use crate::connection::Connection;

/// What a watch returns, and how it asks for it.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) connection: Connection,
    pub(super) start: Start,
    pub(super) filter: Filter,
    /// The interval between requests.
    pub(super) interval: Duration,
    /// How long the engine may be unreachable.
    pub(super) longest_outage: Duration,
    /// The period after which the watch ends, if it does.
    pub(super) timeout: Option<Duration>,
}
