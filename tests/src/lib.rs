//! What the tests of the SDK share.

pub mod models;
