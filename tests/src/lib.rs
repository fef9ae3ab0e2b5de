//! What the tests and the benchmarks of the SDK share.

pub mod every;
pub mod inventory;
pub mod models;
pub mod pieces;
pub mod random;
pub mod report;
pub mod round_trip;
