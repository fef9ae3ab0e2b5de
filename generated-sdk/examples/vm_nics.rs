//! NICs of virtual machines: adding one, the addresses that the guest has, MAC addresses that are there twice.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_nics -- add web1 nic2 ovirtmgmt
//! cargo run --example vm_nics -- addresses web1
//! cargo run --example vm_nics -- duplicates
//! cargo run --example vm_nics -- repair
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::collections::BTreeMap;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Nic, NicInterface, Vm, VmStatus, VnicProfile};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("addresses").as_str() {
        "add" => add(&connection, &word("example"), &word("nic2"), &word("ovirtmgmt")).await,
        "addresses" => addresses(&connection, &word("example")).await,
        "duplicates" => duplicates(&connection).await.map(drop),
        "repair" => repair(&connection).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Adds a NIC; its MAC address comes from the pool of the cluster.
pub async fn add(connection: &Connection, vm: &str, nic: &str, profile: &str) -> Result<(), Error> {
    // Networks of several data centers may have profiles of the same name.
    let profiles = connection.system().vnic_profiles().find_all(profile).await?;
    let [profile] = profiles.as_slice() else {
        return Err(Error::custom(format!("there are {} vNIC profiles called {profile}", profiles.len())));
    };
    let profile = VnicProfile::with_id(profile.try_id()?);
    let wanted = Nic::new().name(nic).interface(NicInterface::Virtio).vnic_profile(profile);
    let nic = find(connection, vm).await?.nics().add(wanted).send().await?;
    println!("{} has the address {}", nic.try_name()?, nic.try_mac()?.try_address()?);
    Ok(())
}

/// The addresses that the guest agent tells.
pub async fn addresses(connection: &Connection, vm: &str) -> Result<(), Error> {
    let devices = find(connection, vm).await?.reported_devices().list().send().await?;
    for device in &devices {
        for ip in device.ips.iter().flatten() {
            println!("{}: {}", device.try_name()?, ip.try_address()?);
        }
    }
    if devices.is_empty() {
        println!("no agent runs in {vm}");
    }
    Ok(())
}

/// A NIC, and the machine that has it.
type Owned = (Vm, Nic);

/// MAC addresses of several NICs.
pub async fn duplicates(connection: &Connection) -> Result<BTreeMap<String, Vec<Owned>>, Error> {
    let mut owners: BTreeMap<String, Vec<Owned>> = BTreeMap::new();
    let mut vms = connection.system().vms().list().follow("nics").items();
    while let Some(mut vm) = vms.next().await? {
        for nic in vm.nics.take().into_iter().flatten() {
            if let Some(address) = nic.mac.as_ref().and_then(|mac| mac.address.as_deref()) {
                owners.entry(address.to_lowercase()).or_default().push((vm.clone(), nic));
            }
        }
    }
    owners.retain(|_, owners| owners.len() > 1);
    for (address, owners) in &owners {
        println!("{address} is the address of");
        for (vm, nic) in owners {
            println!("  {} of {}", nic.try_name()?, vm.try_name()?);
        }
    }
    Ok(owners)
}

/// Gives new addresses to all but the first NIC of each duplicate, in machines that are down: a NIC that is removed and
/// added again gets an address from the pool.
pub async fn repair(connection: &Connection) -> Result<(), Error> {
    for (vm, nic) in duplicates(connection).await?.into_values().flat_map(|owners| owners.into_iter().skip(1)) {
        let name = format!("{} of {}", nic.try_name()?, vm.try_name()?);
        if *vm.try_status()? != VmStatus::Down {
            println!("{name} stays as it is while the machine runs");
            continue;
        }
        let nics = connection.system().vms().vm(vm.try_id()?).nics();
        let mut wanted = Nic::new().name(nic.try_name()?);
        wanted.interface = nic.interface.clone();
        if let Some(profile) = &nic.vnic_profile {
            wanted = wanted.vnic_profile(VnicProfile::with_id(profile.try_id()?));
        }
        nics.nic(nic.try_id()?).remove().send().await?;
        let nic = nics.add(wanted).send().await?;
        println!("{name} has the address {} now", nic.try_mac()?.try_address()?);
    }
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
