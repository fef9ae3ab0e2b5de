//! Data centers, clusters and quotas.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example data_centers -- add north
//! cargo run --example data_centers -- describe north 'The northern site'
//! cargo run --example data_centers -- add-cluster north-1 north
//! cargo run --example data_centers -- maintenance north
//! cargo run --example data_centers -- storage-limit north web 100
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::DataCenterService;
use ovirt_sdk::types::{Cluster, DataCenter, Quota, QuotaStorageLimit, StorageDomainStatus, VmStatus};
use ovirt_sdk::{Connection, Error, search};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add", name] => add(&connection, name).await,
        ["describe", name, description] => set_description(&connection, name, description).await,
        ["add-cluster", name, data_center] => add_cluster(&connection, name, data_center).await,
        ["maintenance", name] => enter_maintenance(&connection, name, POLL_INTERVAL).await,
        ["storage-limit", data_center, quota, gibibytes] => {
            let gibibytes = gibibytes.parse().unwrap_or_else(|_| usage());
            set_storage_limit(&connection, data_center, quota, gibibytes).await
        }
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: data_centers add DATA_CENTER
       data_centers describe DATA_CENTER DESCRIPTION
       data_centers add-cluster CLUSTER DATA_CENTER
       data_centers maintenance DATA_CENTER
       data_centers storage-limit DATA_CENTER QUOTA GIB"
    );
    std::process::exit(2)
}

/// Creates a data center with shared storage.
pub async fn add(connection: &Connection, name: &str) -> Result<(), Error> {
    let data_center = connection.system().data_centers().add(DataCenter::new().name(name).local(false)).send().await?;
    println!("created data center {}", data_center.try_name()?);
    Ok(())
}

/// Changes the description of a data center. Fields that the request leaves unset keep their values.
pub async fn set_description(connection: &Connection, name: &str, description: &str) -> Result<(), Error> {
    let service = find_data_center(connection, name).await?;
    let data_center = service.update(DataCenter::new().description(description)).send().await?;
    println!("{}: {}", data_center.try_name()?, data_center.try_description()?);
    Ok(())
}

/// Creates a cluster. The engine takes the CPU type from the first host that is added.
pub async fn add_cluster(connection: &Connection, name: &str, data_center: &str) -> Result<(), Error> {
    let cluster = Cluster::new().name(name).data_center(DataCenter::with_name(data_center));
    let cluster = connection.system().clusters().add(cluster).send().await?;
    println!("created cluster {}", cluster.try_name()?);
    Ok(())
}

/// Shuts down all virtual machines of a data center and moves its storage domains to maintenance, the master last.
pub async fn enter_maintenance(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let of_data_center = search::vm::DATA_CENTER.literal(name);
    let running = of_data_center.clone().and(search::vm::STATUS.eq(VmStatus::Up));
    for vm in vms.list().search(running).send().await? {
        vms.vm(vm.try_id()?).shutdown().send().await?;
        println!("shutting down VM {}", vm.try_name()?);
    }
    // The waits share their requests.
    for vm in vms.list().search(of_data_center).send().await? {
        vms.vm(vm.try_id()?).wait_until_down().interval(interval).await?;
    }

    let attached_domains = find_data_center(connection, name).await?.storage_domains();
    let mut domains = attached_domains.list().send().await?.into_vec();
    domains.sort_by_key(|domain| domain.master == Some(true));
    for domain in domains.iter().filter(|domain| domain.status == Some(StorageDomainStatus::Active)) {
        let service = attached_domains.storage_domain(domain.try_id()?);
        service.deactivate().send().await?;
        service.wait_until_maintenance().interval(interval).await?;
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
    let quotas = find_data_center(connection, data_center).await?.quotas();
    let (quota, _) = quotas.find_or_create(Quota::new().name(quota)).await?;
    let limits = quotas.quota(quota.try_id()?).quota_storage_limits();
    // A new quota has a general limit, and the engine then rejects limits for single storage domains. Adding a general
    // limit replaces the old one.
    limits.add(QuotaStorageLimit::new().limit(gibibytes)).send().await?;
    println!("quota {}: {gibibytes} GiB", quota.try_name()?);
    Ok(())
}

async fn find_data_center(connection: &Connection, name: &str) -> Result<DataCenterService, Error> {
    let data_centers = connection.system().data_centers();
    let data_center = data_centers.find(name).await?;
    Ok(data_centers.data_center(data_center.try_id()?))
}
