//! The server of the fake engine, over real sockets: what holds for every request, whatever the API makes of it.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

mod curl;
mod engines;
mod incidents;
mod injected_failures;
mod logins;
mod options;
mod page;
mod protocol;
mod raw;
mod requests;
mod restarts;
mod schema;
mod timeouts;

use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, FakeEngineBuilder};
use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, ConnectionBuilder, Error};

const MINUTE: Duration = Duration::from_secs(60);

/// An engine whose time stands still, and a connection to it that does not try again.
async fn engine(builder: FakeEngineBuilder) -> (FakeEngine, Connection) {
    let engine = builder.manual_clock().start().await.unwrap();
    let connection = careful(&engine).build().unwrap();
    (engine, connection)
}

/// Connections that show what happens at the first attempt.
fn careful(engine: &FakeEngine) -> ConnectionBuilder {
    engine.connect().retry(RetryPolicy::none())
}

/// Reads the root of the API.
async fn read(connection: &Connection) -> Result<(), Error> {
    connection.raw(Method::Get, "").send().await.map(drop)
}
