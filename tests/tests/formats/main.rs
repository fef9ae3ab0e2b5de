//! The types in JSON and other formats, through serde.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests fail so"
)]

mod engine_json;
mod mistakes;
mod properties;
mod shapes;
