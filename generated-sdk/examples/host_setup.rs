//! Networks and power management of a host: a bond with a static address, a fence agent, an option of it.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example host_setup -- bond host1 backup eth1 eth2
//! FENCE_PASSWORD=… cargo run --example host_setup -- fence host1 bmc1.example.com admin
//! cargo run --example host_setup -- fence-option host1 lanplus 1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::services::HostService;
use ovirt_sdk::types::{
    Agent, Bonding, BootProtocol, Host, HostNic, Ip, IpAddressAssignment, IpVersion, Network, NetworkAttachment,
    Option as Setting, PowerManagement,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, host) = (word("bond"), word("host1"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "bond" => bond(&connection, &host, &word("example"), [&word("eth1"), &word("eth2")]).await,
        "fence" => {
            let password = std::env::var("FENCE_PASSWORD").unwrap_or_default();
            add_fence_agent(&connection, &host, &word("bmc.example.com"), &word("admin"), &password).await
        }
        "fence-option" => set_fence_option(&connection, &host, &word("lanplus"), &word("1")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Binds NICs together and gives the network on them a static address, all of it or nothing.
pub async fn bond(connection: &Connection, host: &str, network: &str, nics: [&str; 2]) -> Result<(), Error> {
    let options = [("mode", "1"), ("miimon", "100")].map(|(name, value)| Setting::new().name(name).value(value));
    let bonding = Bonding::new().options(options).slaves(nics.map(HostNic::with_name));
    let address = Ip::new().version(IpVersion::V4).address("192.168.1.10").netmask("255.255.255.0");
    let assignment = IpAddressAssignment::new().assignment_method(BootProtocol::Static).ip(address);
    let attachment = NetworkAttachment::new()
        .network(Network::with_name(network))
        .host_nic(HostNic::with_name("bond0"))
        .ip_address_assignments([assignment]);

    let service = find(connection, host).await?;
    let request = service
        .setup_networks()
        .modified_bonds([HostNic::new().name("bond0").bonding(bonding)])
        .modified_network_attachments([attachment])
        .check_connectivity(true)
        .connectivity_timeout(60);
    // It survives the next start of the host only when it is saved.
    request.commit_on_success(true).send().await?;
    println!("{network} is on bond0 of {host}");
    Ok(())
}

/// Lets the engine switch the host off and on.
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
        .options([Setting::new().name("lanplus").value("1")]);
    let service = find(connection, host).await?;
    service.fence_agents().add(agent).send().await?;
    let power = PowerManagement::new().enabled(true).kdump_detection(true);
    service.update(Host::new().power_management(power)).send().await?;
    println!("{host} can be switched off and on");
    Ok(())
}

/// Changes one option of the `ipmilan` agents of a host, and keeps the others.
pub async fn set_fence_option(connection: &Connection, host: &str, name: &str, value: &str) -> Result<(), Error> {
    let agents = find(connection, host).await?.fence_agents();
    for agent in agents.list().send().await? {
        if agent.type_.as_deref() != Some("ipmilan") {
            continue;
        }
        // The list is sent whole.
        let kept = agent.options.iter().flatten().filter(|option| option.name.as_deref() != Some(name));
        let mut options: Vec<Setting> = kept.cloned().collect();
        options.push(Setting::new().name(name).value(value));
        agents.agent(agent.try_id()?).update(Agent::new().options(options)).send().await?;
        println!("{name} of {} is {value}", agent.try_address()?);
    }
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<HostService, Error> {
    let hosts = connection.system().hosts();
    let host = hosts.find(name).await?;
    Ok(hosts.host(host.try_id()?))
}
