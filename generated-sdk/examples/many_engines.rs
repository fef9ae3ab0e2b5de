//! Counts the virtual machines of several engines concurrently.
//!
//! ```sh
//! cargo run --example many_engines -- https://one.example.com/ovirt-engine/api https://two.example.com/ovirt-engine/api
//! ```
//!
//! All engines have the same user and password. `OVIRT_CAFILE` contains the certificates of all authorities.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::{Connection, ConnectionBuilder, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let urls = std::env::args().skip(1);
    let connections: Result<Vec<_>, _> = urls.map(|url| ConnectionBuilder::from_env().url(url).build()).collect();
    let connections = connections?;
    run(&connections).await;
    for connection in connections {
        connection.close().await?;
    }
    Ok(())
}

/// Returns the number of virtual machines of each engine, `None` for an engine that failed.
pub async fn run(connections: &[Connection]) -> Vec<Option<usize>> {
    let count = |connection: &Connection| tokio::spawn(connection.system().vms().list().send());
    let tasks: Vec<_> = connections.iter().map(count).collect();
    let mut counts = Vec::new();
    for (connection, task) in connections.iter().zip(tasks) {
        let vms = task.await.unwrap_or_else(|error| Err(Error::custom(error)));
        // Report an error and go on with the other engines.
        match &vms {
            Ok(vms) => println!("{}: {} virtual machines", connection.url(), vms.len()),
            Err(error) => println!("{}: {error}", connection.url()),
        }
        counts.push(vms.ok().map(|vms| vms.len()));
    }
    counts
}
