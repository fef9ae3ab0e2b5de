//! NICs of virtual machines: add one, show the guest's IP addresses, find and fix duplicate MAC addresses.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_nics -- add web1 nic2 ovirtmgmt
//! cargo run --example vm_nics -- addresses web1
//! cargo run --example vm_nics -- duplicates
//! cargo run --example vm_nics -- fix-duplicates
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::collections::BTreeMap;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Nic, NicInterface, Vm, VmStatus, VnicProfile};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add", vm, nic, vnic_profile] => add(&connection, vm, nic, vnic_profile).await,
        ["addresses", vm] => guest_addresses(&connection, vm).await,
        ["duplicates"] => find_duplicate_macs(&connection).await.map(drop),
        ["fix-duplicates"] => fix_duplicate_macs(&connection).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_nics add VM NIC VNIC_PROFILE
       vm_nics addresses VM
       vm_nics duplicates
       vm_nics fix-duplicates"
    );
    std::process::exit(2)
}

/// Adds a NIC. The engine assigns a MAC address from the cluster's pool.
pub async fn add(connection: &Connection, vm: &str, nic: &str, vnic_profile: &str) -> Result<(), Error> {
    // Networks in different data centers can have vNIC profiles with the same name.
    let profiles = connection.system().vnic_profiles().find_all(vnic_profile).await?;
    let [profile] = profiles.as_slice() else {
        return Err(Error::custom(format!("{} vNIC profiles have the name {vnic_profile}", profiles.len())));
    };
    let profile = VnicProfile::with_id(profile.try_id()?);
    let nic = Nic::new().name(nic).interface(NicInterface::Virtio).vnic_profile(profile);
    let nic = find_vm(connection, vm).await?.nics().add(nic).send().await?;
    println!("added NIC {} with MAC address {}", nic.try_name()?, nic.try_mac()?.try_address()?);
    Ok(())
}

/// Prints the IP addresses that the guest agent reports.
pub async fn guest_addresses(connection: &Connection, vm: &str) -> Result<(), Error> {
    let devices = find_vm(connection, vm).await?.reported_devices().list().send().await?;
    for device in &devices {
        for ip in device.ips.iter().flatten() {
            println!("{}: {}", device.try_name()?, ip.try_address()?);
        }
    }
    if devices.is_empty() {
        println!("no guest agent is running in VM {vm}");
    }
    Ok(())
}

/// Finds MAC addresses that more than one NIC uses. Returns the NICs of each address, with their virtual machines.
pub async fn find_duplicate_macs(connection: &Connection) -> Result<BTreeMap<String, Vec<(Vm, Nic)>>, Error> {
    let mut nics_by_mac: BTreeMap<String, Vec<(Vm, Nic)>> = BTreeMap::new();
    let mut vms = connection.system().vms().list().follow(Vm::NICS).items();
    while let Some(mut vm) = vms.next().await? {
        for nic in vm.nics.take().into_iter().flatten() {
            if let Some(address) = nic.mac.as_ref().and_then(|mac| mac.address.as_deref()) {
                nics_by_mac.entry(address.to_lowercase()).or_default().push((vm.clone(), nic));
            }
        }
    }
    nics_by_mac.retain(|_, nics| nics.len() > 1);
    for (address, nics) in &nics_by_mac {
        println!("{address} is used by");
        for (vm, nic) in nics {
            println!("  NIC {} of VM {}", nic.try_name()?, vm.try_name()?);
        }
    }
    Ok(nics_by_mac)
}

/// Replaces all but the first NIC with a duplicate MAC address, so that the engine assigns new addresses. Skips virtual
/// machines that aren't down.
pub async fn fix_duplicate_macs(connection: &Connection) -> Result<(), Error> {
    let duplicates = find_duplicate_macs(connection).await?.into_values().flat_map(|nics| nics.into_iter().skip(1));
    for (vm, nic) in duplicates {
        let name = format!("NIC {} of VM {}", nic.try_name()?, vm.try_name()?);
        if *vm.try_status()? != VmStatus::Down {
            println!("skipped {name}: the VM isn't down");
            continue;
        }
        let mut replacement = Nic::new().name(nic.try_name()?);
        replacement.interface = nic.interface.clone();
        if let Some(profile) = &nic.vnic_profile {
            replacement = replacement.vnic_profile(VnicProfile::with_id(profile.try_id()?));
        }
        let nics = connection.system().vms().vm(vm.try_id()?).nics();
        nics.nic(nic.try_id()?).remove().send().await?;
        let replacement = nics.add(replacement).send().await?;
        println!("changed the MAC address of {name} to {}", replacement.try_mac()?.try_address()?);
    }
    Ok(())
}

async fn find_vm(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}
