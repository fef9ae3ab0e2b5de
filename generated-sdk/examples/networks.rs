//! Logical networks: making one, the networks of a cluster, a network for a cluster, a vNIC profile, a pool of MAC
//! addresses.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example networks -- add backup 100
//! cargo run --example networks -- assign backup Default
//! cargo run --example networks -- list Default
//! cargo run --example networks -- profile backup-2 backup
//! cargo run --example networks -- mac-pool web Default
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::services::ClusterService;
use ovirt_sdk::types::{Cluster, DataCenter, MacPool, Network, NetworkUsage, Range, Vlan, VnicProfile};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("list").as_str() {
        "add" => add(&connection, &word("example"), word("100").parse().unwrap_or(100)).await,
        "assign" => assign(&connection, &word("example"), &word("Default")).await,
        "list" => list(&connection, &word("Default")).await,
        "profile" => add_profile(&connection, &word("example-2"), &word("example")).await,
        "mac-pool" => add_mac_pool(&connection, &word("example"), &word("Default")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// A network for virtual machines, in a VLAN; a vNIC profile of its name comes with it.
pub async fn add(connection: &Connection, name: &str, vlan: i64) -> Result<(), Error> {
    let wanted = Network::new()
        .name(name)
        .data_center(DataCenter::with_name("Default"))
        .usages([NetworkUsage::Vm])
        .vlan(Vlan::new().id(vlan))
        .mtu(1500);
    let network = connection.system().networks().add(wanted).send().await?;
    println!("{} is there", network.try_name()?);
    Ok(())
}

/// Lets the hosts of a cluster have a network; those that can't are not put out of work for it.
pub async fn assign(connection: &Connection, network: &str, cluster: &str) -> Result<(), Error> {
    let network = connection.system().networks().find(network).await?;
    let wanted = Network::with_id(network.try_id()?).required(false);
    find(connection, cluster).await?.networks().add(wanted).send().await?;
    println!("{cluster} has the network {}", network.try_name()?);
    Ok(())
}

pub async fn list(connection: &Connection, cluster: &str) -> Result<(), Error> {
    for network in find(connection, cluster).await?.networks().list().send().await? {
        let need = if network.required == Some(true) { "required" } else { "optional" };
        println!("{} is {need}", network.try_name()?);
    }
    Ok(())
}

/// Another profile of a network, which lets a virtual machine see the traffic of the others.
pub async fn add_profile(connection: &Connection, name: &str, network: &str) -> Result<(), Error> {
    let network = connection.system().networks().find(network).await?;
    let wanted = VnicProfile::new().name(name).network(Network::with_id(network.try_id()?)).port_mirroring(true);
    let profile = connection.system().vnic_profiles().add(wanted).send().await?;
    println!("{} is there", profile.try_name()?);
    Ok(())
}

/// A pool of MAC addresses, from which the machines of a cluster get theirs.
pub async fn add_mac_pool(connection: &Connection, name: &str, cluster: &str) -> Result<(), Error> {
    let range = Range::new().from_("02:00:00:00:00:00").to("02:00:00:0f:ff:ff");
    let (pool, _) = connection.system().mac_pools().find_or_create(MacPool::new().name(name).ranges([range])).await?;
    find(connection, cluster).await?.update(Cluster::new().mac_pool(MacPool::with_id(pool.try_id()?))).send().await?;
    println!("{cluster} uses the pool {}", pool.try_name()?);
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<ClusterService, Error> {
    let clusters = connection.system().clusters();
    let cluster = clusters.find(name).await?;
    Ok(clusters.cluster(cluster.try_id()?))
}
