//! Hosts, data centers, clusters, networks.

use ovirt_sdk::types::{HostStatus, StorageDomainStatus, VmStatus};

use super::{PAUSE, started, vm};
use crate::{create_and_start_vm, data_centers, host_setup, hosts, networks};

#[tokio::test]
async fn a_host_comes_works_and_goes() {
    let (_engine, connection) = started().await;
    hosts::statistics(&connection, "host1").await.unwrap();
    hosts::add(&connection, "host9", "host9.example.com", PAUSE).await.unwrap();
    let host = async || connection.system().hosts().find("host9").await.unwrap();
    assert_eq!(host().await.status, Some(HostStatus::Up));
    hosts::maintenance(&connection, "host9", PAUSE).await.unwrap();
    assert_eq!(host().await.status, Some(HostStatus::Maintenance));
    hosts::activate(&connection, "host9", PAUSE).await.unwrap();
    data_centers::add_cluster(&connection, "other", "Default").await.unwrap();
    hosts::move_to(&connection, "host9", "other", PAUSE).await.unwrap();
    let other = connection.system().clusters().find("other").await.unwrap();
    assert_eq!(host().await.cluster.unwrap().id, other.id);
    hosts::upgrade(&connection, "host9", PAUSE).await.unwrap();
    hosts::remove(&connection, "host9", PAUSE).await.unwrap();
    assert!(connection.system().hosts().find("host9").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn networks_reach_clusters_and_hosts() {
    let (_engine, connection) = started().await;
    networks::add(&connection, "backup", 100).await.unwrap();
    networks::assign(&connection, "backup", "Default").await.unwrap();
    networks::list(&connection, "Default").await.unwrap();
    networks::add_profile(&connection, "backup-2", "backup").await.unwrap();
    networks::add_mac_pool(&connection, "web", "Default").await.unwrap();
    let pool = connection.system().mac_pools().find("web").await.unwrap();
    let cluster = connection.system().clusters().find("Default").await.unwrap();
    assert_eq!(cluster.try_mac_pool().unwrap().id, pool.id);

    host_setup::bond(&connection, "host1", "backup", ["eth1", "eth2"]).await.unwrap();
    host_setup::add_fence_agent(&connection, "host1", "bmc1.example.com", "admin", "s3cret").await.unwrap();
    host_setup::set_fence_option(&connection, "host1", "lanplus", "0").await.unwrap();
    let hosts = connection.system().hosts();
    let host = hosts.host(hosts.find("host1").await.unwrap().try_id().unwrap());
    assert!(host.nics().list().send().await.unwrap().iter().any(|nic| nic.name.as_deref() == Some("bond0")));
    let agents = host.fence_agents().list().send().await.unwrap();
    assert_eq!(agents[0].options.as_ref().unwrap()[0].value.as_deref(), Some("0"));
}

#[tokio::test]
async fn a_data_center_is_put_to_rest() {
    let (_engine, connection) = started().await;
    data_centers::add(&connection, "north").await.unwrap();
    data_centers::describe(&connection, "north", "The northern site").await.unwrap();
    let north = connection.system().data_centers().find("north").await.unwrap();
    assert_eq!(north.description.as_deref(), Some("The northern site"));

    create_and_start_vm::run(&connection, "web1", PAUSE).await.unwrap();
    data_centers::rest(&connection, "Default", PAUSE).await.unwrap();
    assert_eq!(vm(&connection, "web1").await.status, Some(VmStatus::Down));
    let domains = connection.follow(&connection.system().data_centers().find("Default").await.unwrap().storage_domains);
    let resting = |status: &Option<StorageDomainStatus>| *status == Some(StorageDomainStatus::Maintenance);
    assert!(domains.await.unwrap().iter().all(|domain| resting(&domain.status)));
}
