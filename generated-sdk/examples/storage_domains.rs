//! Storage domains: list, create on NFS or iSCSI, attach to a data center, maintenance, activate, set the master.
//!
//! ```sh
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

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::services::AttachedStorageDomainsService;
use ovirt_sdk::types::{Host, HostStorage, LogicalUnit, StorageDomain, StorageDomainType, StorageType};
use ovirt_sdk::{Connection, Error};

/// The host that creates the storage domains.
const HOST: &str = "host1";

const DATA_CENTER: &str = "Default";

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["list"] => list(connection, None).await,
        ["list", search] => list(connection, Some(search)).await,
        ["add-nfs", name, export] => add_nfs(connection, name, StorageDomainType::Data, export).await,
        ["add-iso", name, export] => add_nfs(connection, name, StorageDomainType::Iso, export).await,
        ["add-iscsi", name, server, target, lun] => add_iscsi(connection, name, server, target, lun).await,
        ["attach", name] => attach(connection, name).await,
        ["maintenance", name] => enter_maintenance(connection, name).await,
        ["activate", name] => activate(connection, name).await,
        ["set-master", name] => set_master(connection, name).await,
        _ => common::usage(include_str!("storage_domains.rs")),
    })
}

/// Lists all storage domains, or the results of a search.
pub async fn list(connection: &Connection, search: Option<&str>) -> Result<(), Error> {
    let list = connection.system().storage_domains().list();
    let request = search.map_or(list.clone(), |search| list.search(search));
    for domain in request.send().await? {
        println!("{} ({})", domain.try_name()?, domain.try_type()?);
        // The engine doesn't know the sizes of an inactive domain.
        if let (Some(used), Some(free)) = (domain.used, domain.available) {
            println!("  {} GiB used, {} GiB free", used >> 30, free >> 30);
        }
    }
    Ok(())
}

/// Creates a storage domain on an NFS export. Imports the domain if the export already contains one.
pub async fn add_nfs(connection: &Connection, name: &str, kind: StorageDomainType, export: &str) -> Result<(), Error> {
    let (server, path) = export.split_once(':').ok_or_else(|| Error::custom("expected SERVER:/PATH"))?;
    add(connection, name, kind, HostStorage::new().type_(StorageType::Nfs).address(server).path(path)).await
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
    println!("created storage domain {name} with ID {}", connection.create(domain).await?.try_id()?);
    Ok(())
}

/// Attaches a storage domain to the data center, which also activates it.
pub async fn attach(connection: &Connection, name: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(name).await?;
    let attached = attached_domains(connection).await?;
    attached.add(StorageDomain::with_id(domain.try_id()?)).send().await?;
    attached.storage_domain(&domain).wait_until_active().on_change(report).await?;
    Ok(())
}

/// Moves a storage domain to maintenance.
pub async fn enter_maintenance(connection: &Connection, name: &str) -> Result<(), Error> {
    let domain = attached_domains(connection).await?.find_service(name).await?;
    domain.deactivate().send().await?;
    domain.wait_until_maintenance().on_change(report).await?;
    Ok(())
}

/// Takes a storage domain out of maintenance.
pub async fn activate(connection: &Connection, name: &str) -> Result<(), Error> {
    let domain = attached_domains(connection).await?.find_service(name).await?;
    domain.activate().send().await?;
    domain.wait_until_active().on_change(report).await?;
    Ok(())
}

/// Makes a storage domain the master of the data center.
pub async fn set_master(connection: &Connection, name: &str) -> Result<(), Error> {
    let domain = connection.system().storage_domains().find(name).await?;
    if domain.master == Some(true) {
        println!("storage domain {name} is already the master");
        return Ok(());
    }
    let data_center = connection.system().data_centers().find_service(DATA_CENTER).await?;
    data_center.set_master().storage_domain(StorageDomain::with_id(domain.try_id()?)).send().await?;
    Ok(())
}

async fn attached_domains(connection: &Connection) -> Result<AttachedStorageDomainsService, Error> {
    Ok(connection.system().data_centers().find_service(DATA_CENTER).await?.storage_domains())
}

/// Prints the progress of a wait.
fn report(domain: &StorageDomain) {
    println!("storage domain {} is {:?}", domain.name.as_deref().unwrap_or("?"), domain.status);
}
