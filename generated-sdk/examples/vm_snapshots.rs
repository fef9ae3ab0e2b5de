//! Snapshots of virtual machines: take, remove, list, preview, undo the preview, restore, clone.
//!
//! ```sh
//! cargo run --example vm_snapshots -- list
//! cargo run --example vm_snapshots -- take-and-remove web1
//! cargo run --example vm_snapshots -- preview web1 'Before the update'
//! cargo run --example vm_snapshots -- undo web1
//! cargo run --example vm_snapshots -- restore web1 'Before the update'
//! cargo run --example vm_snapshots -- clone web1 'Before the update' web2
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Snapshot, SnapshotType, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["list"] => list(connection).await,
        ["take-and-remove", vm] => take_and_remove(connection, vm).await,
        ["preview", vm, description] => preview(connection, vm, description).await,
        ["undo", vm] => undo_preview(connection, vm).await,
        ["restore", vm, description] => restore(connection, vm, description).await,
        ["clone", vm, description, clone] => clone_snapshot(connection, vm, description, clone).await,
        _ => common::usage(include_str!("vm_snapshots.rs")),
    })
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

/// Takes a snapshot and removes it again.
pub async fn take_and_remove(connection: &Connection, vm: &str) -> Result<(), Error> {
    let snapshots = connection.system().vms().find_service(vm).await?.snapshots();
    let snapshot = Snapshot::new().description("Before the update").persist_memorystate(false);
    let snapshot = snapshots.snapshot(&snapshots.add(snapshot).send().await?);
    // The engine responds before it has taken or removed the snapshot.
    snapshot.wait_until_ok().await?;
    snapshot.remove().send().await?;
    snapshot.wait_until_removed().await
}

/// Previews a snapshot of a virtual machine that is down: it has the state of the snapshot until the preview is undone or
/// committed.
pub async fn preview(connection: &Connection, vm: &str, description: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(vm).await?;
    let snapshot = Snapshot::with_id(find_snapshot(&vm, description).await?.try_id()?);
    vm.preview_snapshot().snapshot(snapshot).restore_memory(false).send().await?;
    vm.wait_until_down().await?;
    Ok(())
}

/// Undoes a preview.
pub async fn undo_preview(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(vm).await?;
    vm.undo_snapshot().send().await?;
    vm.wait_until_down().await?;
    Ok(())
}

/// Restores a snapshot of a virtual machine that is down. Later changes are lost.
pub async fn restore(connection: &Connection, vm: &str, description: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(vm).await?;
    let snapshot = find_snapshot(&vm, description).await?;
    vm.snapshots().snapshot(&snapshot).restore().restore_memory(false).send().await?;
    vm.wait_until_down().await?;
    Ok(())
}

/// Creates a virtual machine from a snapshot.
pub async fn clone_snapshot(connection: &Connection, vm: &str, description: &str, clone: &str) -> Result<(), Error> {
    let snapshot = find_snapshot(&connection.system().vms().find_service(vm).await?, description).await?;
    let snapshot = Snapshot::with_id(snapshot.try_id()?);
    let new_vm = Vm::new().name(clone).cluster(Cluster::with_name("Default")).snapshots([snapshot]);
    connection.of(&connection.create(new_vm).await?)?.wait_until_down().await?;
    Ok(())
}

/// Returns the newest snapshot with a description. Descriptions don't have to be unique.
async fn find_snapshot(vm: &VmService, description: &str) -> Result<Snapshot, Error> {
    let snapshots = vm.snapshots().list().send().await?;
    let matching = snapshots.into_iter().filter(|snapshot| snapshot.description.as_deref() == Some(description));
    let newest = matching.max_by_key(|snapshot| snapshot.date);
    newest.ok_or_else(|| Error::custom(format!("no snapshot {description:?}")))
}
