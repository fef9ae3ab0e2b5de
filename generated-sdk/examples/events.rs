//! Shows what happens on an engine, as it happens.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example events -- 12
//! ```
//!
//! The number says how often it looks, every five seconds.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let times = std::env::args().nth(1).and_then(|times| times.parse().ok()).unwrap_or(12);
    let outcome = run(&connection, times, Duration::from_secs(5)).await;
    let closed = connection.close().await;
    outcome.map(drop).and(closed)
}

pub async fn run(connection: &Connection, times: usize, pause: Duration) -> Result<usize, Error> {
    let events = connection.system().events();
    let number = |id: Option<&String>| id.and_then(|id| id.parse::<i64>().ok());
    // The last event there is; what comes is newer.
    let newest = events.list().max(1).send().await?;
    let mut last = newest.first().and_then(|event| number(event.id.as_ref())).unwrap_or(0);
    let mut count = 0;
    for _ in 0..times {
        let mut new = events.list().from(last).send().await?.into_vec();
        // The newest comes first.
        new.sort_by_key(|event| number(event.id.as_ref()));
        for event in new {
            println!("{}", event.description.as_deref().unwrap_or("an event without a text"));
            last = last.max(number(event.id.as_ref()).unwrap_or(0));
            count += 1;
        }
        tokio::time::sleep(pause).await;
    }
    Ok(count)
}
