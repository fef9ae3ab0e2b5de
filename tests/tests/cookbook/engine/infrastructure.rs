//! Hosts, data centers, clusters and networks.

use std::process::Command;

use ovirt_sdk::types::{HostStatus, StorageDomainStatus, VmStatus};

use super::{get_vm, start_engine};
use crate::{create_and_start_vm, data_centers, host_setup, hosts, networks};

#[tokio::test]
async fn hosts() {
    let (_engine, connection) = start_engine().await;
    hosts::statistics(&connection, "host1").await.unwrap();
    hosts::add(&connection, "host9", "host9.example.com").await.unwrap();
    let host = async || connection.system().hosts().find("host9").await.unwrap();
    assert_eq!(host().await.status, Some(HostStatus::Up));
    hosts::enter_maintenance(&connection, "host9").await.unwrap();
    assert_eq!(host().await.status, Some(HostStatus::Maintenance));
    hosts::activate(&connection, "host9").await.unwrap();
    hosts::during_maintenance(&connection, "host9", &mut Command::new("true")).await.unwrap();
    let error = hosts::during_maintenance(&connection, "host9", &mut Command::new("false")).await.unwrap_err();
    assert!(error.to_string().starts_with("the command failed: exit status: 1"), "{error}");
    assert_eq!(host().await.status, Some(HostStatus::Up));
    data_centers::add_cluster(&connection, "other", "Default").await.unwrap();
    hosts::move_to_cluster(&connection, "host9", "other").await.unwrap();
    let other = connection.system().clusters().find("other").await.unwrap();
    assert_eq!(host().await.cluster.unwrap().id, other.id);
    hosts::upgrade(&connection, "host9").await.unwrap();
    hosts::remove(&connection, "host9").await.unwrap();
    assert!(connection.system().hosts().find("host9").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn networks() {
    let (_engine, connection) = start_engine().await;
    networks::add(&connection, "backup", 100).await.unwrap();
    networks::assign_to_cluster(&connection, "backup", "Default").await.unwrap();
    networks::list(&connection, "Default").await.unwrap();
    networks::add_vnic_profile(&connection, "backup-2", "backup").await.unwrap();
    networks::add_mac_pool(&connection, "web", "Default").await.unwrap();
    let pool = connection.system().mac_pools().find("web").await.unwrap();
    let cluster = connection.system().clusters().find("Default").await.unwrap();
    assert_eq!(cluster.try_mac_pool().unwrap().id, pool.id);

    host_setup::add_bond(&connection, "host1", "backup", &["eth1", "eth2"]).await.unwrap();
    host_setup::add_fence_agent(&connection, "host1", "bmc1.example.com", "admin", "s3cret").await.unwrap();
    host_setup::set_fence_option(&connection, "host1", "lanplus", "0").await.unwrap();
    let hosts = connection.system().hosts();
    let host = hosts.host(hosts.find("host1").await.unwrap().try_id().unwrap());
    assert!(host.nics().list().send().await.unwrap().iter().any(|nic| nic.name.as_deref() == Some("bond0")));
    let agents = host.fence_agents().list().send().await.unwrap();
    assert_eq!(agents[0].options.as_ref().unwrap()[0].value.as_deref(), Some("0"));
}

#[tokio::test]
async fn data_centers() {
    let (_engine, connection) = start_engine().await;
    data_centers::add(&connection, "north").await.unwrap();
    data_centers::set_description(&connection, "north", "The northern site").await.unwrap();
    let north = connection.system().data_centers().find("north").await.unwrap();
    assert_eq!(north.description.as_deref(), Some("The northern site"));

    create_and_start_vm::run(&connection, "web1").await.unwrap();
    data_centers::enter_maintenance(&connection, "Default").await.unwrap();
    assert_eq!(get_vm(&connection, "web1").await.status, Some(VmStatus::Down));
    let data_center = connection.system().data_centers().find("Default").await.unwrap();
    let domains = connection.follow(&data_center.storage_domains).await.unwrap();
    assert!(domains.iter().all(|domain| domain.status == Some(StorageDomainStatus::Maintenance)));
}
