//! Storage domains: list, create on NFS or iSCSI, attach to a data center, maintenance, activate, set the master.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example storage_domains -- list
//! cargo run --example storage_domains -- list 'name=da*'
//! cargo run --example storage_domains -- add-nfs data2 nfs.example.com:/exports/data2
//! cargo run --example storage_domains -- add-iso iso nfs.example.com:/exports/iso
//! cargo run --example storage_domains -- add-iscsi data3 iscsi.example.com iqn.2026-01.com.example:data 36001405b
//! cargo run --example storage_domains -- attach data2
//! cargo run --example storage_domains -- maintenance data2
//! cargo run --example storage_domains -- activate data2
//! cargo run --example storage_domains -- set-master data2
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::{AttachedStorageDomainService, DataCenterService};
use ovirt_sdk::types::{Host, HostStorage, LogicalUnit, StorageDomain, StorageDomainType, StorageType};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// The host that creates the storage domains.
const HOST: &str = "host1";

const DATA_CENTER: &str = "Default";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["list"] => list(&connection, None).await,
        ["list", search] => list(&connection, Some(search)).await,
        ["add-nfs", name, export] => add_nfs(&connection, name, StorageDomainType::Data, export).await,
        ["add-iso", name, export] => add_nfs(&connection, name, StorageDomainType::Iso, export).await,
        ["add-iscsi", name, server, target, lun] => add_iscsi(&connection, name, server, target, lun).await,
        ["attach", name] => attach(&connection, name, POLL_INTERVAL).await,
        ["maintenance", name] => enter_maintenance(&connection, name, POLL_INTERVAL).await,
        ["activate", name] => activate(&connection, name, POLL_INTERVAL).await,
        ["set-master", name] => set_master(&connection, name).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: storage_domains list [SEARCH]
       storage_domains add-nfs STORAGE_DOMAIN SERVER:/PATH
       storage_domains add-iso STORAGE_DOMAIN SERVER:/PATH
       storage_domains add-iscsi STORAGE_DOMAIN SERVER TARGET LUN_ID
       storage_domains attach STORAGE_DOMAIN
       storage_domains maintenance STORAGE_DOMAIN
       storage_domains activate STORAGE_DOMAIN
       storage_domains set-master STORAGE_DOMAIN"
    );
    std::process::exit(2)
}

/// Lists all storage domains, or the results of a search.
pub async fn list(connection: &Connection, search: Option<&str>) -> Result<(), Error> {
    let mut request = connection.system().storage_domains().list();
    if let Some(search) = search {
        request = request.search(search);
    }
    for domain in &request.send().await? {
        let kind = domain.try_type()?;
        match (domain.used, domain.available) {
            (Some(used), Some(free)) => {
                println!("{} ({kind}): {} GiB used, {} GiB free", domain.try_name()?, used >> 30, free >> 30);
            }
            // The engine doesn't know the sizes of an inactive domain.
            _ => println!("{} ({kind})", domain.try_name()?),
        }
    }
    Ok(())
}

/// Creates a storage domain on an NFS export. Imports the domain if the export already contains one.
pub async fn add_nfs(connection: &Connection, name: &str, kind: StorageDomainType, export: &str) -> Result<(), Error> {
    let Some((server, path)) = export.split_once(':') else {
        return Err(Error::custom(format!("expected SERVER:/PATH, got {export}")));
    };
    let storage = HostStorage::new().type_(StorageType::Nfs).address(server).path(path);
    add(connection, name, kind, storage).await
}

/// Creates a storage domain on an iSCSI LUN. Existing data on the LUN is lost.
pub async fn add_iscsi(
    connection: &Connection,
    name: &str,
    server: &str,
    target: &str,
    lun: &str,
) -> Result<(), Error> {
    let lun = LogicalUnit::new().id(lun).address(server).port(3260).target(target);
    let storage = HostStorage::new().type_(StorageType::Iscsi).override_luns(true).logical_units([lun]);
    add(connection, name, StorageDomainType::Data, storage).await
}

async fn add(connection: &Connection, name: &str, kind: StorageDomainType, storage: HostStorage) -> Result<(), Error> {
    let domain = StorageDomain::new().name(name).type_(kind).host(Host::with_name(HOST)).storage(storage);
    let domain = connection.system().storage_domains().add(domain).send().await?;
    println!("created storage domain {name} with ID {}", domain.try_id()?);
    Ok(())
}

/// Attaches a storage domain to the data center, which also activates it.
pub async fn attach(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(name).await?;
    let attached_domains = find_data_center(connection).await?.storage_domains();
    attached_domains.add(StorageDomain::with_id(domain.try_id()?)).send().await?;
    let service = attached_domains.storage_domain(domain.try_id()?);
    service.wait_until_active().interval(interval).on_change(report).await?;
    Ok(())
}

/// Moves a storage domain to maintenance.
pub async fn enter_maintenance(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let domain = find_attached_domain(connection, name).await?;
    domain.deactivate().send().await?;
    domain.wait_until_maintenance().interval(interval).on_change(report).await?;
    Ok(())
}

/// Takes a storage domain out of maintenance.
pub async fn activate(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let domain = find_attached_domain(connection, name).await?;
    domain.activate().send().await?;
    domain.wait_until_active().interval(interval).on_change(report).await?;
    Ok(())
}

/// Makes a storage domain the master of the data center.
pub async fn set_master(connection: &Connection, name: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(name).await?;
    if domain.master == Some(true) {
        println!("storage domain {name} is already the master");
        return Ok(());
    }
    let reference = StorageDomain::with_id(domain.try_id()?);
    find_data_center(connection).await?.set_master().storage_domain(reference).send().await?;
    println!("storage domain {name} is the master");
    Ok(())
}

async fn find_data_center(connection: &Connection) -> Result<DataCenterService, Error> {
    let data_centers = connection.system().data_centers();
    let data_center = data_centers.find(DATA_CENTER).await?;
    Ok(data_centers.data_center(data_center.try_id()?))
}

async fn find_attached_domain(connection: &Connection, name: &str) -> Result<AttachedStorageDomainService, Error> {
    let attached_domains = find_data_center(connection).await?.storage_domains();
    let domain = attached_domains.find(name).await?;
    Ok(attached_domains.storage_domain(domain.try_id()?))
}

/// Prints the progress of a wait.
fn report(domain: &StorageDomain) {
    if let (Some(name), Some(status)) = (&domain.name, &domain.status) {
        println!("storage domain {name} is {status}");
    }
}
