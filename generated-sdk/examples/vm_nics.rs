//! NICs of virtual machines: add one, show the guest's IP addresses, find and fix duplicate MAC addresses.
//!
//! ```sh
//! cargo run --example vm_nics -- add web1 nic2 ovirtmgmt
//! cargo run --example vm_nics -- addresses web1
//! cargo run --example vm_nics -- duplicates
//! cargo run --example vm_nics -- fix-duplicates
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::collections::BTreeMap;

use ovirt_sdk::types::{Nic, NicInterface, Vm, VmStatus, VnicProfile};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add", vm, nic, vnic_profile] => add(connection, vm, nic, vnic_profile).await,
        ["addresses", vm] => guest_addresses(connection, vm).await,
        ["duplicates"] => find_duplicate_macs(connection).await.map(drop),
        ["fix-duplicates"] => fix_duplicate_macs(connection).await,
        _ => common::usage(include_str!("vm_nics.rs")),
    })
}

/// Adds a NIC. The engine assigns a MAC address from the cluster's pool.
pub async fn add(connection: &Connection, vm: &str, nic: &str, vnic_profile: &str) -> Result<(), Error> {
    // Fails if networks in different data centers have vNIC profiles with this name.
    let profile = connection.system().vnic_profiles().find(vnic_profile).await?;
    let profile = VnicProfile::with_id(profile.try_id()?);
    let nic = Nic::new().name(nic).interface(NicInterface::Virtio).vnic_profile(profile);
    let nic = connection.system().vms().find_service(vm).await?.nics().add(nic).send().await?;
    println!("added NIC {} with MAC address {}", nic.try_name()?, nic.try_mac()?.try_address()?);
    Ok(())
}

/// Prints the IP addresses that the guest agent reports.
pub async fn guest_addresses(connection: &Connection, vm: &str) -> Result<(), Error> {
    for device in connection.system().vms().find_service(vm).await?.reported_devices().list().send().await? {
        for ip in device.ips.iter().flatten() {
            println!("{}: {}", device.try_name()?, ip.try_address()?);
        }
    }
    Ok(())
}

/// Finds MAC addresses that more than one NIC uses. Returns the NICs of each address, with their virtual machines.
pub async fn find_duplicate_macs(connection: &Connection) -> Result<BTreeMap<String, Vec<(Vm, Nic)>>, Error> {
    let mut nics_by_mac: BTreeMap<String, Vec<(Vm, Nic)>> = BTreeMap::new();
    let mut vms = connection.system().vms().list().follow(Vm::NICS).items();
    while let Some(vm) = vms.next().await? {
        for nic in Vm::NICS.of(&vm) {
            if let Some(address) = nic.mac.as_ref().and_then(|mac| mac.address.as_deref()) {
                nics_by_mac.entry(address.to_lowercase()).or_default().push((vm.clone(), nic.clone()));
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
    for (vm, nic) in find_duplicate_macs(connection).await?.into_values().flat_map(|nics| nics.into_iter().skip(1)) {
        if vm.status != Some(VmStatus::Down) {
            println!("skipped VM {}, which isn't down", vm.try_name()?);
            continue;
        }
        let mut replacement = Nic::new().name(nic.try_name()?);
        replacement.interface = nic.interface.clone();
        if let Some(profile) = &nic.vnic_profile {
            replacement = replacement.vnic_profile(VnicProfile::with_id(profile.try_id()?));
        }
        let nics = connection.of(&vm)?.nics();
        nics.nic(&nic).remove().send().await?;
        let replacement = nics.add(replacement).send().await?;
        println!("VM {}: new address {}", vm.try_name()?, replacement.try_mac()?.try_address()?);
    }
    Ok(())
}
