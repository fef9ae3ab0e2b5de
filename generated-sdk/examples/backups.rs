//! Backups of virtual machines: full and incremental backups, checkpoints, and a backup through a snapshot.
//!
//! ```sh
//! cargo run --example backups --features images -- full web1 folder
//! cargo run --example backups --features images -- incremental web1 folder
//! cargo run --example backups --features images -- restore folder/123.raw web1-restored data
//! cargo run --example backups --features images -- checkpoints web1
//! cargo run --example backups --features images -- remove-checkpoint web1
//! cargo run --example backups --features images -- snapshot web1 backup-appliance
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::path::Path;

use ovirt_sdk::images::ImageFormat;
use ovirt_sdk::services::{DiskAttachmentsService, SnapshotService, VmBackupService, VmService};
use ovirt_sdk::types::{
    Backup, Checkpoint, Disk, DiskAttachment, DiskBackup, DiskBackupMode, DiskFormat, DiskInterface, Snapshot,
    StorageDomain,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["full", vm, folder] => full(connection, vm, Path::new(folder)).await,
        ["incremental", vm, folder] => incremental(connection, vm, Path::new(folder)).await,
        ["restore", file, disk, storage_domain] => restore(connection, Path::new(file), disk, storage_domain).await,
        ["checkpoints", vm] => list_checkpoints(connection, vm).await,
        ["remove-checkpoint", vm] => remove_oldest_checkpoint(connection, vm).await,
        ["snapshot", vm, appliance] => snapshot_backup(connection, vm, appliance).await,
        _ => common::usage(include_str!("backups.rs")),
    })
}

/// Backs up all data of all disks to files in a folder, which are named after the IDs of the disks.
pub async fn full(connection: &Connection, vm: &str, folder: &Path) -> Result<(), Error> {
    back_up(connection, &connection.system().vms().find_service(vm).await?, Backup::new(), folder).await
}

/// Updates the files of the previous backup with the changes since the newest checkpoint.
pub async fn incremental(connection: &Connection, vm: &str, folder: &Path) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(vm).await?;
    let checkpoints = checkpoints(&vm).await?;
    let newest = checkpoints.last().ok_or_else(|| Error::custom("no checkpoint: run a full backup first"))?;
    back_up(connection, &vm, Backup::new().from_checkpoint_id(newest.try_id()?), folder).await
}

/// Creates a disk from the file of a backup.
pub async fn restore(connection: &Connection, file: &Path, disk: &str, storage_domain: &str) -> Result<(), Error> {
    let disk = Disk::new()
        .name(disk)
        .format(DiskFormat::Cow)
        .backup(DiskBackup::Incremental)
        .storage_domains([StorageDomain::with_name(storage_domain)]);
    // The content comes from a guest, so it doesn't decide about the format.
    let disk = connection.upload(file).format(ImageFormat::Raw).into(disk).send().await?;
    println!("restored to disk {}", disk.try_id()?);
    Ok(())
}

async fn back_up(connection: &Connection, vm: &VmService, backup: Backup, folder: &Path) -> Result<(), Error> {
    let attachments = vm.disk_attachments().list().send().await?;
    let disks: Vec<Disk> = attachments.iter().filter_map(|it| it.id.as_deref()).map(Disk::with_id).collect();
    let backup = vm.backups().add(backup.disks(disks)).send().await?;
    let service = vm.backups().backup(&backup);
    let backup = service.wait_until_ready().await?;

    // Finalize the backup even if a download fails: it keeps resources on the host.
    let downloaded = download(connection, &service, &backup, folder).await;
    service.finalize().send().await?;
    downloaded?;
    service.wait_until_succeeded().await?;
    match &backup.to_checkpoint_id {
        Some(checkpoint) => println!("created checkpoint {checkpoint} for the next incremental backup"),
        None => println!("no checkpoint created: incremental backup is not enabled on any disk"),
    }
    Ok(())
}

async fn download(
    connection: &Connection,
    service: &VmBackupService,
    backup: &Backup,
    folder: &Path,
) -> Result<(), Error> {
    for disk in service.disks().list().send().await? {
        let file = folder.join(disk.try_id()?).with_extension("raw");
        println!("downloading to {}", file.display());
        let is_incremental = disk.backup_mode == Some(DiskBackupMode::Incremental);
        let download = connection.download(disk).backup(backup);
        match is_incremental {
            true => download.update(file).send().await?,
            // The engine backs up everything of a disk that is new or has no checkpoint.
            false => download.to(file).overwrite(true).send().await?,
        }
    }
    Ok(())
}

/// Lists the checkpoints of a virtual machine, oldest first.
pub async fn list_checkpoints(connection: &Connection, vm: &str) -> Result<(), Error> {
    for checkpoint in checkpoints(&connection.system().vms().find_service(vm).await?).await? {
        println!("{} {}", checkpoint.try_creation_date()?, checkpoint.try_id()?);
    }
    Ok(())
}

/// Removes the oldest checkpoint. It can no longer be the base of an incremental backup.
pub async fn remove_oldest_checkpoint(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(vm).await?;
    if let Some(oldest) = checkpoints(&vm).await?.first() {
        let checkpoint = vm.checkpoints().checkpoint(oldest);
        checkpoint.remove().send().await?;
        checkpoint.wait_until_removed().await?;
        println!("removed checkpoint {}", oldest.try_id()?);
    }
    Ok(())
}

async fn checkpoints(vm: &VmService) -> Result<Vec<Checkpoint>, Error> {
    let mut checkpoints = vm.checkpoints().list().send().await?.into_vec();
    checkpoints.sort_by_key(|checkpoint| checkpoint.creation_date);
    Ok(checkpoints)
}

/// Takes a snapshot, attaches its disks to the virtual machine that runs the backup software, and removes the snapshot.
pub async fn snapshot_backup(connection: &Connection, vm: &str, appliance: &str) -> Result<(), Error> {
    let vms = connection.system().vms();
    let snapshots = vms.find_service(vm).await?.snapshots();
    let snapshot = Snapshot::new().description("Backup").persist_memorystate(false);
    let snapshot = snapshots.add(snapshot).send().await?;
    let service = snapshots.snapshot(&snapshot);
    service.wait_until_ok().await?;

    let attachments = vms.find_service(appliance).await?.disk_attachments();
    // Remove the snapshot even if reading a disk fails.
    let result = read_disks(&service, snapshot.try_id()?, &attachments).await;
    service.remove().send().await?;
    result
}

async fn read_disks(
    service: &SnapshotService,
    snapshot_id: &str,
    attachments: &DiskAttachmentsService,
) -> Result<(), Error> {
    for disk in service.disks().list().send().await? {
        // With `snapshot`, the appliance sees the disk as of the snapshot instead of its current state.
        let disk = Disk::with_id(disk.try_id()?).snapshot(Snapshot::with_id(snapshot_id));
        let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi);
        let attachment = attachments.add(attachment.bootable(false).active(true)).send().await?;
        println!("attached disk {} to the appliance", attachment.try_id()?);
        // The backup software reads the disk here.
        attachments.attachment(&attachment).remove().send().await?;
    }
    Ok(())
}
