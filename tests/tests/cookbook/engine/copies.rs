//! Snapshots, templates, pools, backups, exports and imports.

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::types::{Disk, DiskBackup, Snapshot, SnapshotStatus, SnapshotType};

use super::{PAUSE, add_vm, service_of, settled, started, vm};
use crate::{
    backups, create_and_start_vm, jobs, snapshot, templates, vm_create, vm_export, vm_import, vm_pools, vm_power,
    vm_snapshots,
};

/// An engine with a machine that has a disk, and is down.
async fn with_machine() -> (FakeEngine, Connection) {
    let (engine, connection) = started().await;
    create_and_start_vm::run(&connection, "web1", PAUSE).await.unwrap();
    vm_power::stop(&connection, "web1", PAUSE).await.unwrap();
    (engine, connection)
}

#[tokio::test]
async fn snapshots_are_taken_tried_and_restored() {
    let (_engine, connection) = with_machine().await;
    snapshot::run(&connection, "web1", PAUSE).await.unwrap();
    let snapshots = service_of(&connection, "web1").await.snapshots();
    let taken = snapshots.add(Snapshot::new().description("Before").persist_memorystate(false)).send().await.unwrap();
    let taken = snapshots.snapshot(taken.try_id().unwrap());
    while taken.get().send().await.unwrap().snapshot_status != Some(SnapshotStatus::Ok) {
        tokio::time::sleep(PAUSE).await;
    }
    vm_snapshots::list(&connection).await.unwrap();
    vm_snapshots::preview(&connection, "web1", "Before", PAUSE).await.unwrap();
    let previews = snapshots.list().send().await.unwrap();
    assert!(previews.iter().any(|it| it.snapshot_type == Some(SnapshotType::Preview)), "{previews:?}");
    vm_snapshots::undo(&connection, "web1", PAUSE).await.unwrap();
    vm_snapshots::restore(&connection, "web1", "Before", PAUSE).await.unwrap();
    vm_snapshots::clone(&connection, "web1", "Before", "web2", PAUSE).await.unwrap();
    jobs::clone(&connection, "web1", "web3", PAUSE).await.unwrap();
    for name in ["web2", "web3"] {
        let disks = service_of(&connection, name).await.disk_attachments().list().send().await.unwrap();
        assert_eq!(disks.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn templates_have_versions_and_give_machines() {
    let (_engine, connection) = with_machine().await;
    templates::add(&connection, "web", "web1", PAUSE).await.unwrap();
    templates::version(&connection, "web", "web1", "next", PAUSE).await.unwrap();
    templates::list(&connection).await.unwrap();
    assert_eq!(connection.system().templates().find_all("web").await.unwrap().len(), 2);
    vm_create::version(&connection, "web2", "web", 2, "data", PAUSE).await.unwrap();
    templates::add_instance_type(&connection, "Two").await.unwrap();
    let instance_type = connection.system().instance_types().find("Two").await.unwrap();
    assert_eq!(instance_type.memory, Some(2 << 30));
    vm_create::remove(&connection, "web2", PAUSE).await.unwrap();
    templates::remove(&connection, "web", PAUSE).await.unwrap();
    assert!(connection.system().templates().find_all("web").await.unwrap().is_empty());
}

#[tokio::test]
async fn pools_grow_and_their_machines_are_made_anew() {
    let (_engine, connection) = with_machine().await;
    templates::add(&connection, "desk", "web1", PAUSE).await.unwrap();
    vm_pools::add(&connection, "desks", "desk").await.unwrap();
    vm_pools::grow(&connection, "desks", 1).await.unwrap();
    let pool = connection.system().vm_pools().find("desks").await.unwrap();
    assert_eq!(pool.size, Some(3));
    settled(&connection, "desks-3").await;
    vm_pools::take(&connection, "desks").await.unwrap();

    templates::version(&connection, "desk", "web1", "next", PAUSE).await.unwrap();
    let before = vm(&connection, "desks-3").await;
    vm_pools::renew(&connection, "desks-3", PAUSE).await.unwrap();
    let after = vm(&connection, "desks-3").await;
    assert_eq!(after.id, before.id);
    assert_ne!(after.try_template().unwrap().id, before.try_template().unwrap().id);
    vm_pools::renew(&connection, "desks-3", PAUSE).await.unwrap();
}

#[tokio::test]
async fn backups_leave_checkpoints() {
    let (_engine, connection) = with_machine().await;
    backups::full(&connection, "web1", PAUSE).await.unwrap();
    assert!(backups::incremental(&connection, "web1", PAUSE).await.is_err());

    let disks = service_of(&connection, "web1").await.disk_attachments().list().send().await.unwrap();
    let disk = connection.system().disks().disk(disks[0].try_id().unwrap());
    disk.update(Disk::new().backup(DiskBackup::Incremental)).send().await.unwrap();
    backups::full(&connection, "web1", PAUSE).await.unwrap();
    backups::incremental(&connection, "web1", PAUSE).await.unwrap();
    backups::list_checkpoints(&connection, "web1").await.unwrap();
    let checkpoints = service_of(&connection, "web1").await.checkpoints();
    assert_eq!(checkpoints.list().send().await.unwrap().len(), 2);
    vm_power::start(&connection, "web1", PAUSE).await.unwrap();
    backups::forget_oldest(&connection, "web1", PAUSE).await.unwrap();
    assert_eq!(checkpoints.list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_machine_goes_out_and_comes_back() {
    let (_engine, connection) = with_machine().await;
    templates::add(&connection, "web", "web1", PAUSE).await.unwrap();
    vm_export::to_ova(&connection, "web1", "host1", "/var/tmp", PAUSE).await.unwrap();
    vm_export::template_to_ova(&connection, "web", "host1", "/var/tmp", PAUSE).await.unwrap();
    vm_export::to_domain(&connection, "web1", "export", PAUSE).await.unwrap();
    vm_export::template_to_domain(&connection, "web", "export", PAUSE).await.unwrap();
    vm_export::ovf(&connection, "web1").await.unwrap();
    let whole = service_of(&connection, "web1").await.get().all_content(true).send().await.unwrap();
    let ovf = whole.initialization.unwrap().configuration.unwrap().data.unwrap();
    vm_create::remove(&connection, "web1", PAUSE).await.unwrap();
    vm_import::from_domain(&connection, "web1", "export", "data", PAUSE).await.unwrap();
    vm_create::remove(&connection, "web1", PAUSE).await.unwrap();
    vm_import::from_configuration(&connection, "web1", &ovf).await.unwrap();
    let error = vm_import::register(&connection, "nobody", "data").await.unwrap_err();
    assert!(error.to_string().contains("no unregistered nobody"), "{error}");
}

#[tokio::test]
async fn machines_come_from_elsewhere() {
    let (_engine, connection) = started().await;
    vm_import::from_ova(&connection, "web1", "/var/tmp/web1.ova", "host1", "data", PAUSE).await.unwrap();
    vm_import::template_from_ova(&connection, "web", "/var/tmp/web.ova", "host1", "data", PAUSE).await.unwrap();
    let from = ovirt_sdk::types::ExternalVmImport::new().url("vpx://vcenter.example.com").username("u").password("p");
    vm_import::from_vmware(&connection, "old1", from, "data", PAUSE).await.unwrap();
}

#[tokio::test]
async fn a_backup_by_a_snapshot() {
    let (_engine, connection) = with_machine().await;
    add_vm(&connection, "appliance").await;
    backups::by_snapshot(&connection, "web1", "appliance", PAUSE).await.unwrap();
}
