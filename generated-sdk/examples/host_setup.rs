//! Host networking and power management: a bond with a static address, a fence agent and its options.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example host_setup -- add-bond host1 backup eth1 eth2
//! FENCE_PASSWORD=… cargo run --example host_setup -- add-fence-agent host1 bmc1.example.com admin
//! cargo run --example host_setup -- set-fence-option host1 lanplus 1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::services::HostService;
use ovirt_sdk::types::{
    self, Agent, Bonding, BootProtocol, Host, HostNic, Ip, IpAddressAssignment, IpVersion, Network, NetworkAttachment,
    PowerManagement,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add-bond", host, network, first_nic, second_nic] => {
            add_bond(&connection, host, network, [first_nic, second_nic]).await
        }
        ["add-fence-agent", host, address, username] => {
            let password = std::env::var("FENCE_PASSWORD").unwrap_or_else(|_| usage());
            add_fence_agent(&connection, host, address, username, &password).await
        }
        ["set-fence-option", host, name, value] => set_fence_option(&connection, host, name, value).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: host_setup add-bond HOST NETWORK NIC NIC
       FENCE_PASSWORD=… host_setup add-fence-agent HOST ADDRESS USERNAME
       host_setup set-fence-option HOST NAME VALUE"
    );
    std::process::exit(2)
}

/// Creates a bond and attaches a network with a static address to it. The engine applies all changes or none.
pub async fn add_bond(connection: &Connection, host: &str, network: &str, nics: [&str; 2]) -> Result<(), Error> {
    let options = [("mode", "1"), ("miimon", "100")].map(|(name, value)| types::Option::new().name(name).value(value));
    let bonding = Bonding::new().options(options).slaves(nics.map(HostNic::with_name));
    let address = Ip::new().version(IpVersion::V4).address("192.168.1.10").netmask("255.255.255.0");
    let assignment = IpAddressAssignment::new().assignment_method(BootProtocol::Static).ip(address);
    let attachment = NetworkAttachment::new()
        .network(Network::with_name(network))
        .host_nic(HostNic::with_name("bond0"))
        .ip_address_assignments([assignment]);

    // Without `commit_on_success`, the host loses the configuration when it reboots.
    find_host(connection, host)
        .await?
        .setup_networks()
        .modified_bonds([HostNic::new().name("bond0").bonding(bonding)])
        .modified_network_attachments([attachment])
        .check_connectivity(true)
        .connectivity_timeout(60)
        .commit_on_success(true)
        .send()
        .await?;
    println!("attached network {network} to bond0 of host {host}");
    Ok(())
}

/// Adds a fence agent and enables power management, so that the engine can power the host off and on.
pub async fn add_fence_agent(
    connection: &Connection,
    host: &str,
    address: &str,
    username: &str,
    password: &str,
) -> Result<(), Error> {
    let agent = Agent::new()
        .type_("ipmilan")
        .address(address)
        .username(username)
        .password(password)
        .order(1)
        .options([types::Option::new().name("lanplus").value("1")]);
    let service = find_host(connection, host).await?;
    service.fence_agents().add(agent).send().await?;
    let power_management = PowerManagement::new().enabled(true).kdump_detection(true);
    service.update(Host::new().power_management(power_management)).send().await?;
    println!("enabled power management of host {host}");
    Ok(())
}

/// Sets one option of the `ipmilan` fence agents of a host and keeps the other options.
pub async fn set_fence_option(connection: &Connection, host: &str, name: &str, value: &str) -> Result<(), Error> {
    let agents = find_host(connection, host).await?.fence_agents();
    for agent in agents.list().send().await? {
        if agent.type_.as_deref() != Some("ipmilan") {
            continue;
        }
        // An update replaces the whole list.
        let mut options: Vec<types::Option> = agent.options.iter().flatten().cloned().collect();
        options.retain(|option| option.name.as_deref() != Some(name));
        options.push(types::Option::new().name(name).value(value));
        agents.agent(agent.try_id()?).update(Agent::new().options(options)).send().await?;
        println!("set {name} of fence agent {} to {value}", agent.try_address()?);
    }
    Ok(())
}

async fn find_host(connection: &Connection, name: &str) -> Result<HostService, Error> {
    let hosts = connection.system().hosts();
    let host = hosts.find(name).await?;
    Ok(hosts.host(host.try_id()?))
}
