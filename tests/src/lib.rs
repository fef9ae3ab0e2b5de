//! What the tests of the SDK share.

pub mod every;
pub mod models;
pub mod pieces;
pub mod random;
pub mod round_trip;
