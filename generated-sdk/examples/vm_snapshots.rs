//! Snapshots of virtual machines: listing them, trying one, going back to one, a new machine of one. `snapshot` takes
//! and removes one.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_snapshots -- list
//! cargo run --example vm_snapshots -- preview web1 'Before the update'
//! cargo run --example vm_snapshots -- undo web1
//! cargo run --example vm_snapshots -- restore web1 'Before the update'
//! cargo run --example vm_snapshots -- clone web1 'Before the update' web2
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Snapshot, SnapshotType, Vm, VmStatus};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, vm, text) = (word("list"), word("example"), word("Before the update"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "list" => list(&connection).await,
        "preview" => preview(&connection, &vm, &text, PAUSE).await,
        "undo" => undo(&connection, &vm, PAUSE).await,
        "restore" => restore(&connection, &vm, &text, PAUSE).await,
        "clone" => clone(&connection, &vm, &text, &word("example-2"), PAUSE).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// The snapshots of all machines. The active state of each machine stands among them and is left out.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    let mut vms = connection.system().vms().list().follow("snapshots").items();
    while let Some(vm) = vms.next().await? {
        for snapshot in vm.snapshots.iter().flatten().filter(|it| it.snapshot_type != Some(SnapshotType::Active)) {
            println!("{}: {} ({})", vm.try_name()?, snapshot.try_description()?, snapshot.try_date()?);
        }
    }
    Ok(())
}

/// Puts a machine that is down into the state of a snapshot, for a look.
pub async fn preview(connection: &Connection, vm: &str, description: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, vm).await?;
    let snapshot = described(&vm, description).await?;
    vm.preview_snapshot().snapshot(Snapshot::with_id(snapshot.try_id()?)).restore_memory(false).send().await?;
    wait_until_down(&vm, pause).await?;
    println!("the machine is as it was when it was {description:?}; undo or commit");
    Ok(())
}

/// Ends the look.
pub async fn undo(connection: &Connection, vm: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, vm).await?;
    vm.undo_snapshot().send().await?;
    wait_until_down(&vm, pause).await?;
    println!("the machine is as it was before");
    Ok(())
}

/// Takes a machine that is down back to a snapshot; what came later is lost.
pub async fn restore(connection: &Connection, vm: &str, description: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, vm).await?;
    let snapshot = described(&vm, description).await?;
    vm.snapshots().snapshot(snapshot.try_id()?).restore().restore_memory(false).send().await?;
    wait_until_down(&vm, pause).await?;
    println!("the machine is back at {description:?}");
    Ok(())
}

/// Makes another machine of a snapshot.
pub async fn clone(
    connection: &Connection,
    vm: &str,
    description: &str,
    name: &str,
    pause: Duration,
) -> Result<(), Error> {
    let snapshot = described(&find(connection, vm).await?, description).await?;
    let wanted =
        Vm::new().name(name).cluster(Cluster::with_name("Default")).snapshots([Snapshot::with_id(snapshot.try_id()?)]);
    let vms = connection.system().vms();
    let made = vms.add(wanted).send().await?;
    wait_until_down(&vms.vm(made.try_id()?), pause).await?;
    println!("{name} is {vm} as it was");
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}

/// The snapshot with a description. Nothing keeps several from having the same: this takes the newest.
async fn described(vm: &VmService, description: &str) -> Result<Snapshot, Error> {
    let snapshots = vm.snapshots().list().send().await?;
    let same = snapshots.into_iter().filter(|it| it.description.as_deref() == Some(description));
    same.max_by_key(|it| it.date).ok_or_else(|| Error::custom(format!("there is no snapshot {description:?}")))
}

async fn wait_until_down(vm: &VmService, pause: Duration) -> Result<(), Error> {
    while *vm.get().send().await?.try_status()? != VmStatus::Down {
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
