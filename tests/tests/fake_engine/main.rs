//! What the resources of the fake engine do: their states, what depends on what, and what is refused.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

mod creation;
mod storage;
