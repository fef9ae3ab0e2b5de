//! Floating disks and disk operations: create, remove, move, copy, convert, sparsify, reduce, list snapshots.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example disks -- add data1 data
//! cargo run --example disks -- add-many batch-7 data 20
//! cargo run --example disks -- remove-many batch-7
//! cargo run --example disks -- move data1 data2
//! cargo run --example disks -- copy data1 data1-copy data2
//! cargo run --example disks -- convert data1
//! cargo run --example disks -- sparsify data1
//! cargo run --example disks -- reduce data1
//! cargo run --example disks -- snapshots data
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::DiskService;
use ovirt_sdk::types::{Disk, DiskFormat, StorageDomain};
use ovirt_sdk::{Connection, Error, search};
use tokio::task::JoinSet;

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add", name, storage_domain] => add(&connection, name, storage_domain, POLL_INTERVAL).await,
        ["add-many", batch, storage_domain, count] => {
            let count = count.parse().unwrap_or_else(|_| usage());
            add_many(&connection, batch, storage_domain, count, POLL_INTERVAL).await
        }
        ["remove-many", batch] => remove_many(&connection, batch).await,
        ["move", name, storage_domain] => move_disk(&connection, name, storage_domain, POLL_INTERVAL).await,
        ["copy", name, copy_name, storage_domain] => {
            copy(&connection, name, copy_name, storage_domain, POLL_INTERVAL).await
        }
        ["convert", name] => convert(&connection, name, POLL_INTERVAL).await,
        ["sparsify", name] => sparsify(&connection, name, POLL_INTERVAL).await,
        ["reduce", name] => reduce(&connection, name, POLL_INTERVAL).await,
        ["snapshots", storage_domain] => list_snapshots(&connection, storage_domain).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: disks add DISK STORAGE_DOMAIN
       disks add-many BATCH STORAGE_DOMAIN COUNT
       disks remove-many BATCH
       disks move DISK STORAGE_DOMAIN
       disks copy DISK NEW_DISK STORAGE_DOMAIN
       disks convert DISK
       disks sparsify DISK
       disks reduce DISK
       disks snapshots STORAGE_DOMAIN"
    );
    std::process::exit(2)
}

/// Returns a thin-provisioned disk of 1 GiB.
fn new_disk(name: impl Into<String>, storage_domain: &str) -> Disk {
    Disk::new()
        .name(name)
        .format(DiskFormat::Cow)
        .sparse(true)
        .provisioned_size(1 << 30)
        .storage_domains([StorageDomain::with_name(storage_domain)])
}

/// Creates a disk that isn't attached to a virtual machine.
pub async fn add(connection: &Connection, name: &str, storage_domain: &str, interval: Duration) -> Result<(), Error> {
    let disks = connection.system().disks();
    let disk = disks.add(new_disk(name, storage_domain)).send().await?;
    disks.disk(disk.try_id()?).wait_until_ok().interval(interval).await?;
    println!("created disk {name}");
    Ok(())
}

/// Creates several disks concurrently. `remove_many` finds them by the batch name in their description.
pub async fn add_many(
    connection: &Connection,
    batch: &str,
    storage_domain: &str,
    count: usize,
    interval: Duration,
) -> Result<(), Error> {
    let mut tasks = JoinSet::new();
    for number in 1..=count {
        let disks = connection.system().disks();
        let disk = new_disk(format!("{batch}-{number}"), storage_domain).description(batch);
        tasks.spawn(async move {
            let disk = disks.add(disk).send().await?;
            disks.disk(disk.try_id()?).wait_until_ok().interval(interval).await
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.map_err(Error::custom)??;
        println!("{} disks left to create", tasks.len());
    }
    Ok(())
}

/// Removes the disks of a batch. Skips disks that are in use.
pub async fn remove_many(connection: &Connection, batch: &str) -> Result<(), Error> {
    let disks = connection.system().disks();
    for disk in disks.list().search(search::disk::DESCRIPTION.literal(batch)).send().await? {
        match disks.disk(disk.try_id()?).remove().send().await {
            Ok(_) => println!("removed disk {}", disk.try_name()?),
            Err(error) if error.is_conflict() => println!("skipped disk {}: {error}", disk.try_name()?),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Moves a disk to another storage domain. This also works while a running virtual machine uses the disk.
pub async fn move_disk(
    connection: &Connection,
    name: &str,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let disk = find_disk(connection, name).await?;
    disk.move_().storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    disk.wait_until_ok().interval(interval).await?;
    println!("moved disk {name} to {storage_domain}");
    Ok(())
}

/// Copies a disk.
pub async fn copy(
    connection: &Connection,
    name: &str,
    copy_name: &str,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let disk = find_disk(connection, name).await?;
    let copy = Disk::new().name(copy_name);
    disk.copy().disk(copy).storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    // The engine locks both disks while it copies.
    disk.wait_until_ok().interval(interval).await?;
    find_disk(connection, copy_name).await?.wait_until_ok().interval(interval).await?;
    println!("copied disk {name} to {copy_name}");
    Ok(())
}

/// Converts a disk to the raw format, with all of its space preallocated.
pub async fn convert(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let disk = find_disk(connection, name).await?;
    disk.convert().disk(Disk::new().format(DiskFormat::Raw).sparse(false)).send().await?;
    disk.wait_until_ok().interval(interval).await?;
    println!("converted disk {name} to {}", disk.get().send().await?.try_format()?);
    Ok(())
}

/// Releases the space that the guest's file systems don't use.
pub async fn sparsify(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let disk = find_disk(connection, name).await?;
    disk.sparsify().send().await?;
    disk.wait_until_ok().interval(interval).await?;
    println!("disk {name} uses {} bytes", disk.get().send().await?.try_actual_size()?);
    Ok(())
}

/// Shrinks the logical volume of a disk on block storage to the size of its data.
pub async fn reduce(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let disk = find_disk(connection, name).await?;
    disk.reduce().send().await?;
    disk.wait_until_ok().interval(interval).await?;
    println!("disk {name} uses {} bytes", disk.get().send().await?.try_actual_size()?);
    Ok(())
}

/// Lists the disk snapshots on a storage domain.
pub async fn list_snapshots(connection: &Connection, storage_domain: &str) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let domain = domains.find(storage_domain).await?;
    let snapshots = domains.storage_domain(domain.try_id()?).disk_snapshots().list().send().await?;
    for snapshot in &snapshots {
        println!("{} {}: {} bytes", snapshot.try_id()?, snapshot.try_name()?, snapshot.try_actual_size()?);
    }
    println!("{} disk snapshots", snapshots.len());
    Ok(())
}

async fn find_disk(connection: &Connection, name: &str) -> Result<DiskService, Error> {
    let disks = connection.system().disks();
    let disk = disks.find(name).await?;
    Ok(disks.disk(disk.try_id()?))
}
