//! Takes a snapshot of a virtual machine, waits until it is complete, and removes it.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example snapshot -- web1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::types::Snapshot;
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let Some(vm) = std::env::args().nth(1) else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, &vm, POLL_INTERVAL).await;
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!("usage: snapshot VM");
    std::process::exit(2)
}

pub async fn run(connection: &Connection, vm: &str, interval: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let snapshots = vms.vm(vm.try_id()?).snapshots();

    let snapshot = Snapshot::new().description("Before the update").persist_memorystate(false);
    let snapshot = snapshots.add(snapshot).send().await?;
    let service = snapshots.snapshot(snapshot.try_id()?);
    println!("taking the snapshot");
    service.wait_until_ok().interval(interval).await?;
    println!("took the snapshot");

    service.remove().send().await?;
    // The engine responds before it has removed the snapshot.
    println!("removing the snapshot");
    service.wait_until_removed().interval(interval).await?;
    println!("removed the snapshot");
    Ok(())
}
