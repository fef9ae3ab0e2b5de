//! Storage domains: listing them, making one on NFS, on iSCSI and for ISO images, attaching it to a data center,
//! maintenance, another master.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example storage_domains -- list 'name=da*'
//! cargo run --example storage_domains -- add-nfs data2 nfs.example.com:/exports/data2
//! cargo run --example storage_domains -- add-iso iso nfs.example.com:/exports/iso
//! cargo run --example storage_domains -- add-iscsi data3 iscsi.example.com iqn.2026-01.com.example:data 36001405b
//! cargo run --example storage_domains -- attach data2
//! cargo run --example storage_domains -- maintenance data2
//! cargo run --example storage_domains -- activate data2
//! cargo run --example storage_domains -- master data2
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::{AttachedStorageDomainService, DataCenterService};
use ovirt_sdk::types::{
    Host, HostStorage, LogicalUnit, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType,
};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

/// The host that does the work, and the data center that uses the storage.
const HOST: &str = "host1";
const DATA_CENTER: &str = "Default";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("list").as_str() {
        "list" => list(&connection, &word("")).await,
        "add-nfs" => {
            add_nfs(&connection, &word("data2"), StorageDomainType::Data, &word("nfs.example.com:/exports/data2")).await
        }
        "add-iso" => {
            add_nfs(&connection, &word("iso"), StorageDomainType::Iso, &word("nfs.example.com:/exports/iso")).await
        }
        "add-iscsi" => {
            let (name, server) = (word("data3"), word("iscsi.example.com"));
            add_iscsi(&connection, &name, &server, &word("iqn.2026-01.com.example:data"), &word("36001405b")).await
        }
        "attach" => attach(&connection, &word("data2"), PAUSE).await,
        "maintenance" => maintenance(&connection, &word("data2"), PAUSE).await,
        "activate" => activate(&connection, &word("data2"), PAUSE).await,
        "master" => make_master(&connection, &word("data2")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// All storage domains, or those that a query finds.
pub async fn list(connection: &Connection, search: &str) -> Result<(), Error> {
    let mut request = connection.system().storage_domains().list();
    if !search.is_empty() {
        request = request.search(search);
    }
    for domain in &request.send().await? {
        let kind = domain.try_type()?;
        match (domain.used, domain.available) {
            (Some(used), Some(free)) => {
                println!("{} ({kind}): {} GiB used, {} GiB free", domain.try_name()?, used >> 30, free >> 30);
            }
            // No host can tell while it is not active.
            _ => println!("{} ({kind})", domain.try_name()?),
        }
    }
    Ok(())
}

/// A storage domain in a folder of an NFS server; one that is there already is imported.
pub async fn add_nfs(connection: &Connection, name: &str, kind: StorageDomainType, place: &str) -> Result<(), Error> {
    let (server, path) = place.split_once(':').ok_or_else(|| Error::custom("the place is SERVER:/PATH"))?;
    let storage = HostStorage::new().type_(StorageType::Nfs).address(server).path(path);
    add(connection, name, kind, storage).await
}

/// A storage domain on a LUN of an iSCSI server, whose content is lost.
pub async fn add_iscsi(
    connection: &Connection,
    name: &str,
    server: &str,
    target: &str,
    lun: &str,
) -> Result<(), Error> {
    let unit = LogicalUnit::new().id(lun).address(server).port(3260).target(target);
    let storage = HostStorage::new().type_(StorageType::Iscsi).override_luns(true).logical_units([unit]);
    add(connection, name, StorageDomainType::Data, storage).await
}

async fn add(connection: &Connection, name: &str, kind: StorageDomainType, storage: HostStorage) -> Result<(), Error> {
    let wanted = StorageDomain::new().name(name).type_(kind).host(Host::with_name(HOST)).storage(storage);
    let domain = connection.system().storage_domains().add(wanted).send().await?;
    println!("{name} is there, with the identifier {}", domain.try_id()?);
    Ok(())
}

/// Attaches a storage domain to the data center, which activates it.
pub async fn attach(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(name).await?;
    let attached = data_center(connection).await?.storage_domains();
    attached.add(StorageDomain::with_id(domain.try_id()?)).send().await?;
    wait(&attached.storage_domain(domain.try_id()?), StorageDomainStatus::Active, pause).await
}

pub async fn maintenance(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let domain = find(connection, name).await?;
    domain.deactivate().send().await?;
    wait(&domain, StorageDomainStatus::Maintenance, pause).await
}

pub async fn activate(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let domain = find(connection, name).await?;
    domain.activate().send().await?;
    wait(&domain, StorageDomainStatus::Active, pause).await
}

/// Makes another storage domain the master of the data center.
pub async fn make_master(connection: &Connection, name: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(name).await?;
    if domain.master == Some(true) {
        println!("{name} is the master already");
        return Ok(());
    }
    let wanted = StorageDomain::with_id(domain.try_id()?);
    data_center(connection).await?.set_master().storage_domain(wanted).send().await?;
    println!("{name} is the master");
    Ok(())
}

async fn data_center(connection: &Connection) -> Result<DataCenterService, Error> {
    let data_centers = connection.system().data_centers();
    let data_center = data_centers.find(DATA_CENTER).await?;
    Ok(data_centers.data_center(data_center.try_id()?))
}

async fn find(connection: &Connection, name: &str) -> Result<AttachedStorageDomainService, Error> {
    let attached = data_center(connection).await?.storage_domains();
    let domain = attached.find(name).await?;
    Ok(attached.storage_domain(domain.try_id()?))
}

async fn wait(
    domain: &AttachedStorageDomainService,
    wanted: StorageDomainStatus,
    pause: Duration,
) -> Result<(), Error> {
    loop {
        let now = domain.get().send().await?;
        println!("{} is {}", now.try_name()?, now.try_status()?);
        if now.status == Some(wanted.clone()) {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
}
