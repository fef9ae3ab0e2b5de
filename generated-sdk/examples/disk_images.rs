//! Moves the data of disks: downloads a disk or a layer of one, uploads an image (raw or QCOW2), computes a checksum;
//! lists and cancels transfers.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example disk_images -- download data1 data1.raw
//! cargo run --example disk_images -- layer data 123 layer.qcow2
//! cargo run --example disk_images -- upload data2 image.qcow2 data
//! cargo run --example disk_images -- checksum data1
//! cargo run --example disk_images -- list
//! cargo run --example disk_images -- cancel 456
//! ```
//!
//! The engine prepares a transfer; the data go to and come from a host, by plain HTTP requests. So a program like this
//! needs an HTTP client too: `reqwest` here.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use ovirt_sdk::services::ImageTransferService;
use ovirt_sdk::types::{
    Disk, DiskFormat, DiskSnapshot, DiskStatus, ImageTransfer, ImageTransferDirection, ImageTransferPhase,
    StorageDomain,
};
use ovirt_sdk::{Connection, Error};
use reqwest::header::CONTENT_RANGE;
use reqwest::{Certificate, Client};

const PAUSE: Duration = Duration::from_secs(1);

/// How much is sent in one request.
const PIECE: u64 = 8 << 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let client = client()?;
    let connection = Connection::from_env()?;
    let outcome = match word("list").as_str() {
        "download" => {
            let (disk, file) = (word("example-data"), word("example-data.raw"));
            download(&connection, &client, &disk, Path::new(&file), PAUSE).await
        }
        "layer" => {
            let (storage, layer, file) = (word("data"), word(""), word("layer.qcow2"));
            download_layer(&connection, &client, &storage, &layer, Path::new(&file), PAUSE).await
        }
        "upload" => {
            let (disk, file) = (word("example-data"), word("example-data.raw"));
            upload(&connection, &client, &disk, Path::new(&file), &word("data"), PAUSE).await
        }
        "checksum" => checksum(&connection, &client, &word("example-data"), PAUSE).await,
        "list" => list(&connection).await,
        "cancel" => cancel(&connection, &word("")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// An HTTP client that trusts the hosts: they have certificates of the engine's authority.
fn client() -> Result<Client, Error> {
    // Another part of the program may have done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut authorities = Vec::new();
    if let Some(file) = std::env::var_os("OVIRT_CAFILE") {
        let pem = std::fs::read(file).map_err(Error::custom)?;
        authorities = Certificate::from_pem_bundle(&pem).map_err(Error::custom)?;
    }
    Client::builder().tls_certs_merge(authorities).build().map_err(Error::custom)
}

/// Downloads a disk as a raw image, whatever its format on the storage.
pub async fn download(
    connection: &Connection,
    client: &Client,
    disk: &str,
    file: &Path,
    pause: Duration,
) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let wanted = ImageTransfer::new().disk(Disk::with_id(disk.try_id()?)).format(DiskFormat::Raw);
    let (transfer, url) = begin(connection, wanted.direction(ImageTransferDirection::Download), pause).await?;
    let outcome = receive(client, &url, file).await;
    end(&transfer, outcome, pause).await
}

/// Downloads one layer of a disk, as `disks layers` lists them, without those below it.
pub async fn download_layer(
    connection: &Connection,
    client: &Client,
    storage: &str,
    layer: &str,
    file: &Path,
    pause: Duration,
) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let storage = domains.find(storage).await?;
    let layers = domains.storage_domain(storage.try_id()?).disk_snapshots();
    let layer = layers.snapshot(layer).get().send().await?;
    let wanted = ImageTransfer::new()
        .snapshot(DiskSnapshot::with_id(layer.try_id()?))
        .shallow(true)
        .format(DiskFormat::Cow)
        .direction(ImageTransferDirection::Download);
    let (transfer, url) = begin(connection, wanted, pause).await?;
    let outcome = receive(client, &url, file).await;
    end(&transfer, outcome, pause).await
}

/// Makes a disk of an image in a file.
pub async fn upload(
    connection: &Connection,
    client: &Client,
    disk: &str,
    file: &Path,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let mut image = File::open(file).map_err(Error::custom)?;
    let length = image.metadata().map_err(Error::custom)?.len();
    let (format, size) = match virtual_size(&mut image).map_err(Error::custom)? {
        Some(size) => (DiskFormat::Cow, size),
        // On the way, the host makes QCOW2 of what is raw.
        None => (DiskFormat::Raw, length),
    };
    let wanted = Disk::new()
        .name(disk)
        .format(DiskFormat::Cow)
        .sparse(true)
        .provisioned_size(i64::try_from(size).map_err(Error::custom)?)
        .initial_size(i64::try_from(length).map_err(Error::custom)?)
        .storage_domains([StorageDomain::with_name(storage)]);
    let disks = connection.system().disks();
    let made = disks.add(wanted).send().await?;
    let service = disks.disk(made.try_id()?);
    while *service.get().send().await?.try_status()? != DiskStatus::Ok {
        tokio::time::sleep(pause).await;
    }

    let wanted = ImageTransfer::new().disk(Disk::with_id(made.try_id()?)).format(format);
    let (transfer, url) = begin(connection, wanted.direction(ImageTransferDirection::Upload), pause).await?;
    let outcome = send(client, &url, image, length).await;
    end(&transfer, outcome, pause).await
}

/// The checksum of what a disk holds, as the host computes it; the same for equal disks in any format.
pub async fn checksum(connection: &Connection, client: &Client, disk: &str, pause: Duration) -> Result<(), Error> {
    let disk = connection.system().disks().find(disk).await?;
    let wanted = ImageTransfer::new().disk(Disk::with_id(disk.try_id()?)).format(DiskFormat::Raw);
    let (transfer, url) = begin(connection, wanted.direction(ImageTransferDirection::Download), pause).await?;
    let answer = async {
        let response = client.get(format!("{url}/checksum")).send().await?.error_for_status()?;
        println!("{}", response.text().await?);
        Ok::<(), reqwest::Error>(())
    };
    let outcome = answer.await.map_err(Error::custom);
    end(&transfer, outcome, pause).await
}

/// The transfers that there are now.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    for transfer in connection.system().image_transfers().list().follow("disk").send().await? {
        let disk = transfer.disk.as_ref().and_then(|disk| disk.name.as_deref()).unwrap_or("?");
        let done = transfer.transferred.unwrap_or_default() >> 20;
        println!(
            "{}: {} of {disk} is {}, {done} MiB",
            transfer.try_id()?,
            transfer.try_direction()?,
            transfer.try_phase()?
        );
    }
    Ok(())
}

/// Gives a transfer up; of an upload, the disk goes with it.
pub async fn cancel(connection: &Connection, id: &str) -> Result<(), Error> {
    connection.system().image_transfers().image_transfer(id).cancel().send().await?;
    println!("{id} is given up");
    Ok(())
}

/// Begins a transfer; gives the address at which the data are, once a host is ready for them.
async fn begin(
    connection: &Connection,
    wanted: ImageTransfer,
    pause: Duration,
) -> Result<(ImageTransferService, String), Error> {
    let transfers = connection.system().image_transfers();
    // A disk stays locked as long as its transfer is there: a program that is ended must not leave one for ever.
    let begun = transfers.add(wanted.inactivity_timeout(60)).send().await?;
    let transfer = transfers.image_transfer(begun.try_id()?);
    loop {
        let now = transfer.get().send().await?;
        match now.try_phase()? {
            ImageTransferPhase::Initializing => tokio::time::sleep(pause).await,
            ImageTransferPhase::Transferring => {
                let url = now.try_transfer_url().or_else(|_| now.try_proxy_url())?.to_owned();
                return Ok((transfer, url));
            }
            phase => return Err(Error::custom(format!("the transfer is {phase}"))),
        }
    }
}

/// Ends a transfer as well as it went.
async fn end(transfer: &ImageTransferService, outcome: Result<(), Error>, pause: Duration) -> Result<(), Error> {
    if let Err(error) = outcome {
        transfer.cancel().send().await?;
        return Err(error);
    }
    transfer.finalize().send().await?;
    loop {
        let now = match transfer.get().send().await {
            // Transfers that have ended are forgotten after a while.
            Err(error) if error.is_not_found() => return Ok(()),
            other => other?,
        };
        match now.try_phase()? {
            ImageTransferPhase::FinishedSuccess => return Ok(()),
            ImageTransferPhase::FinishedFailure => return Err(Error::custom("the image was not accepted")),
            _ => tokio::time::sleep(pause).await,
        }
    }
}

async fn receive(client: &Client, url: &str, file: &Path) -> Result<(), Error> {
    let mut file = File::create(file).map_err(Error::custom)?;
    let response = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
    let mut response = response.map_err(Error::custom)?;
    let mut done = 0;
    while let Some(piece) = response.chunk().await.map_err(Error::custom)? {
        file.write_all(&piece).map_err(Error::custom)?;
        done += piece.len();
    }
    println!("{done} bytes have come");
    Ok(())
}

async fn send(client: &Client, url: &str, mut image: File, length: u64) -> Result<(), Error> {
    let mut start = 0;
    while start < length {
        let mut piece = Vec::new();
        (&mut image).take(PIECE).read_to_end(&mut piece).map_err(Error::custom)?;
        let end = start + u64::try_from(piece.len()).map_err(Error::custom)?;
        if end == start {
            return Err(Error::custom("the file became shorter"));
        }
        // Only the last piece waits until all of it is on the disk.
        let flush = if end == length { "y" } else { "n" };
        let range = format!("bytes {start}-{}/*", end - 1);
        let request = client.put(format!("{url}?flush={flush}")).header(CONTENT_RANGE, range).body(piece);
        request.send().await.and_then(reqwest::Response::error_for_status).map_err(Error::custom)?;
        println!("{} of {} MiB", end >> 20, length >> 20);
        start = end;
    }
    Ok(())
}

/// The size that the disk of a QCOW2 image has; `None` for other images.
fn virtual_size(image: &mut File) -> std::io::Result<Option<u64>> {
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
