//! Snapshots and backups.

use ovirt_sdk::types::{Disk, DiskBackup, Snapshot, SnapshotType};

use super::{add_vm, find_vm, start_engine_with_speed, start_engine_with_vm, with_vm};
use crate::{backups, jobs, vm_power, vm_snapshots};

#[tokio::test]
async fn snapshots() {
    let (_engine, connection) = start_engine_with_vm().await;
    vm_snapshots::take_and_remove(&connection, "web1").await.unwrap();
    let snapshots = find_vm(&connection, "web1").await.snapshots();
    let snapshot = Snapshot::new().description("Before").persist_memorystate(false);
    let snapshot = snapshots.add(snapshot).send().await.unwrap();
    snapshots.snapshot(&snapshot).wait_until_ok().await.unwrap();
    vm_snapshots::list(&connection).await.unwrap();
    vm_snapshots::preview(&connection, "web1", "Before").await.unwrap();
    let previews = snapshots.list().send().await.unwrap();
    assert!(previews.iter().any(|it| it.snapshot_type == Some(SnapshotType::Preview)), "{previews:?}");
    vm_snapshots::undo_preview(&connection, "web1").await.unwrap();
    vm_snapshots::restore(&connection, "web1", "Before").await.unwrap();
    vm_snapshots::clone_snapshot(&connection, "web1", "Before", "web2").await.unwrap();
    jobs::clone_vm(&connection, "web1", "web3").await.unwrap();
    for name in ["web2", "web3"] {
        let disks = find_vm(&connection, name).await.disk_attachments().list().send().await.unwrap();
        assert_eq!(disks.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn backups_and_checkpoints() {
    // At a higher speed, the inactivity timeout of 60 s would end the transfers.
    let (_engine, connection) = with_vm(start_engine_with_speed(20.0).await).await;
    let folder = tempfile::tempdir().unwrap();
    backups::full(&connection, "web1", folder.path()).await.unwrap();
    assert!(backups::incremental(&connection, "web1", folder.path()).await.is_err());

    let disks = find_vm(&connection, "web1").await.disk_attachments().list().send().await.unwrap();
    let disk = connection.system().disks().disk(disks[0].try_id().unwrap());
    disk.update(Disk::new().backup(DiskBackup::Incremental)).send().await.unwrap();
    backups::full(&connection, "web1", folder.path()).await.unwrap();
    backups::incremental(&connection, "web1", folder.path()).await.unwrap();
    let file = folder.path().join(disks[0].try_id().unwrap()).with_extension("raw");
    backups::restore(&connection, &file, "restored", "data").await.unwrap();
    backups::list_checkpoints(&connection, "web1").await.unwrap();
    let checkpoints = find_vm(&connection, "web1").await.checkpoints();
    assert_eq!(checkpoints.list().send().await.unwrap().len(), 2);
    vm_power::start(&connection, "web1").await.unwrap();
    backups::remove_oldest_checkpoint(&connection, "web1").await.unwrap();
    assert_eq!(checkpoints.list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn backup_through_a_snapshot() {
    let (_engine, connection) = start_engine_with_vm().await;
    add_vm(&connection, "appliance").await;
    backups::snapshot_backup(&connection, "web1", "appliance").await.unwrap();
}
