//! Image transfers: download a disk or a disk snapshot, upload a raw or QCOW2 image, compute a checksum.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example disk_images --features images -- download data1 data1.raw
//! cargo run --example disk_images --features images -- download-snapshot data 123 snapshot.qcow2 base.qcow2
//! cargo run --example disk_images --features images -- upload data2 image.qcow2 data
//! cargo run --example disk_images --features images -- checksum data1
//! cargo run --example disk_images --features images -- list
//! cargo run --example disk_images --features images -- cancel 456
//! ```
//!
//! The data goes directly to or from a host. The program `image` shows a progress bar.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::path::Path;

use ovirt_sdk::types::{Disk, StorageDomain};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["download", disk, file] => download(&connection, disk, Path::new(file)).await,
        ["download-snapshot", storage_domain, id, file, base] => {
            download_snapshot(&connection, storage_domain, id, Path::new(file), base).await
        }
        ["upload", disk, file, storage_domain] => upload(&connection, disk, Path::new(file), storage_domain).await,
        ["checksum", disk] => checksum(&connection, disk).await,
        ["list"] => list_transfers(&connection).await,
        ["cancel", transfer_id] => cancel_transfer(&connection, transfer_id).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: disk_images download DISK FILE
       disk_images download-snapshot STORAGE_DOMAIN DISK_SNAPSHOT_ID FILE BASE_FILE
       disk_images upload DISK FILE STORAGE_DOMAIN
       disk_images checksum DISK
       disk_images list
       disk_images cancel TRANSFER_ID"
    );
    std::process::exit(2)
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
    let domains = connection.system().storage_domains();
    let domain = domains.find(storage_domain).await?;
    let snapshot = domains.storage_domain(&domain).disk_snapshots().snapshot(id).get().send().await?;
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
    let system = connection.system();
    for transfer in system.image_transfers().list().send().await? {
        // The engine can't follow the disk of a transfer. The image has the ID of the disk.
        let disk = match transfer.image.as_ref().and_then(|image| image.id.as_deref()) {
            Some(id) => system.disks().disk(id).get().send().await?.name,
            None => None,
        };
        let disk = disk.as_deref().unwrap_or("?");
        println!(
            "{}: {} of {disk}, {}, {} MiB transferred",
            transfer.try_id()?,
            transfer.try_direction()?,
            transfer.try_phase()?,
            transfer.transferred.unwrap_or_default() >> 20
        );
    }
    Ok(())
}

/// Cancels a transfer. The engine removes the disk of a canceled upload.
pub async fn cancel_transfer(connection: &Connection, id: &str) -> Result<(), Error> {
    connection.system().image_transfers().image_transfer(id).cancel().send().await?;
    println!("canceled transfer {id}");
    Ok(())
}
