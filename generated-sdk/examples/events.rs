//! Prints new events of the engine, polling every five seconds.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example events -- 12
//! ```
//!
//! The argument is the number of polls.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let Some(polls) = std::env::args().nth(1).and_then(|polls| polls.parse().ok()) else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, polls, POLL_INTERVAL).await;
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

fn usage() -> ! {
    eprintln!("usage: events POLLS");
    std::process::exit(2)
}

/// Returns the number of new events.
pub async fn run(connection: &Connection, polls: usize, interval: Duration) -> Result<usize, Error> {
    let events = connection.system().events();
    let number = |id: Option<&String>| id.and_then(|id| id.parse::<i64>().ok());
    // Event IDs increase. Start after the newest existing event.
    let newest = events.list().max(1).send().await?;
    let mut last = newest.first().and_then(|event| number(event.id.as_ref())).unwrap_or(0);
    let mut count = 0;
    for _ in 0..polls {
        let mut new_events = events.list().from(last).send().await?.into_vec();
        // The engine lists the newest event first.
        new_events.sort_by_key(|event| number(event.id.as_ref()));
        for event in new_events {
            println!("{}", event.description.as_deref().unwrap_or("(no description)"));
            last = last.max(number(event.id.as_ref()).unwrap_or(0));
            count += 1;
        }
        tokio::time::sleep(interval).await;
    }
    Ok(count)
}
