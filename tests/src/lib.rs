//! What the tests and the benchmarks of the SDK share.

pub mod inventory;
pub mod report;
