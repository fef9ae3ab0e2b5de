//! Prints new events of the engine for some time.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example events -- 60
//! ```
//!
//! The argument is the number of seconds.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let Some(seconds) = std::env::args().nth(1).and_then(|seconds| seconds.parse().ok()) else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, Duration::from_secs(seconds), POLL_INTERVAL).await;
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

fn usage() -> ! {
    eprintln!("usage: events SECONDS");
    std::process::exit(2)
}

/// Returns the number of new events.
pub async fn run(connection: &Connection, duration: Duration, interval: Duration) -> Result<usize, Error> {
    let mut events = connection.events().timeout(duration).interval(interval).watch().await?;
    let mut count = 0;
    while let Some(event) = events.next().await? {
        println!("{}", event.description.as_deref().unwrap_or("(no description)"));
        count += 1;
    }
    Ok(count)
}
