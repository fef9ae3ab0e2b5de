//! Snapshots of virtual machines: list, preview, undo the preview, restore, clone.
//!
//! `snapshot` takes and removes one.
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

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Snapshot, SnapshotType, Vm};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["list"] => list(&connection).await,
        ["preview", vm, description] => preview(&connection, vm, description, POLL_INTERVAL).await,
        ["undo", vm] => undo_preview(&connection, vm, POLL_INTERVAL).await,
        ["restore", vm, description] => restore(&connection, vm, description, POLL_INTERVAL).await,
        ["clone", vm, description, clone] => clone_snapshot(&connection, vm, description, clone, POLL_INTERVAL).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_snapshots list
       vm_snapshots preview VM DESCRIPTION
       vm_snapshots undo VM
       vm_snapshots restore VM DESCRIPTION
       vm_snapshots clone VM DESCRIPTION NEW_VM"
    );
    std::process::exit(2)
}

/// Lists the snapshots of all virtual machines.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    let mut vms = connection.system().vms().list().follow(Vm::SNAPSHOTS).items();
    while let Some(vm) = vms.next().await? {
        for snapshot in Vm::SNAPSHOTS.of(&vm) {
            // The current state of each VM is listed as the snapshot "Active VM".
            if snapshot.snapshot_type != Some(SnapshotType::Active) {
                println!("{}: {} ({})", vm.try_name()?, snapshot.try_description()?, snapshot.try_date()?);
            }
        }
    }
    Ok(())
}

/// Previews a snapshot of a virtual machine that is down: it has the state of the snapshot until the preview is undone or
/// committed.
pub async fn preview(connection: &Connection, vm: &str, description: &str, interval: Duration) -> Result<(), Error> {
    let service = find_vm(connection, vm).await?;
    let snapshot = find_snapshot(&service, description).await?;
    service.preview_snapshot().snapshot(Snapshot::with_id(snapshot.try_id()?)).restore_memory(false).send().await?;
    service.wait_until_down().interval(interval).await?;
    println!("VM {vm} previews snapshot {description:?}");
    Ok(())
}

/// Undoes a preview.
pub async fn undo_preview(connection: &Connection, vm: &str, interval: Duration) -> Result<(), Error> {
    let service = find_vm(connection, vm).await?;
    service.undo_snapshot().send().await?;
    service.wait_until_down().interval(interval).await?;
    println!("undid the preview of VM {vm}");
    Ok(())
}

/// Restores a snapshot of a virtual machine that is down. Later changes are lost.
pub async fn restore(connection: &Connection, vm: &str, description: &str, interval: Duration) -> Result<(), Error> {
    let service = find_vm(connection, vm).await?;
    let snapshot = find_snapshot(&service, description).await?;
    service.snapshots().snapshot(snapshot.try_id()?).restore().restore_memory(false).send().await?;
    service.wait_until_down().interval(interval).await?;
    println!("restored snapshot {description:?} of VM {vm}");
    Ok(())
}

/// Creates a virtual machine from a snapshot.
pub async fn clone_snapshot(
    connection: &Connection,
    vm: &str,
    description: &str,
    clone: &str,
    interval: Duration,
) -> Result<(), Error> {
    let snapshot = find_snapshot(&find_vm(connection, vm).await?, description).await?;
    let snapshot = Snapshot::with_id(snapshot.try_id()?);
    let new_vm = Vm::new().name(clone).cluster(Cluster::with_name("Default")).snapshots([snapshot]);
    let vms = connection.system().vms();
    let new_vm = vms.add(new_vm).send().await?;
    vms.vm(new_vm.try_id()?).wait_until_down().interval(interval).await?;
    println!("created VM {clone} from snapshot {description:?} of VM {vm}");
    Ok(())
}

async fn find_vm(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}

/// Returns the newest snapshot with a description. Descriptions don't have to be unique.
async fn find_snapshot(vm: &VmService, description: &str) -> Result<Snapshot, Error> {
    let snapshots = vm.snapshots().list().send().await?;
    let matching = snapshots.into_iter().filter(|snapshot| snapshot.description.as_deref() == Some(description));
    let newest = matching.max_by_key(|snapshot| snapshot.date);
    newest.ok_or_else(|| Error::custom(format!("no snapshot {description:?}")))
}
