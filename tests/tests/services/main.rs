//! The typed services: what their methods send, and how they read what a real HTTPS server answers.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

mod answers;
mod blocking;
mod examples;
mod find;
mod follow;
mod identifiers;
mod items;
#[allow(dead_code, unused_imports, reason = "not every test needs all of it")]
#[path = "../client/support/mod.rs"]
mod support;
mod table;

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials};
use support::{Asked, Reply, Server};

/// A server that answers in one way, and a connection to it with a token.
async fn answering(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Connection) {
    let server = Server::start(answer).await;
    let connection = with_token(&server);
    (server, connection)
}

fn with_token(server: &Server) -> Connection {
    let builder = support::builder(server).credentials(Credentials::token("t0ken")).retry(RetryPolicy::none());
    builder.build().unwrap()
}
