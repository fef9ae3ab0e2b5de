//! Floating disks and disk operations: create, remove, move, copy, convert, sparsify, reduce, list snapshots.
//!
//! ```sh
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

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{Disk, DiskFormat, StorageDomain};
use ovirt_sdk::{Connection, Error, search};
use tokio::task::JoinSet;

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add", name, storage_domain] => add(connection, name, storage_domain).await,
        ["add-many", batch, storage_domain, count] => {
            add_many(connection, batch, storage_domain, count.parse().map_err(Error::custom)?).await
        }
        ["remove-many", batch] => remove_many(connection, batch).await,
        ["move", name, storage_domain] => move_disk(connection, name, storage_domain).await,
        ["copy", name, copy_name, storage_domain] => copy(connection, name, copy_name, storage_domain).await,
        ["convert", name] => convert(connection, name).await,
        ["sparsify", name] => sparsify(connection, name).await,
        ["reduce", name] => reduce(connection, name).await,
        ["snapshots", storage_domain] => list_snapshots(connection, storage_domain).await,
        _ => common::usage(include_str!("disks.rs")),
    })
}

/// Returns a thin-provisioned disk of 1 GiB.
fn new_disk(name: impl Into<String>, storage_domain: &str) -> Disk {
    let disk = Disk::new().name(name).format(DiskFormat::Cow).sparse(true).provisioned_size(1 << 30);
    disk.storage_domains([StorageDomain::with_name(storage_domain)])
}

/// Creates a disk that isn't attached to a virtual machine.
pub async fn add(connection: &Connection, name: &str, storage_domain: &str) -> Result<(), Error> {
    let disk = connection.create(new_disk(name, storage_domain)).await?;
    connection.of(&disk)?.wait_until_ok().await?;
    Ok(())
}

/// Creates several disks concurrently. `remove_many` finds them by the batch name in their description.
pub async fn add_many(connection: &Connection, batch: &str, storage_domain: &str, count: usize) -> Result<(), Error> {
    let mut tasks = JoinSet::new();
    for number in 1..=count {
        let connection = connection.clone();
        let disk = new_disk(format!("{batch}-{number}"), storage_domain).description(batch);
        tasks.spawn(async move { connection.of(&connection.create(disk).await?)?.wait_until_ok().await });
    }
    while let Some(result) = tasks.join_next().await {
        println!("created disk {}", result.map_err(Error::custom)??.try_name()?);
    }
    Ok(())
}

/// Removes the disks of a batch. Skips disks that are in use.
pub async fn remove_many(connection: &Connection, batch: &str) -> Result<(), Error> {
    let disks = connection.system().disks();
    for disk in disks.list().search(search::disk::DESCRIPTION.literal(batch)).send().await? {
        match disks.disk(&disk).remove().send().await {
            Ok(_) => println!("removed disk {}", disk.try_name()?),
            Err(error) if error.is_conflict() => println!("skipped disk {}: {error}", disk.try_name()?),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Moves a disk to another storage domain. This also works while a running virtual machine uses the disk.
pub async fn move_disk(connection: &Connection, name: &str, storage_domain: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find_service(name).await?;
    disk.move_().storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    disk.wait_until_ok().await?;
    Ok(())
}

/// Copies a disk.
pub async fn copy(connection: &Connection, name: &str, copy_name: &str, storage_domain: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find_service(name).await?;
    let copy = disk.copy().disk(Disk::new().name(copy_name));
    copy.storage_domain(StorageDomain::with_name(storage_domain)).send_operation().await?.wait().await?;
    Ok(())
}

/// Converts a disk to the raw format, with all of its space preallocated.
pub async fn convert(connection: &Connection, name: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find_service(name).await?;
    disk.convert().disk(Disk::new().format(DiskFormat::Raw).sparse(false)).send().await?;
    println!("the format of disk {name} is {}", disk.wait_until_ok().await?.try_format()?);
    Ok(())
}

/// Releases the space that the guest's file systems don't use.
pub async fn sparsify(connection: &Connection, name: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find_service(name).await?;
    disk.sparsify().send().await?;
    println!("disk {name} uses {} bytes", disk.wait_until_ok().await?.try_actual_size()?);
    Ok(())
}

/// Shrinks the logical volume of a disk on block storage to the size of its data.
pub async fn reduce(connection: &Connection, name: &str) -> Result<(), Error> {
    let disk = connection.system().disks().find_service(name).await?;
    disk.reduce().send().await?;
    println!("disk {name} uses {} bytes", disk.wait_until_ok().await?.try_actual_size()?);
    Ok(())
}

/// Lists the disk snapshots on a storage domain.
pub async fn list_snapshots(connection: &Connection, storage_domain: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find_service(storage_domain).await?;
    for snapshot in domain.disk_snapshots().list().send().await? {
        println!("{} {}: {} bytes", snapshot.try_id()?, snapshot.try_name()?, snapshot.try_actual_size()?);
    }
    Ok(())
}
