//! Counts the virtual machines of several engines concurrently.
//!
//! ```sh
//! export OVIRT_CAFILE=all-cas.pem OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example many_engines -- https://one.example.com/ovirt-engine/api https://two.example.com/ovirt-engine/api
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::{Connection, ConnectionBuilder, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let urls: Vec<String> = std::env::args().skip(1).collect();
    if urls.is_empty() {
        usage();
    }
    let mut connections = Vec::new();
    for url in urls {
        connections.push(ConnectionBuilder::from_env().url(url).build()?);
    }
    run(&connections).await;
    for connection in connections {
        connection.close().await?;
    }
    Ok(())
}

fn usage() -> ! {
    eprintln!("usage: many_engines URL…");
    std::process::exit(2)
}

/// Returns the number of virtual machines of each engine, `None` for an engine that failed.
pub async fn run(connections: &[Connection]) -> Vec<Option<usize>> {
    let tasks: Vec<_> = connections
        .iter()
        .map(|connection| {
            let vms = connection.system().vms();
            tokio::spawn(async move { Ok::<_, Error>(vms.list().send().await?.len()) })
        })
        .collect();
    let mut counts = Vec::new();
    for (connection, task) in connections.iter().zip(tasks) {
        // Report an error and go on with the other engines.
        let count = match task.await.unwrap_or_else(|error| Err(Error::custom(error))) {
            Ok(count) => {
                println!("{}: {count} virtual machines", connection.url());
                Some(count)
            }
            Err(error) => {
                println!("{}: {error}", connection.url());
                None
            }
        };
        counts.push(count);
    }
    counts
}
