//! Backups and checkpoints.

use std::time::Duration;

use ovirt_sdk::types::{Backup, BackupPhase, Disk, DiskBackupMode, DiskStatus};

use super::{conflict, disks, engine, invalid, machine, minute, refusal};

#[tokio::test]
async fn a_backup_goes_through_its_phases_and_leaves_a_checkpoint() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    vm.start().send().await.unwrap();
    minute(&engine);
    let all: Vec<Disk> = disks(&connection, &vm).await;
    let references = || all.iter().map(|disk| Disk::with_id(disk.try_id().unwrap())).collect::<Vec<_>>();
    let (code, detail) = refusal(vm.backups().add(Backup::new()).send().await);
    assert_eq!((code, detail.as_str()), (400, "Parameter 'backup.disks' is mandatory but was not provided."));
    let made = vm.backups().add(Backup::new().disks(references())).send().await.unwrap();
    let backup = vm.backups().backup(made.try_id().unwrap());
    let mut phases = vec![made.phase.clone().unwrap()];
    conflict(vm.backups().add(Backup::new().disks(references())).send().await, "The VM is during a backup operation.");
    for _ in 0..2 {
        engine.advance(Duration::from_secs(1));
        phases.push(backup.get().send().await.unwrap().phase.unwrap());
    }
    assert_eq!(phases, [BackupPhase::Starting, BackupPhase::Starting, BackupPhase::Ready]);
    let snapshot = vm.snapshots().snapshot(made.snapshot.as_ref().unwrap().try_id().unwrap());
    assert_eq!(snapshot.get().send().await.unwrap().description.unwrap(), "Auto-generated for Backup VM");
    assert!(disks(&connection, &vm).await.iter().all(|disk| disk.status == Some(DiskStatus::Locked)));
    let copied = backup.disks().list().send().await.unwrap();
    assert!(copied.len() == 2 && copied.iter().all(|disk| disk.backup_mode == Some(DiskBackupMode::Full)));
    backup.finalize().send().await.unwrap();
    assert_eq!(backup.get().send().await.unwrap().phase, Some(BackupPhase::Finalizing));
    minute(&engine);
    assert_eq!(backup.get().send().await.unwrap().phase, Some(BackupPhase::Succeeded));
    assert!(snapshot.get().send().await.unwrap_err().is_not_found());
    assert!(disks(&connection, &vm).await.iter().all(|disk| disk.status == Some(DiskStatus::Ok)));
    let checkpoints = vm.checkpoints().list().send().await.unwrap();
    assert_eq!(checkpoints[0].id, made.to_checkpoint_id);

    // What changed since then.
    let since = Backup::new().from_checkpoint_id(checkpoints[0].try_id().unwrap());
    let next = vm.backups().add(since.disks(references())).send().await.unwrap();
    minute(&engine);
    let next = vm.backups().backup(next.try_id().unwrap());
    let copied = next.disks().list().send().await.unwrap();
    assert_eq!(copied[0].backup_mode, Some(DiskBackupMode::Incremental));
    next.finalize().send().await.unwrap();
    minute(&engine);
    let checkpoints = vm.checkpoints().list().send().await.unwrap();
    assert_eq!(checkpoints[1].parent_id, checkpoints[0].id);

    let unknown = Backup::new().from_checkpoint_id("11111111-2222-3333-4444-555555555555").disks(references());
    invalid(
        vm.backups().add(unknown).send().await,
        "Checkpoint ID 11111111-2222-3333-4444-555555555555 doesn't exist.",
    );
    vm.checkpoints().checkpoint(checkpoints[0].try_id().unwrap()).remove().send().await.unwrap();
    assert_eq!(vm.checkpoints().list().send().await.unwrap()[0].parent_id, None);
}
