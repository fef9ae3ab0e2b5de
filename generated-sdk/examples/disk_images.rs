//! Image transfers: download a disk or a disk snapshot, upload a raw or QCOW2 image, compute a checksum.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example disk_images -- download data1 data1.raw
//! cargo run --example disk_images -- download-snapshot data 123 snapshot.qcow2
//! cargo run --example disk_images -- upload data2 image.qcow2 data
//! cargo run --example disk_images -- checksum data1
//! cargo run --example disk_images -- list
//! cargo run --example disk_images -- cancel 456
//! ```
//!
//! The engine sets up a transfer. The data goes directly to or from a host over HTTPS, so this program also needs
//! an HTTP client; it uses `reqwest`.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use ovirt_sdk::services::ImageTransferService;
use ovirt_sdk::types::{Disk, DiskFormat, DiskSnapshot, ImageTransfer, ImageTransferDirection, StorageDomain};
use ovirt_sdk::{Connection, Error};
use reqwest::header::CONTENT_RANGE;
use reqwest::{Certificate, Client};

const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Upload size per request, in bytes.
const CHUNK_SIZE: u64 = 8 << 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let client = http_client()?;
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["download", disk, file] => download(&connection, &client, disk, Path::new(file), POLL_INTERVAL).await,
        ["download-snapshot", storage_domain, id, file] => {
            download_snapshot(&connection, &client, storage_domain, id, Path::new(file), POLL_INTERVAL).await
        }
        ["upload", disk, file, storage_domain] => {
            upload(&connection, &client, disk, Path::new(file), storage_domain, POLL_INTERVAL).await
        }
        ["checksum", disk] => checksum(&connection, &client, disk, POLL_INTERVAL).await,
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
       disk_images download-snapshot STORAGE_DOMAIN DISK_SNAPSHOT_ID FILE
       disk_images upload DISK FILE STORAGE_DOMAIN
       disk_images checksum DISK
       disk_images list
       disk_images cancel TRANSFER_ID"
    );
    std::process::exit(2)
}

/// Returns an HTTP client that trusts the hosts. Their certificates are signed by the engine's CA.
fn http_client() -> Result<Client, Error> {
    // This fails if a provider is already installed, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut certificates = Vec::new();
    if let Some(file) = std::env::var_os("OVIRT_CAFILE") {
        let pem = std::fs::read(file).map_err(Error::custom)?;
        certificates = Certificate::from_pem_bundle(&pem).map_err(Error::custom)?;
    }
    Client::builder().tls_certs_merge(certificates).build().map_err(Error::custom)
}

/// Downloads a disk as a raw image. The host converts other formats.
pub async fn download(
    connection: &Connection,
    client: &Client,
    disk: &str,
    file: &Path,
    interval: Duration,
) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let transfer = ImageTransfer::new()
        .disk(Disk::with_id(disk.try_id()?))
        .format(DiskFormat::Raw)
        .direction(ImageTransferDirection::Download);
    let (transfer, url) = start_transfer(connection, transfer, interval).await?;
    let result = receive(client, &url, file).await;
    finish_transfer(&transfer, result, interval).await
}

/// Downloads a single disk snapshot, without the snapshots that it is based on. `disks snapshots` lists the IDs.
pub async fn download_snapshot(
    connection: &Connection,
    client: &Client,
    storage_domain: &str,
    id: &str,
    file: &Path,
    interval: Duration,
) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let domain = domains.find(storage_domain).await?;
    let snapshots = domains.storage_domain(domain.try_id()?).disk_snapshots();
    let snapshot = snapshots.snapshot(id).get().send().await?;
    let transfer = ImageTransfer::new()
        .snapshot(DiskSnapshot::with_id(snapshot.try_id()?))
        .shallow(true)
        .format(DiskFormat::Cow)
        .direction(ImageTransferDirection::Download);
    let (transfer, url) = start_transfer(connection, transfer, interval).await?;
    let result = receive(client, &url, file).await;
    finish_transfer(&transfer, result, interval).await
}

/// Creates a disk from an image file.
pub async fn upload(
    connection: &Connection,
    client: &Client,
    disk: &str,
    file: &Path,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let mut image = File::open(file).map_err(Error::custom)?;
    let length = image.metadata().map_err(Error::custom)?.len();
    let (format, size) = match qcow2_virtual_size(&mut image).map_err(Error::custom)? {
        Some(size) => (DiskFormat::Cow, size),
        // The host converts raw data to QCOW2 while it receives it.
        None => (DiskFormat::Raw, length),
    };
    let disk = Disk::new()
        .name(disk)
        .format(DiskFormat::Cow)
        .sparse(true)
        .provisioned_size(i64::try_from(size).map_err(Error::custom)?)
        .initial_size(i64::try_from(length).map_err(Error::custom)?)
        .storage_domains([StorageDomain::with_name(storage_domain)]);
    let disks = connection.system().disks();
    let disk = disks.add(disk).send().await?;
    let service = disks.disk(disk.try_id()?);
    service.wait_until_ok().interval(interval).await?;

    let transfer = ImageTransfer::new()
        .disk(Disk::with_id(disk.try_id()?))
        .format(format)
        .direction(ImageTransferDirection::Upload);
    let (transfer, url) = start_transfer(connection, transfer, interval).await?;
    let result = send(client, &url, image, length).await;
    finish_transfer(&transfer, result, interval).await
}

/// Prints the checksum of a disk's data, computed by the host. It doesn't depend on the disk's format.
pub async fn checksum(connection: &Connection, client: &Client, disk: &str, interval: Duration) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let transfer = ImageTransfer::new()
        .disk(Disk::with_id(disk.try_id()?))
        .format(DiskFormat::Raw)
        .direction(ImageTransferDirection::Download);
    let (transfer, url) = start_transfer(connection, transfer, interval).await?;
    let result = print_checksum(client, &url).await.map_err(Error::custom);
    finish_transfer(&transfer, result, interval).await
}

async fn print_checksum(client: &Client, url: &str) -> Result<(), reqwest::Error> {
    let response = client.get(format!("{url}/checksum")).send().await?.error_for_status()?;
    println!("{}", response.text().await?);
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

/// Starts a transfer and waits until a host is ready for it. Returns the transfer and the URL of the data.
async fn start_transfer(
    connection: &Connection,
    transfer: ImageTransfer,
    interval: Duration,
) -> Result<(ImageTransferService, String), Error> {
    let transfers = connection.system().image_transfers();
    // A transfer locks its disk. The timeout releases it if this program is killed.
    let transfer = transfers.add(transfer.inactivity_timeout(60)).send().await?;
    let service = transfers.image_transfer(transfer.try_id()?);
    let transfer = service.wait_until_transferring().interval(interval).await?;
    let url = transfer.try_transfer_url().or_else(|_| transfer.try_proxy_url())?.to_owned();
    Ok((service, url))
}

/// Finalizes the transfer if the data was transferred, cancels it otherwise.
async fn finish_transfer(
    transfer: &ImageTransferService,
    result: Result<(), Error>,
    interval: Duration,
) -> Result<(), Error> {
    if let Err(error) = result {
        transfer.cancel().send().await?;
        return Err(error);
    }
    transfer.finalize().send().await?;
    match transfer.wait_until_finished().interval(interval).await {
        // The engine removes finished transfers after a while.
        Err(error) if error.is_not_found() => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

async fn receive(client: &Client, url: &str, file: &Path) -> Result<(), Error> {
    let mut file = File::create(file).map_err(Error::custom)?;
    let response = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
    let mut response = response.map_err(Error::custom)?;
    let mut received = 0;
    while let Some(chunk) = response.chunk().await.map_err(Error::custom)? {
        file.write_all(&chunk).map_err(Error::custom)?;
        received += chunk.len();
    }
    println!("received {received} bytes");
    Ok(())
}

async fn send(client: &Client, url: &str, mut image: File, length: u64) -> Result<(), Error> {
    let mut start = 0;
    while start < length {
        let mut chunk = Vec::new();
        (&mut image).take(CHUNK_SIZE).read_to_end(&mut chunk).map_err(Error::custom)?;
        let end = start + u64::try_from(chunk.len()).map_err(Error::custom)?;
        if end == start {
            return Err(Error::custom("the file was truncated during the upload"));
        }
        // Flush to disk once, with the last chunk.
        let flush = if end == length { "y" } else { "n" };
        let range = format!("bytes {start}-{}/*", end - 1);
        let request = client.put(format!("{url}?flush={flush}")).header(CONTENT_RANGE, range).body(chunk);
        request.send().await.and_then(reqwest::Response::error_for_status).map_err(Error::custom)?;
        println!("sent {} of {} MiB", end >> 20, length >> 20);
        start = end;
    }
    Ok(())
}

/// Returns the virtual disk size of a QCOW2 image, or `None` for other formats.
fn qcow2_virtual_size(image: &mut File) -> std::io::Result<Option<u64>> {
    let mut header = Vec::new();
    image.take(32).read_to_end(&mut header)?;
    image.rewind()?;
    Ok(match header.as_slice() {
        [b'Q', b'F', b'I', 0xFB, .., a, b, c, d, e, f, g, h] if header.len() == 32 => {
            Some(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]))
        }
        _ => None,
    })
}
