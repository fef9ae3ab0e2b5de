//! Snapshots.

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskStatus, Nic, Snapshot, SnapshotStatus, SnapshotType, Vm, VmStatus};

use super::{GIB, conflict, disks, engine, invalid, machine, minute, refusal, status};

/// Description, type and status of the snapshots of a machine.
async fn snapshots(vm: &VmService) -> Vec<(String, SnapshotType, SnapshotStatus)> {
    let list = vm.snapshots().list().send().await.unwrap();
    let told = |it: &Snapshot| {
        let (kind, status) = (it.snapshot_type.clone().unwrap(), it.snapshot_status.clone().unwrap());
        (it.description.clone().unwrap(), kind, status)
    };
    list.iter().map(told).collect()
}

#[tokio::test]
async fn taking_one_locks_the_machine_and_its_disks() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    let (code, detail) = refusal(vm.snapshots().add(Snapshot::new()).send().await);
    assert_eq!((code, detail.as_str()), (400, "Parameter 'snapshot.description' is mandatory but was not provided."));
    let before = disks(&connection, &vm).await;
    let taken = vm.snapshots().add(Snapshot::new().description("one")).send().await.unwrap();
    assert_eq!(taken.snapshot_status, Some(SnapshotStatus::Locked));
    assert_eq!(taken.persist_memorystate, Some(false), "a machine that is down has no memory");
    assert!(disks(&connection, &vm).await.iter().all(|disk| disk.status == Some(DiskStatus::Locked)));
    let again = vm.snapshots().add(Snapshot::new().description("two")).send().await;
    conflict(again, "Cannot create Snapshot. Snapshot is currently being created for VM web1.");
    conflict(vm.start().send().await, "Cannot run VM. Snapshot is currently being created for VM web1.");
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
    let snapshot = vm.snapshots().snapshot(taken.try_id().unwrap());
    let found = snapshot.get().send().await.unwrap();
    assert_eq!(found.snapshot_status, Some(SnapshotStatus::Ok));
    assert_eq!(found.vm.unwrap().name.as_deref(), Some("web1"));
    let kept = snapshot.disks().list().send().await.unwrap();
    let images = |disks: &[Disk]| disks.iter().map(|disk| disk.image_id.clone()).collect::<Vec<_>>();
    assert_eq!(images(&kept), images(&before));
    assert_ne!(images(&disks(&connection, &vm).await), images(&before), "a new layer is written to");
    assert_eq!(snapshot.nics().list().send().await.unwrap().len(), 1);
    assert_eq!(snapshot.cdroms().list().send().await.unwrap().len(), 1);

    snapshot.remove().send().await.unwrap();
    assert_eq!(snapshot.get().send().await.unwrap().snapshot_status, Some(SnapshotStatus::Locked));
    minute(&engine);
    assert_eq!(refusal(snapshot.get().send().await).0, 404);
    let active = vm.snapshots().list().send().await.unwrap()[0].try_id().unwrap().to_owned();
    conflict(vm.snapshots().snapshot(active).remove().send().await, "only allowed for regular snapshots");
}

#[tokio::test]
async fn a_machine_goes_on_while_one_is_taken_with_its_memory() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    vm.start().send().await.unwrap();
    minute(&engine);
    let first = disks(&connection, &vm).await[0].try_id().unwrap().to_owned();
    let only = vec![DiskAttachment::new().disk(Disk::with_id(first))];
    let taken = vm.snapshots().add(Snapshot::new().description("live").disk_attachments(only)).send().await.unwrap();
    assert_eq!(taken.persist_memorystate, Some(true));
    assert_eq!(status(&vm).await, VmStatus::Up);
    minute(&engine);
    let snapshot = vm.snapshots().snapshot(taken.try_id().unwrap());
    assert_eq!(snapshot.disks().list().send().await.unwrap().len(), 1);
    conflict(snapshot.restore().send().await, "not down");
    conflict(vm.preview_snapshot().snapshot(Snapshot::with_id(taken.try_id().unwrap())).send().await, "not down");
    let stranger = vec![DiskAttachment::new().disk(Disk::with_id("11111111-2222-3333-4444-555555555555"))];
    let strange = vm.snapshots().add(Snapshot::new().description("x").disk_attachments(stranger)).send().await;
    invalid(strange, "disk(s) ID(s) does not exist: 11111111-2222-3333-4444-555555555555.");
    let floating = Disk::new().name("floating").provisioned_size(GIB).format(ovirt_sdk::types::DiskFormat::Cow);
    let floating = floating.storage_domains(vec![ovirt_sdk::types::StorageDomain::with_name("data")]);
    let floating = connection.system().disks().add(floating).send().await.unwrap();
    minute(&engine);
    let floating = vec![DiskAttachment::new().disk(Disk::with_id(floating.try_id().unwrap()))];
    let strange = vm.snapshots().add(Snapshot::new().description("x").disk_attachments(floating)).send().await;
    invalid(strange, "The following disk(s) are not attached to the VM web1: floating.");
}

#[tokio::test]
async fn one_is_looked_at_and_left_again() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    let taken = vm.snapshots().add(Snapshot::new().description("one")).send().await.unwrap();
    minute(&engine);
    vm.nics().add(Nic::new().name("nic2")).send().await.unwrap();
    vm.update(Vm::new().memory(4 * GIB)).send().await.unwrap();
    invalid(vm.undo_snapshot().send().await, "Cannot revert to Snapshot. VM's Snapshot does not exist.");
    let one = || Snapshot::with_id(taken.try_id().unwrap());
    vm.preview_snapshot().snapshot(one()).send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::ImageLocked);
    minute(&engine);
    assert_eq!(
        snapshots(&vm).await,
        [
            ("Active VM before the preview".to_owned(), SnapshotType::Preview, SnapshotStatus::Ok),
            ("one".to_owned(), SnapshotType::Regular, SnapshotStatus::InPreview),
            ("Active VM".to_owned(), SnapshotType::Active, SnapshotStatus::Ok),
        ]
    );
    assert_eq!(vm.nics().list().send().await.unwrap().len(), 1);
    assert_eq!(vm.get().send().await.unwrap().memory, Some(GIB));
    let another = vm.snapshots().add(Snapshot::new().description("two")).send().await;
    conflict(another, "Cannot create Snapshot. VM is previewing a Snapshot.");
    conflict(vm.preview_snapshot().snapshot(one()).send().await, "VM is previewing a Snapshot.");

    vm.undo_snapshot().send().await.unwrap();
    minute(&engine);
    assert_eq!(vm.nics().list().send().await.unwrap().len(), 2);
    assert_eq!(vm.get().send().await.unwrap().memory, Some(4 * GIB));
    assert_eq!(disks(&connection, &vm).await.len(), 2);
    let kinds: Vec<SnapshotType> = snapshots(&vm).await.into_iter().map(|it| it.1).collect();
    assert_eq!(kinds, [SnapshotType::Regular, SnapshotType::Active]);
}

#[tokio::test]
async fn going_back_for_good_loses_what_came_after() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    let mut taken = Vec::new();
    for description in ["one", "two"] {
        taken.push(vm.snapshots().add(Snapshot::new().description(description)).send().await.unwrap());
        minute(&engine);
    }
    let late = Disk::new().name("late").provisioned_size(GIB).format(ovirt_sdk::types::DiskFormat::Cow);
    let late = late.storage_domains(vec![ovirt_sdk::types::StorageDomain::with_name("data")]);
    let late = DiskAttachment::new().disk(late).interface(ovirt_sdk::types::DiskInterface::Virtio).bootable(false);
    vm.disk_attachments().add(late).send().await.unwrap();
    minute(&engine);
    assert_eq!(disks(&connection, &vm).await.len(), 3);
    vm.preview_snapshot().snapshot(Snapshot::with_id(taken[0].try_id().unwrap())).send().await.unwrap();
    minute(&engine);
    vm.commit_snapshot().send().await.unwrap();
    minute(&engine);
    assert_eq!(disks(&connection, &vm).await.len(), 2);
    let all = connection.system().disks().list().send().await.unwrap();
    assert!(!all.iter().any(|disk| disk.name.as_deref() == Some("late")));
    let left: Vec<String> = snapshots(&vm).await.into_iter().map(|it| it.0).collect();
    assert_eq!(left, ["one", "Active VM"]);

    // The same in one step.
    vm.update(Vm::new().memory(4 * GIB)).send().await.unwrap();
    vm.snapshots().snapshot(taken[0].try_id().unwrap()).restore().send().await.unwrap();
    minute(&engine);
    assert_eq!(vm.get().send().await.unwrap().memory, Some(GIB));
    assert_eq!(status(&vm).await, VmStatus::Down);
    assert_eq!(snapshots(&vm).await.len(), 2);
}
