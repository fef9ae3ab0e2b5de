//! Image transfers: download a disk or a disk snapshot, upload a raw or QCOW2 image, compute a checksum.
//!
//! ```sh
//! cargo run --example disk_images --features images -- download data1 data1.raw
//! cargo run --example disk_images --features images -- download-snapshot data 123 snapshot.qcow2 base.qcow2
//! cargo run --example disk_images --features images -- upload data2 image.qcow2 data
//! cargo run --example disk_images --features images -- checksum data1
//! cargo run --example disk_images --features images -- list
//! cargo run --example disk_images --features images -- cancel 456
//! ```
//!
//! The data goes directly to or from a host. The program `image` shows a progress bar.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::path::Path;

use ovirt_sdk::types::{Disk, StorageDomain};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["download", disk, file] => download(connection, disk, Path::new(file)).await,
        ["download-snapshot", storage_domain, id, file, base] => {
            download_snapshot(connection, storage_domain, id, Path::new(file), base).await
        }
        ["upload", disk, file, storage_domain] => upload(connection, disk, Path::new(file), storage_domain).await,
        ["checksum", disk] => checksum(connection, disk).await,
        ["list"] => list_transfers(connection).await,
        ["cancel", transfer_id] => cancel_transfer(connection, transfer_id).await,
        _ => common::usage(include_str!("disk_images.rs")),
    })
}

/// Downloads a disk as a raw image. The host converts other formats.
pub async fn download(connection: &Connection, disk: &str, file: &Path) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    connection.download(disk).to(file).send().await
}

/// Downloads a single disk snapshot as a layer on top of a file with the previous one. `disks snapshots` lists the IDs.
pub async fn download_snapshot(
    connection: &Connection,
    storage_domain: &str,
    id: &str,
    file: &Path,
    base: &str,
) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find_service(storage_domain).await?;
    let snapshot = domain.disk_snapshots().snapshot(id).get().send().await?;
    connection.download_snapshot(snapshot).changes(base).to(file).send().await
}

/// Creates a disk from an image file. Format and size of the disk are those of the image.
pub async fn upload(connection: &Connection, disk: &str, file: &Path, storage_domain: &str) -> Result<(), Error> {
    let disk = Disk::new().name(disk).storage_domains([StorageDomain::with_name(storage_domain)]);
    let disk = connection.upload(file).into(disk).send().await?;
    println!("uploaded disk {}", disk.try_id()?);
    Ok(())
}

/// Prints the checksum of a disk's data, computed by the host. It doesn't depend on the disk's format.
pub async fn checksum(connection: &Connection, disk: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    println!("{}", connection.download(disk).checksum().await?);
    Ok(())
}

/// Lists the current transfers.
pub async fn list_transfers(connection: &Connection) -> Result<(), Error> {
    for transfer in connection.system().image_transfers().list().send().await? {
        println!("{}: {}, {}", transfer.try_id()?, transfer.try_direction()?, transfer.try_phase()?);
        // The engine can't follow the disk of a transfer. The image has the ID of the disk.
        let disk = connection.system().disks().disk(transfer.try_image()?.try_id()?).get().send().await?;
        let bytes = transfer.transferred.unwrap_or_default();
        println!("  {bytes} of {} bytes of disk {}", disk.try_provisioned_size()?, disk.try_name()?);
    }
    Ok(())
}

/// Cancels a transfer. The engine removes the disk of a canceled upload.
pub async fn cancel_transfer(connection: &Connection, id: &str) -> Result<(), Error> {
    connection.system().image_transfers().image_transfer(id).cancel().send().await?;
    Ok(())
}
