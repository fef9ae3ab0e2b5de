//! Adds a disk and a NIC to a virtual machine.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example add_disk_and_nic -- web1 data ovirtmgmt
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::types::{
    Disk, DiskAttachment, DiskFormat, DiskInterface, Nic, NicInterface, StorageDomain, VnicProfile,
};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [vm, storage_domain, vnic_profile] = arguments.as_slice() else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, vm, storage_domain, vnic_profile, POLL_INTERVAL).await;
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!("usage: add_disk_and_nic VM STORAGE_DOMAIN VNIC_PROFILE");
    std::process::exit(2)
}

pub async fn run(
    connection: &Connection,
    vm: &str,
    storage_domain: &str,
    vnic_profile: &str,
    interval: Duration,
) -> Result<(), Error> {
    let system = connection.system();
    let vm = system.vms().find(vm).await?;
    let vm = system.vms().vm(vm.try_id()?);

    let disk = Disk::new()
        .name("example-data")
        .format(DiskFormat::Cow)
        .provisioned_size(10 << 30)
        .storage_domains([StorageDomain::with_name(storage_domain)]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    let disk = system.disks().disk(attachment.try_id()?);
    println!("attached disk {}", attachment.try_id()?);

    // The engine responds before it has created the disk.
    println!("waiting for the disk");
    disk.wait_until_ok().interval(interval).await?;
    println!("the disk is ready");

    let profile = system.vnic_profiles().find(vnic_profile).await?;
    let nic =
        Nic::new().name("nic1").interface(NicInterface::Virtio).vnic_profile(VnicProfile::with_id(profile.try_id()?));
    let nic = vm.nics().add(nic).send().await?;
    println!("added NIC {}", nic.try_name()?);
    Ok(())
}
