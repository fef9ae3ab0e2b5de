//! Code shared by the tests and benchmarks of the SDK.

pub mod browser;
pub mod every;
pub mod inventory;
pub mod machine;
pub mod models;
pub mod pieces;
pub mod random;
pub mod report;
pub mod round_trip;

/// The program in the README, which must compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
