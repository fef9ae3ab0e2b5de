//! The typed services: which requests their methods send to an HTTPS server, and how they decode its responses.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]
#![allow(clippy::duplicate_mod, reason = "programs of the cookbook share a module")]

mod blocking;
mod ensure;
mod examples;
mod find;
mod follow;
mod identifiers;
mod identity;
mod items;
mod links;
mod objects;
mod responses;
mod setters;
#[allow(dead_code, unused_imports, reason = "shared by several test crates")]
#[path = "../client/support/mod.rs"]
mod support;
mod table;

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, ConnectionBuilder, Credentials};
use support::{Asked, Reply, Server};

/// Starts a server that responds to every request with the result of `respond`, and connects to it.
async fn start_server(respond: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Connection) {
    let server = Server::start(respond).await;
    let connection = connect(&server);
    (server, connection)
}

/// Returns a connection that authenticates with a token and doesn't retry.
fn connect(server: &Server) -> Connection {
    builder(server).build().unwrap()
}

fn builder(server: &Server) -> ConnectionBuilder {
    support::builder(server).credentials(Credentials::token("t0ken")).retry(RetryPolicy::none())
}
