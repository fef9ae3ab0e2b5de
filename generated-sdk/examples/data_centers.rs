//! Data centers, clusters and quotas.
//!
//! ```sh
//! cargo run --example data_centers -- add north
//! cargo run --example data_centers -- describe north 'The northern site'
//! cargo run --example data_centers -- add-cluster north-1 north
//! cargo run --example data_centers -- maintenance north
//! cargo run --example data_centers -- storage-limit north web 100
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{Cluster, DataCenter, Quota, QuotaStorageLimit, StorageDomainStatus, VmStatus};
use ovirt_sdk::{Connection, Error, search};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add", name] => add(connection, name).await,
        ["describe", name, description] => set_description(connection, name, description).await,
        ["add-cluster", name, data_center] => add_cluster(connection, name, data_center).await,
        ["maintenance", name] => enter_maintenance(connection, name).await,
        ["storage-limit", data_center, quota, gibibytes] => {
            set_storage_limit(connection, data_center, quota, gibibytes.parse().map_err(Error::custom)?).await
        }
        _ => common::usage(include_str!("data_centers.rs")),
    })
}

/// Creates a data center with shared storage.
pub async fn add(connection: &Connection, name: &str) -> Result<(), Error> {
    let data_center = DataCenter::new().name(name).local(false);
    println!("{}", connection.system().data_centers().ensure(data_center).send().await?);
    Ok(())
}

/// Changes the description of a data center. Fields that the request leaves unset keep their values.
pub async fn set_description(connection: &Connection, name: &str, description: &str) -> Result<(), Error> {
    let data_center = connection.system().data_centers().find_service(name).await?;
    let data_center = data_center.update(DataCenter::new().description(description)).send().await?;
    println!("{name}: {}", data_center.try_description()?);
    Ok(())
}

/// Creates a cluster. The engine takes the CPU type from the first host that is added.
pub async fn add_cluster(connection: &Connection, name: &str, data_center: &str) -> Result<(), Error> {
    let cluster = Cluster::new().name(name).data_center(DataCenter::with_name(data_center));
    println!("{}", connection.system().clusters().ensure(cluster).send().await?);
    Ok(())
}

/// Shuts down all virtual machines of a data center and moves its storage domains to maintenance, the master last.
pub async fn enter_maintenance(connection: &Connection, name: &str) -> Result<(), Error> {
    let vms = connection.system().vms();
    let of_data_center = search::vm::DATA_CENTER.literal(name);
    let running = of_data_center.clone().and(search::vm::STATUS.eq(VmStatus::Up));
    for vm in vms.list().search(running).send().await? {
        vms.vm(&vm).shutdown().send().await?;
    }
    for vm in vms.list().search(of_data_center).send().await? {
        vms.vm(&vm).wait_until_down().await?;
        println!("VM {} is down", vm.try_name()?);
    }
    let attached = connection.system().data_centers().find_service(name).await?.storage_domains();
    let mut domains = attached.list().send().await?.into_vec();
    domains.sort_by_key(|domain| domain.master);
    for domain in domains.iter().filter(|domain| domain.status == Some(StorageDomainStatus::Active)) {
        attached.storage_domain(domain).deactivate().send().await?;
        attached.storage_domain(domain).wait_until_maintenance().await?;
        println!("storage domain {} is in maintenance", domain.try_name()?);
    }
    Ok(())
}

/// Limits the space that a quota grants on the storage domains of the data center. Creates the quota unless it exists.
pub async fn set_storage_limit(
    connection: &Connection,
    data_center: &str,
    quota: &str,
    gibibytes: i64,
) -> Result<(), Error> {
    let quotas = connection.system().data_centers().find_service(data_center).await?.quotas();
    let quota = quotas.ensure(Quota::new().name(quota)).send().await?;
    // A new quota has a general limit, and the engine then rejects limits for single storage domains. Adding a general
    // limit replaces the old one.
    let limits = quotas.quota(quota.object()).quota_storage_limits();
    limits.add(QuotaStorageLimit::new().limit(gibibytes)).send().await?;
    println!("{quota}\nlimit: {gibibytes} GiB");
    Ok(())
}
