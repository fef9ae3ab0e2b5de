//! What the resources of the fake engine do: their states, what depends on what, and what is refused.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

mod creation;
mod documents;
mod following;
mod infrastructure;
mod machines;
mod references;
mod routes;
mod state_file;
mod storage;
mod walk;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Error};

/// An engine whose time stands still, and a connection to it that does not try again.
async fn engine() -> (FakeEngine, Connection) {
    let engine = FakeEngine::builder().manual_clock().start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    (engine, connection)
}

/// What the engine says when it refuses.
#[track_caller]
fn refusal<T>(answer: Result<T, Error>) -> String {
    match answer {
        Ok(_) => panic!("it should have been refused"),
        Err(error) => error.fault().and_then(|fault| fault.detail.clone()).unwrap_or_else(|| error.to_string()),
    }
}
