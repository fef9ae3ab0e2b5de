//! Tests of the generator: generated code, diagnostics, and which files it writes.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests"
)]

mod export;
mod fixtures;
mod problems;
mod public_api;
mod real_model;
mod regenerate;
mod uses;
mod workspace;
mod writes;
