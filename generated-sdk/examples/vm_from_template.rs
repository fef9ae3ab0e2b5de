//! Creates a virtual machine from a template with cloud-init, a disk and NICs, starts it and prints its IP address.
//!
//! ```sh
//! cargo run --example vm_from_template -- web1 fedora data ovirtmgmt storage-net < ~/.ssh/id_ed25519.pub
//! ```
//!
//! The guest needs cloud-init and an agent. A second run changes nothing, and prints the address again.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::net::IpAddr;

use ovirt_sdk::ensure::Outcome;
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, Initialization, Nic, StorageDomain, Template, Vm,
    VnicProfile,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [name, template, storage_domain, vnic_profiles @ ..] => {
            let key = std::io::read_to_string(std::io::stdin()).map_err(Error::custom)?;
            let initialization =
                Initialization::new().host_name(*name).user_name("admin").authorized_ssh_keys(key.trim());
            let vm = Vm::new().name(*name).template(Template::with_name(*template)).initialization(initialization);
            run(connection, vm, storage_domain, vnic_profiles).await.map(drop)
        }
        _ => common::usage(include_str!("vm_from_template.rs")),
    })
}

/// Returns the IP address.
pub async fn run(connection: &Connection, vm: Vm, storage_domain: &str, profiles: &[&str]) -> Result<IpAddr, Error> {
    let vm = vm.cluster(Cluster::with_name("Default")).memory(2 << 30);
    let ensured = connection.system().vms().ensure(vm).send().await?;
    println!("{ensured}");
    let vm = connection.of(ensured.object())?;
    if let Outcome::Created(_) = ensured.outcome {
        add_devices(connection, &vm, storage_domain, profiles).await?;
        vm.start().use_cloud_init(true).send().await?;
    }
    let address = vm.wait_until_has_address().await?.address();
    println!("{address}");
    Ok(address)
}

async fn add_devices(
    connection: &Connection,
    vm: &VmService,
    storage_domain: &str,
    profiles: &[&str],
) -> Result<(), Error> {
    // The engine responds before it has copied the template's disks.
    vm.wait_until_down().await?;
    for (index, profile) in profiles.iter().enumerate() {
        let profile = connection.system().vnic_profiles().find(*profile).await?;
        let nic = Nic::new().name(format!("data{index}")).vnic_profile(VnicProfile::with_id(profile.try_id()?));
        vm.nics().add(nic).send().await?;
    }
    let disk = Disk::new().format(DiskFormat::Cow).provisioned_size(10 << 30);
    let disk = disk.storage_domains([StorageDomain::with_name(storage_domain)]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    connection.system().disks().disk(attachment.try_id()?).wait_until_ok().await?;
    Ok(())
}
