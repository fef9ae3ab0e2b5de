//! Counts the virtual machines of several engines at the same time.
//!
//! ```sh
//! export OVIRT_CAFILE=all-cas.pem OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example many_engines -- https://one.example.com/ovirt-engine/api https://two.example.com/ovirt-engine/api
//! ```
//!
//! `OVIRT_URL`, when it is set, is one more engine.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::{Connection, Credentials, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let mut connections = Vec::new();
    if !variable("OVIRT_URL").is_empty() {
        connections.push(Connection::from_env()?);
    }
    for url in std::env::args().skip(1) {
        let credentials = Credentials::password(variable("OVIRT_USERNAME"), variable("OVIRT_PASSWORD"));
        let mut builder = Connection::builder(url).credentials(credentials);
        if !variable("OVIRT_CAFILE").is_empty() {
            builder = builder.ca_file(variable("OVIRT_CAFILE"));
        }
        connections.push(builder.build()?);
    }
    run(&connections).await;
    for connection in connections {
        connection.close().await?;
    }
    Ok(())
}

/// How many machines each engine has; `None` where it can't be told.
pub async fn run(connections: &[Connection]) -> Vec<Option<usize>> {
    // A connection is cheap to clone; tasks of their own ask all engines at once.
    let counting = connections.iter().map(|connection| {
        let vms = connection.system().vms();
        tokio::spawn(async move { Ok::<_, Error>(vms.list().send().await?.len()) })
    });
    let mut counts = Vec::new();
    for (connection, task) in connections.iter().zip(counting.collect::<Vec<_>>()) {
        // One engine that is down is no reason not to tell of the others.
        let count = match task.await {
            Ok(Ok(count)) => Some(count),
            Ok(Err(error)) => {
                println!("{}: {error}", connection.url());
                None
            }
            Err(_) => None,
        };
        if let Some(count) = count {
            println!("{}: {count} virtual machines", connection.url());
        }
        counts.push(count);
    }
    counts
}
