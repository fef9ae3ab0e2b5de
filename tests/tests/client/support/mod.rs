//! An HTTPS server in the test process, whose behavior each test controls.

pub(crate) mod authority;
pub(crate) mod engine;
pub(crate) mod proxy;
pub(crate) mod server;

use std::time::Duration;

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, ConnectionBuilder, Credentials};

pub(crate) use authority::Authority;
pub(crate) use engine::Engine;
pub(crate) use server::{Asked, Reply, Server};

pub(crate) const USER: &str = "admin@internal";
pub(crate) const PASSWORD: &str = "pa&ss w0rd!";

/// A connection builder that trusts the server and has the right password.
pub(crate) fn builder(server: &Server) -> ConnectionBuilder {
    Connection::builder(server.url())
        .credentials(Credentials::password(USER, PASSWORD))
        .ca_pem(server.authority())
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .retry(fast_retry())
}

/// Up to five attempts with short delays.
pub(crate) fn fast_retry() -> RetryPolicy {
    RetryPolicy::new().attempts(5).first_delay(Duration::from_millis(5)).longest_delay(Duration::from_millis(20))
}

/// A port on which nothing listens.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn connect(server: &Server) -> Connection {
    builder(server).build().unwrap()
}
