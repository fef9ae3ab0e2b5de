//! Host networking and power management: a bond with a static address, a fence agent and its options.
//!
//! ```sh
//! cargo run --example host_setup -- add-bond host1 backup eth1 eth2
//! FENCE_PASSWORD=… cargo run --example host_setup -- add-fence-agent host1 bmc1.example.com admin
//! cargo run --example host_setup -- set-fence-option host1 lanplus 1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{
    self, Agent, Bonding, BootProtocol, Host, HostNic, Ip, IpAddressAssignment, IpVersion, Network, NetworkAttachment,
    PowerManagement,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add-bond", host, network, nics @ ..] if nics.len() > 1 => add_bond(connection, host, network, nics).await,
        ["add-fence-agent", host, address, username] => {
            let password = std::env::var("FENCE_PASSWORD").map_err(Error::custom)?;
            add_fence_agent(connection, host, address, username, &password).await
        }
        ["set-fence-option", host, name, value] => set_fence_option(connection, host, name, value).await,
        _ => common::usage(include_str!("host_setup.rs")),
    })
}

/// Creates a bond and attaches a network with a static address to it. The engine applies all changes or none.
pub async fn add_bond(connection: &Connection, host: &str, network: &str, nics: &[&str]) -> Result<(), Error> {
    let options = [("mode", "1"), ("miimon", "100")].map(|(name, value)| types::Option::new().name(name).value(value));
    let slaves: Vec<HostNic> = nics.iter().map(|nic| HostNic::with_name(*nic)).collect();
    let bond = HostNic::new().name("bond0").bonding(Bonding::new().options(options).slaves(slaves));
    let address = Ip::new().version(IpVersion::V4).address("192.168.1.10").netmask("255.255.255.0");
    let assignment = IpAddressAssignment::new().assignment_method(BootProtocol::Static).ip(address);
    let attachment = NetworkAttachment::new()
        .network(Network::with_name(network))
        .host_nic(HostNic::with_name("bond0"))
        .ip_address_assignments([assignment]);
    let host = connection.system().hosts().find_service(host).await?;
    let setup = host.setup_networks().modified_bonds([bond]).modified_network_attachments([attachment]);
    // Without `commit_on_success`, the host loses the configuration when it reboots.
    setup.check_connectivity(true).connectivity_timeout(60).commit_on_success(true).send().await?;
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
    let lanplus = types::Option::new().name("lanplus").value("1");
    let agent = Agent::new().type_("ipmilan").address(address).username(username).password(password);
    let host = connection.system().hosts().find_service(host).await?;
    host.fence_agents().add(agent.order(1).options([lanplus])).send().await?;
    let power_management = PowerManagement::new().enabled(true).kdump_detection(true);
    host.update(Host::new().power_management(power_management)).send().await?;
    Ok(())
}

/// Sets one option of the `ipmilan` fence agents of a host and keeps the other options.
pub async fn set_fence_option(connection: &Connection, host: &str, name: &str, value: &str) -> Result<(), Error> {
    let agents = connection.system().hosts().find_service(host).await?.fence_agents();
    for agent in agents.list().send().await?.iter().filter(|agent| agent.type_.as_deref() == Some("ipmilan")) {
        // An update replaces the whole list.
        let mut options: Vec<types::Option> = agent.options.iter().flatten().cloned().collect();
        options.retain(|option| option.name.as_deref() != Some(name));
        options.push(types::Option::new().name(name).value(value));
        agents.agent(agent).update(Agent::new().options(options)).send().await?;
        println!("set {name} of fence agent {} to {value}", agent.try_address()?);
    }
    Ok(())
}
