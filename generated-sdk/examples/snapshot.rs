//! Takes a snapshot of a virtual machine, waits until it is whole, and removes it again.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example snapshot -- web1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::types::{Snapshot, SnapshotStatus};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let name = std::env::args().nth(1).unwrap_or_else(|| "example".to_owned());
    let outcome = run(&connection, &name, Duration::from_secs(5)).await;
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn run(connection: &Connection, vm: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let snapshots = vms.vm(vm.try_id()?).snapshots();

    let wanted = Snapshot::new().description("Before the update").persist_memorystate(false);
    let taken = snapshots.add(wanted).send().await?;
    let snapshot = snapshots.snapshot(taken.try_id()?);
    while *snapshot.get().send().await?.try_snapshot_status()? == SnapshotStatus::Locked {
        println!("the snapshot is being taken");
        tokio::time::sleep(pause).await;
    }
    println!("the snapshot is taken");

    snapshot.remove().send().await?;
    // It goes after the answer.
    loop {
        match snapshot.get().send().await {
            Err(error) if error.is_not_found() => break,
            other => other?,
        };
        println!("the snapshot is being removed");
        tokio::time::sleep(pause).await;
    }
    println!("the snapshot is gone");
    Ok(())
}
