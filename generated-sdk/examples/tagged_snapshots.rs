//! Takes a snapshot of all virtual machines with a tag, and removes the ones of earlier runs that are too old.
//!
//! ```sh
//! cargo run --example tagged_snapshots -- production 14
//! ```
//!
//! It works on five virtual machines at a time, and goes on if one of them fails.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::sync::Arc;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::Snapshot;
use ovirt_sdk::{Connection, Error, search};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Tells the snapshots of this program from others.
const DESCRIPTION: &str = "Taken by tagged_snapshots";

const CONCURRENT: usize = 5;

const DAY: i64 = 24 * 3600;

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [tag, days] => run(connection, tag, days.parse().map_err(Error::custom)?).await,
        _ => common::usage(include_str!("tagged_snapshots.rs")),
    })
}

pub async fn run(connection: &Connection, tag: &str, days: i64) -> Result<(), Error> {
    let oldest = connection.system().get().send().await?.try_time()?.unix_seconds() - days * DAY;
    let slots = Arc::new(Semaphore::new(CONCURRENT));
    let mut tasks = JoinSet::new();
    for vm in connection.system().vms().list().search(search::vm::TAG.literal(tag)).send().await? {
        let (slots, service) = (Arc::clone(&slots), connection.of(&vm)?);
        tasks.spawn(async move {
            let _slot = slots.acquire_owned().await;
            (vm, rotate(&service, oldest).await)
        });
    }
    let mut failures = 0;
    while let Some(result) = tasks.join_next().await {
        let (vm, result) = result.map_err(Error::custom)?;
        match result {
            Ok(removed) => println!("VM {}: took a snapshot, removed {removed}", vm.try_name()?),
            Err(error) => {
                failures += 1;
                println!("VM {}: {error}", vm.try_name()?);
            }
        }
    }
    if failures == 0 { Ok(()) } else { Err(Error::custom(format!("{failures} virtual machines failed"))) }
}

/// Takes a snapshot and removes old ones. Returns the number of those.
async fn rotate(vm: &VmService, oldest: i64) -> Result<usize, Error> {
    let snapshots = vm.snapshots();
    let new = Snapshot::new().description(DESCRIPTION).persist_memorystate(false);
    let new = snapshots.add(new).send().await?;
    snapshots.snapshot(&new).wait_until_ok().await?;
    let mut removed = 0;
    for old in snapshots.list().send().await? {
        let is_own = old.description.as_deref() == Some(DESCRIPTION);
        if is_own && old.date.is_some_and(|date| date.unix_seconds() < oldest) {
            // The engine removes the snapshots of a virtual machine one after the other.
            snapshots.snapshot(&old).remove().send().await?;
            snapshots.snapshot(&old).wait_until_removed().await?;
            removed += 1;
        }
    }
    Ok(removed)
}
