//! Events: print new ones, or react to them by starting crashed virtual machines again.
//!
//! ```sh
//! cargo run --example events -- print 60
//! cargo run --example events -- restart-crashed 3600
//! ```
//!
//! The arguments are numbers of seconds.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::time::Duration;

use ovirt_sdk::{Connection, Error};

/// The code of the event that a virtual machine went down with an error.
const VM_DOWN_ERROR: i64 = 119;

fn main() -> Result<(), Error> {
    let seconds = |text: &str| text.parse().map(Duration::from_secs).map_err(Error::custom);
    common::run(async |connection, arguments| match arguments {
        ["print", duration] => run(connection, seconds(duration)?).await.map(drop),
        ["restart-crashed", duration] => restart_crashed(connection, seconds(duration)?).await.map(drop),
        _ => common::usage(include_str!("events.rs")),
    })
}

/// Returns the number of new events.
pub async fn run(connection: &Connection, duration: Duration) -> Result<usize, Error> {
    let mut events = connection.events().timeout(duration).watch().await?;
    let mut count = 0;
    while let Some(event) = events.next().await? {
        println!("{}", event.description.as_deref().unwrap_or("(no description)"));
        count += 1;
    }
    Ok(count)
}

/// Starts virtual machines that went down with an error. Returns their names.
pub async fn restart_crashed(connection: &Connection, duration: Duration) -> Result<Vec<String>, Error> {
    let mut events = connection.events().code(VM_DOWN_ERROR).timeout(duration).watch().await?;
    let mut restarted = Vec::new();
    while let Some(event) = events.next().await? {
        println!("{}", event.try_description()?);
        let vm = connection.follow(&event.vm).await?;
        match connection.of(&vm)?.start().retry_conflicts(Duration::from_secs(60)).send().await {
            Ok(_) => restarted.push(vm.try_name()?.to_owned()),
            // Somebody else may have started or removed it.
            Err(error) => println!("can't start {}: {error}", vm.try_name()?),
        }
    }
    Ok(restarted)
}
