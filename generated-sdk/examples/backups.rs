//! Backups of virtual machines: full and incremental ones by the engine's own means, their checkpoints, and the older
//! way by a snapshot whose disks another machine reads.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example backups -- full web1
//! cargo run --example backups -- incremental web1
//! cargo run --example backups -- checkpoints web1
//! cargo run --example backups -- forget web1
//! cargo run --example backups -- snapshot web1 backup-appliance
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::{DiskAttachmentsService, SnapshotService, VmBackupService, VmService};
use ovirt_sdk::types::{
    Backup, BackupPhase, Checkpoint, Disk, DiskAttachment, DiskInterface, Snapshot, SnapshotStatus,
};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, vm) = (word("checkpoints"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "full" => full(&connection, &vm, PAUSE).await,
        "incremental" => incremental(&connection, &vm, PAUSE).await,
        "checkpoints" => list_checkpoints(&connection, &vm).await,
        "forget" => forget_oldest(&connection, &vm, PAUSE).await,
        "snapshot" => by_snapshot(&connection, &vm, &word("backup-appliance"), PAUSE).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Everything on all disks.
pub async fn full(connection: &Connection, vm: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, vm).await?;
    back_up(&vm, Backup::new(), pause).await
}

/// What has changed since the newest checkpoint.
pub async fn incremental(connection: &Connection, vm: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, vm).await?;
    let checkpoints = checkpoints(&vm).await?;
    let newest = checkpoints.last().ok_or_else(|| Error::custom("the first backup has to be a full one"))?;
    back_up(&vm, Backup::new().from_checkpoint_id(newest.try_id()?), pause).await
}

async fn back_up(vm: &VmService, wanted: Backup, pause: Duration) -> Result<(), Error> {
    let mut disks = Vec::new();
    for attachment in vm.disk_attachments().list().send().await? {
        disks.push(Disk::with_id(attachment.try_id()?));
    }
    let backups = vm.backups();
    let begun = backups.add(wanted.disks(disks)).send().await?;
    let backup = backups.backup(begun.try_id()?);
    let ready = wait_for(&backup, BackupPhase::Ready, pause).await?;

    // Now is the time to transfer each disk, as `disk_images` does, with `backup` set in the transfer.
    for disk in backup.disks().list().send().await? {
        let mode = disk.backup_mode.as_ref().map_or("full", |mode| mode.as_str());
        println!("{} can be read ({mode})", disk.try_id()?);
    }

    backup.finalize().send().await?;
    wait_for(&backup, BackupPhase::Succeeded, pause).await?;
    match &ready.to_checkpoint_id {
        Some(checkpoint) => println!("the next backup can begin at {checkpoint}"),
        None => println!("no disk is enabled for incremental backups"),
    }
    Ok(())
}

/// The checkpoints of a machine, the oldest first.
pub async fn list_checkpoints(connection: &Connection, vm: &str) -> Result<(), Error> {
    for checkpoint in checkpoints(&find(connection, vm).await?).await? {
        println!("{} of {}", checkpoint.try_id()?, checkpoint.try_creation_date()?);
    }
    Ok(())
}

/// Removes the oldest checkpoint: backups can't begin there any more.
pub async fn forget_oldest(connection: &Connection, vm: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, vm).await?;
    let checkpoints = checkpoints(&vm).await?;
    let Some(oldest) = checkpoints.first() else {
        println!("there is no checkpoint");
        return Ok(());
    };
    let checkpoint = vm.checkpoints().checkpoint(oldest.try_id()?);
    checkpoint.remove().send().await?;
    loop {
        match checkpoint.get().send().await {
            Err(error) if error.is_not_found() => break,
            other => other?,
        };
        tokio::time::sleep(pause).await;
    }
    println!("{} is forgotten", oldest.try_id()?);
    Ok(())
}

async fn checkpoints(vm: &VmService) -> Result<Vec<Checkpoint>, Error> {
    let mut checkpoints = vm.checkpoints().list().send().await?.into_vec();
    checkpoints.sort_by_key(|checkpoint| checkpoint.creation_date);
    Ok(checkpoints)
}

/// Takes a snapshot, attaches its disks to a machine with backup software in it, and cleans up.
pub async fn by_snapshot(connection: &Connection, vm: &str, appliance: &str, pause: Duration) -> Result<(), Error> {
    let snapshots = find(connection, vm).await?.snapshots();
    let wanted = Snapshot::new().description("For the backup").persist_memorystate(false);
    let taken = snapshots.add(wanted).send().await?;
    let snapshot = snapshots.snapshot(taken.try_id()?);
    wait_until_unlocked(&snapshot, pause).await?;

    // The snapshot has to go, whatever happens in between.
    let attachments = find(connection, appliance).await?.disk_attachments();
    let copied = read_disks(&snapshot, taken.try_id()?, &attachments).await;
    snapshot.remove().send().await?;
    println!("the snapshot is being removed");
    copied
}

async fn read_disks(snapshot: &SnapshotService, id: &str, attachments: &DiskAttachmentsService) -> Result<(), Error> {
    for disk in snapshot.disks().list().send().await? {
        // The state that the snapshot keeps, not the present one.
        let of_snapshot = Disk::with_id(disk.try_id()?).snapshot(Snapshot::with_id(id));
        let attachment =
            DiskAttachment::new().disk(of_snapshot).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
        attachments.add(attachment).send().await?;
        println!("{} can be read by the appliance", disk.try_id()?);
        // Here the software in the appliance does its work.
        attachments.attachment(disk.try_id()?).remove().send().await?;
    }
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}

async fn wait_for(backup: &VmBackupService, wanted: BackupPhase, pause: Duration) -> Result<Backup, Error> {
    loop {
        let now = backup.get().send().await?;
        match now.try_phase()? {
            phase if *phase == wanted => return Ok(now),
            BackupPhase::Failed => return Err(Error::custom("the backup has failed; the events say why")),
            phase => println!("the backup is {phase}"),
        }
        tokio::time::sleep(pause).await;
    }
}

async fn wait_until_unlocked(snapshot: &SnapshotService, pause: Duration) -> Result<(), Error> {
    while *snapshot.get().send().await?.try_snapshot_status()? == SnapshotStatus::Locked {
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
