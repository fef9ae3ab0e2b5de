//! The types in JSON and other formats, by the traits of serde.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests fail so"
)]

mod mistakes;
mod properties;
mod shapes;
