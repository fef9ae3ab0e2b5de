//! An oVirt engine in memory.

mod clock;
pub(crate) mod exchange;

pub use clock::Clock;
