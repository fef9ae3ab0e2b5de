//! Logical networks, vNIC profiles and MAC address pools.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example networks -- add backup 100
//! cargo run --example networks -- assign backup Default
//! cargo run --example networks -- list Default
//! cargo run --example networks -- add-profile backup-2 backup
//! cargo run --example networks -- add-mac-pool web Default
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::services::ClusterService;
use ovirt_sdk::types::{Cluster, DataCenter, MacPool, Network, NetworkUsage, Range, Vlan, VnicProfile};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add", network, vlan] => add(&connection, network, vlan.parse().unwrap_or_else(|_| usage())).await,
        ["assign", network, cluster] => assign_to_cluster(&connection, network, cluster).await,
        ["list", cluster] => list(&connection, cluster).await,
        ["add-profile", profile, network] => add_vnic_profile(&connection, profile, network).await,
        ["add-mac-pool", pool, cluster] => add_mac_pool(&connection, pool, cluster).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: networks add NETWORK VLAN_ID
       networks assign NETWORK CLUSTER
       networks list CLUSTER
       networks add-profile VNIC_PROFILE NETWORK
       networks add-mac-pool MAC_POOL CLUSTER"
    );
    std::process::exit(2)
}

/// Creates a VM network with a VLAN tag. The engine also creates a vNIC profile with the same name.
pub async fn add(connection: &Connection, name: &str, vlan_id: i64) -> Result<(), Error> {
    let network = Network::new()
        .name(name)
        .data_center(DataCenter::with_name("Default"))
        .usages([NetworkUsage::Vm])
        .vlan(Vlan::new().id(vlan_id))
        .mtu(1500);
    let network = connection.system().networks().add(network).send().await?;
    println!("created network {}", network.try_name()?);
    Ok(())
}

/// Assigns a network to a cluster. The network is optional: hosts without it stay operational.
pub async fn assign_to_cluster(connection: &Connection, network: &str, cluster: &str) -> Result<(), Error> {
    let network = connection.system().networks().find(network).await?;
    let assignment = Network::with_id(network.try_id()?).required(false);
    find_cluster(connection, cluster).await?.networks().add(assignment).send().await?;
    println!("assigned network {} to cluster {cluster}", network.try_name()?);
    Ok(())
}

/// Lists the networks of a cluster.
pub async fn list(connection: &Connection, cluster: &str) -> Result<(), Error> {
    for network in find_cluster(connection, cluster).await?.networks().list().send().await? {
        let required = if network.required == Some(true) { "required" } else { "optional" };
        println!("{} ({required})", network.try_name()?);
    }
    Ok(())
}

/// Creates a vNIC profile with port mirroring: its NICs receive the traffic of all other NICs of the network.
pub async fn add_vnic_profile(connection: &Connection, name: &str, network: &str) -> Result<(), Error> {
    let network = connection.system().networks().find(network).await?;
    let profile = VnicProfile::new().name(name).network(Network::with_id(network.try_id()?)).port_mirroring(true);
    let profile = connection.system().vnic_profiles().add(profile).send().await?;
    println!("created vNIC profile {}", profile.try_name()?);
    Ok(())
}

/// Creates a MAC address pool and assigns it to a cluster.
pub async fn add_mac_pool(connection: &Connection, name: &str, cluster: &str) -> Result<(), Error> {
    let range = Range::new().from_("02:00:00:00:00:00").to("02:00:00:0f:ff:ff");
    let pool = MacPool::new().name(name).ranges([range]);
    let (pool, _) = connection.system().mac_pools().find_or_create(pool).await?;
    let service = find_cluster(connection, cluster).await?;
    service.update(Cluster::new().mac_pool(MacPool::with_id(pool.try_id()?))).send().await?;
    println!("assigned MAC pool {} to cluster {cluster}", pool.try_name()?);
    Ok(())
}

async fn find_cluster(connection: &Connection, name: &str) -> Result<ClusterService, Error> {
    let clusters = connection.system().clusters();
    let cluster = clusters.find(name).await?;
    Ok(clusters.cluster(cluster.try_id()?))
}
