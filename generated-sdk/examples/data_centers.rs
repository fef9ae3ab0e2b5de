//! Data centers and clusters: making them, changing them, putting a whole data center to rest, and what a quota allows.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example data_centers -- add north
//! cargo run --example data_centers -- describe north 'The northern site'
//! cargo run --example data_centers -- add-cluster north-1 north
//! cargo run --example data_centers -- rest north
//! cargo run --example data_centers -- limit north web data 100
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::DataCenterService;
use ovirt_sdk::types::{Cluster, DataCenter, Quota, QuotaStorageLimit, StorageDomain, StorageDomainStatus, VmStatus};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("add").as_str() {
        "add" => add(&connection, &word("example")).await,
        "describe" => describe(&connection, &word("example"), &word("An example")).await,
        "add-cluster" => add_cluster(&connection, &word("example"), &word("example")).await,
        "rest" => rest(&connection, &word("example"), PAUSE).await,
        "limit" => {
            let (data_center, quota, storage) = (word("Default"), word("example"), word("data"));
            limit(&connection, &data_center, &quota, &storage, word("100").parse().unwrap_or(100)).await
        }
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// A data center with shared storage.
pub async fn add(connection: &Connection, name: &str) -> Result<(), Error> {
    let data_center = connection.system().data_centers().add(DataCenter::new().name(name).local(false)).send().await?;
    println!("{} is there", data_center.try_name()?);
    Ok(())
}

/// Changes the description, and nothing else.
pub async fn describe(connection: &Connection, name: &str, description: &str) -> Result<(), Error> {
    let changed = find(connection, name).await?.update(DataCenter::new().description(description)).send().await?;
    println!("{}: {}", changed.try_name()?, changed.try_description()?);
    Ok(())
}

/// A cluster whose processors the engine learns from its first host.
pub async fn add_cluster(connection: &Connection, name: &str, data_center: &str) -> Result<(), Error> {
    let wanted = Cluster::new().name(name).data_center(DataCenter::with_name(data_center));
    let cluster = connection.system().clusters().add(wanted).send().await?;
    println!("{} is there", cluster.try_name()?);
    Ok(())
}

/// Shuts down all virtual machines of a data center, and then puts its storage into maintenance, the master last.
pub async fn rest(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    // A name with a quotation mark in it can't be searched for.
    let query = format!("datacenter=\"{name}\"");
    for vm in vms.list().search(format!("{query} and status=up")).send().await? {
        vms.vm(vm.try_id()?).shutdown().send().await?;
        println!("{} is shutting down", vm.try_name()?);
    }
    loop {
        let all = vms.list().search(&query).send().await?;
        let running = all.iter().filter(|vm| vm.status != Some(VmStatus::Down)).count();
        if running == 0 {
            break;
        }
        println!("{running} machines still run");
        tokio::time::sleep(pause).await;
    }

    let attached = find(connection, name).await?.storage_domains();
    let mut domains = attached.list().send().await?.into_vec();
    domains.sort_by_key(|domain| domain.master == Some(true));
    for domain in domains.iter().filter(|domain| domain.status == Some(StorageDomainStatus::Active)) {
        let service = attached.storage_domain(domain.try_id()?);
        service.deactivate().send().await?;
        while *service.get().send().await?.try_status()? != StorageDomainStatus::Maintenance {
            tokio::time::sleep(pause).await;
        }
        println!("{} is in maintenance", domain.try_name()?);
    }
    Ok(())
}

/// Lets the consumers of a quota use so many GiB of a storage domain; makes the quota when it is not there.
pub async fn limit(
    connection: &Connection,
    data_center: &str,
    quota: &str,
    storage: &str,
    gigabytes: i64,
) -> Result<(), Error> {
    let quotas = find(connection, data_center).await?.quotas();
    let (quota, _) = quotas.find_or_create(Quota::new().name(quota)).await?;
    let storage = connection.system().storage_domains().find(storage).await?;
    let limits = quotas.quota(quota.try_id()?).quota_storage_limits();
    // A limit can't be changed: it is replaced.
    for limit in limits.list().send().await? {
        if limit.storage_domain.as_ref().is_none_or(|limited| limited.id == storage.id) {
            limits.limit(limit.try_id()?).remove().send().await?;
        }
    }
    let wanted = QuotaStorageLimit::new().limit(gigabytes).storage_domain(StorageDomain::with_id(storage.try_id()?));
    limits.add(wanted).send().await?;
    println!("{} allows {gigabytes} GiB of {}", quota.try_name()?, storage.try_name()?);
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<DataCenterService, Error> {
    let data_centers = connection.system().data_centers();
    let data_center = data_centers.find(name).await?;
    Ok(data_centers.data_center(data_center.try_id()?))
}
