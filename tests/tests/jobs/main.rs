//! Waiting for objects.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]

mod addresses;
mod conflicts;
mod ensure_table;
mod events;
mod explaining;
mod fake_engine;
mod model;
mod operations;
mod restarts;
mod script;
mod sharing;
mod table;
