//! Disks that need no virtual machine: making many at a time, removing them again, moving, copying, converting, giving
//! unused space back, and the layers that snapshots have made.
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
//! cargo run --example disks -- layers data
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::DiskService;
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus, StorageDomain};
use ovirt_sdk::{Connection, Error};
use tokio::task::JoinSet;

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("layers").as_str() {
        "add" => add(&connection, &word("example-data"), &word("data"), PAUSE).await,
        "add-many" => {
            let (batch, storage, count) = (word("example-batch"), word("data"), word("5"));
            add_many(&connection, &batch, &storage, count.parse().unwrap_or(5), PAUSE).await
        }
        "remove-many" => remove_many(&connection, &word("example-batch")).await,
        "move" => move_to(&connection, &word("example-data"), &word("data2"), PAUSE).await,
        "copy" => copy(&connection, &word("example-data"), &word("example-copy"), &word("data"), PAUSE).await,
        "convert" => convert(&connection, &word("example-data"), PAUSE).await,
        "sparsify" => sparsify(&connection, &word("example-data"), PAUSE).await,
        "reduce" => reduce(&connection, &word("example-data"), PAUSE).await,
        "layers" => layers(&connection, &word("data")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// A disk of 1 GiB that takes room only for what is written.
fn wanted(name: impl Into<String>, storage: &str) -> Disk {
    Disk::new()
        .name(name)
        .format(DiskFormat::Cow)
        .sparse(true)
        .provisioned_size(1 << 30)
        .storage_domains([StorageDomain::with_name(storage)])
}

pub async fn add(connection: &Connection, name: &str, storage: &str, pause: Duration) -> Result<(), Error> {
    let disks = connection.system().disks();
    let disk = disks.add(wanted(name, storage)).send().await?;
    wait(&disks.disk(disk.try_id()?), pause).await?;
    println!("{name} is ready");
    Ok(())
}

/// Many disks of one batch, all at once. Their description tells the batch, so that they are found again.
pub async fn add_many(
    connection: &Connection,
    batch: &str,
    storage: &str,
    count: usize,
    pause: Duration,
) -> Result<(), Error> {
    let mut tasks = JoinSet::new();
    for number in 1..=count {
        let disks = connection.system().disks();
        let disk = wanted(format!("{batch}-{number}"), storage).description(batch);
        tasks.spawn(async move {
            let disk = disks.add(disk).send().await?;
            wait(&disks.disk(disk.try_id()?), pause).await
        });
    }
    while let Some(made) = tasks.join_next().await {
        made.map_err(Error::custom)??;
        println!("{} are still being made", tasks.len());
    }
    Ok(())
}

/// Removes the disks of a batch; those that can't be removed now do not keep the others.
pub async fn remove_many(connection: &Connection, batch: &str) -> Result<(), Error> {
    let disks = connection.system().disks();
    for disk in disks.list().search(format!("description={batch}")).send().await? {
        match disks.disk(disk.try_id()?).remove().send().await {
            Ok(_) => println!("{} is removed", disk.try_name()?),
            Err(error) if error.is_conflict() => println!("{} stays: {error}", disk.try_name()?),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Moves a disk to another storage domain, also while a machine uses it.
pub async fn move_to(connection: &Connection, name: &str, storage: &str, pause: Duration) -> Result<(), Error> {
    let disk = find(connection, name).await?;
    disk.move_().storage_domain(StorageDomain::with_name(storage)).send().await?;
    wait(&disk, pause).await?;
    println!("{name} is on {storage}");
    Ok(())
}

pub async fn copy(
    connection: &Connection,
    name: &str,
    copy: &str,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let disk = find(connection, name).await?;
    disk.copy().disk(Disk::new().name(copy)).storage_domain(StorageDomain::with_name(storage)).send().await?;
    // Both are locked meanwhile.
    wait(&disk, pause).await?;
    wait(&find(connection, copy).await?, pause).await?;
    println!("{copy} is a copy of {name}");
    Ok(())
}

/// Writes a disk anew in the raw format, with all of its room taken at once.
pub async fn convert(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let disk = find(connection, name).await?;
    disk.convert().disk(Disk::new().format(DiskFormat::Raw).sparse(false)).send().await?;
    wait(&disk, pause).await?;
    println!("{name} is {}", disk.get().send().await?.try_format()?);
    Ok(())
}

/// Gives the storage back what the file systems of a disk do not use.
pub async fn sparsify(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let disk = find(connection, name).await?;
    disk.sparsify().send().await?;
    wait(&disk, pause).await?;
    println!("{name} takes {} bytes", disk.get().send().await?.try_actual_size()?);
    Ok(())
}

/// Shrinks the logical volume behind a disk of block storage to what its data need.
pub async fn reduce(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let disk = find(connection, name).await?;
    disk.reduce().send().await?;
    wait(&disk, pause).await?;
    println!("{name} takes {} bytes", disk.get().send().await?.try_actual_size()?);
    Ok(())
}

/// The layers of the disks on a storage domain.
pub async fn layers(connection: &Connection, storage: &str) -> Result<(), Error> {
    let storages = connection.system().storage_domains();
    let storage = storages.find(storage).await?;
    let layers = storages.storage_domain(storage.try_id()?).disk_snapshots().list().send().await?;
    for layer in &layers {
        println!("{} ({}) takes {} bytes", layer.try_name()?, layer.try_id()?, layer.try_actual_size()?);
    }
    println!("{} layers", layers.len());
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<DiskService, Error> {
    let disks = connection.system().disks();
    let disk = disks.find(name).await?;
    Ok(disks.disk(disk.try_id()?))
}

/// A disk is locked while the engine works on it.
async fn wait(disk: &DiskService, pause: Duration) -> Result<(), Error> {
    while *disk.get().send().await?.try_status()? != DiskStatus::Ok {
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
