//! Logical networks, vNIC profiles and MAC address pools.
//!
//! ```sh
//! cargo run --example networks -- add backup 100
//! cargo run --example networks -- assign backup Default
//! cargo run --example networks -- list Default
//! cargo run --example networks -- add-profile backup-2 backup
//! cargo run --example networks -- add-mac-pool web Default
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{Cluster, DataCenter, MacPool, Network, NetworkUsage, Range, Vlan, VnicProfile};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add", network, vlan] => add(connection, network, vlan.parse().map_err(Error::custom)?).await,
        ["assign", network, cluster] => assign_to_cluster(connection, network, cluster).await,
        ["list", cluster] => list(connection, cluster).await,
        ["add-profile", profile, network] => add_vnic_profile(connection, profile, network).await,
        ["add-mac-pool", pool, cluster] => add_mac_pool(connection, pool, cluster).await,
        _ => common::usage(include_str!("networks.rs")),
    })
}

/// Creates a VM network with a VLAN tag. The engine also creates a vNIC profile with the same name.
pub async fn add(connection: &Connection, name: &str, vlan_id: i64) -> Result<(), Error> {
    let network = Network::new()
        .name(name)
        .data_center(DataCenter::with_name("Default"))
        .usages([NetworkUsage::Vm])
        .vlan(Vlan::new().id(vlan_id))
        .mtu(1500);
    println!("{}", connection.system().networks().ensure(network).send().await?);
    Ok(())
}

/// Assigns a network to a cluster. The network is optional: hosts without it stay operational.
pub async fn assign_to_cluster(connection: &Connection, network: &str, cluster: &str) -> Result<(), Error> {
    let networks = connection.system().clusters().find_service(cluster).await?.networks();
    println!("{}", networks.ensure(Network::with_name(network).required(false)).send().await?);
    Ok(())
}

/// Lists the networks of a cluster.
pub async fn list(connection: &Connection, cluster: &str) -> Result<(), Error> {
    for network in connection.system().clusters().find_service(cluster).await?.networks().list().send().await? {
        let required = if network.required == Some(true) { "required" } else { "optional" };
        println!("{} ({required})", network.try_name()?);
    }
    Ok(())
}

/// Creates a vNIC profile with port mirroring: its NICs receive the traffic of all other NICs of the network.
pub async fn add_vnic_profile(connection: &Connection, name: &str, network: &str) -> Result<(), Error> {
    let network = connection.system().networks().find(network).await?;
    let profile = VnicProfile::new().name(name).network(Network::with_id(network.try_id()?)).port_mirroring(true);
    println!("{}", connection.system().vnic_profiles().ensure(profile).send().await?);
    Ok(())
}

/// Creates a MAC address pool and assigns it to a cluster.
pub async fn add_mac_pool(connection: &Connection, name: &str, cluster: &str) -> Result<(), Error> {
    let range = Range::new().from_("02:00:00:00:00:00").to("02:00:00:0f:ff:ff");
    let pool = MacPool::new().name(name).ranges([range]);
    let pool = connection.system().mac_pools().ensure(pool).send().await?;
    let cluster = Cluster::new().name(cluster).mac_pool(MacPool::with_id(pool.object().try_id()?));
    println!("{pool}\n{}", connection.system().clusters().ensure(cluster).send().await?);
    Ok(())
}
