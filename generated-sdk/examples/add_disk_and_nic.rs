//! Adds a disk and a NIC to a virtual machine.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example add_disk_and_nic -- web1 data ovirtmgmt
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::types::{
    Disk, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, Nic, NicInterface, StorageDomain, VnicProfile,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (vm, storage, profile) = (argument("example"), argument("data"), argument("ovirtmgmt"));
    let outcome = run(&connection, &vm, &storage, &profile, Duration::from_secs(5)).await;
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn run(
    connection: &Connection,
    vm: &str,
    storage: &str,
    profile: &str,
    pause: Duration,
) -> Result<(), Error> {
    let system = connection.system();
    let vm = system.vms().find(vm).await?;
    let vm = system.vms().vm(vm.try_id()?);

    let disk = Disk::new()
        .name("example-data")
        .format(DiskFormat::Cow)
        .provisioned_size(10_i64 << 30)
        .storage_domains([StorageDomain::with_name(storage)]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(false).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    let disk = system.disks().disk(attachment.try_id()?);
    println!("the disk {} is attached", attachment.try_id()?);

    // It is made after the answer.
    while *disk.get().send().await?.try_status()? != DiskStatus::Ok {
        println!("the disk is not ready yet");
        tokio::time::sleep(pause).await;
    }
    println!("the disk is ready");

    let profile = system.vnic_profiles().find(profile).await?;
    let nic =
        Nic::new().name("nic1").interface(NicInterface::Virtio).vnic_profile(VnicProfile::with_id(profile.try_id()?));
    let nic = vm.nics().add(nic).send().await?;
    println!("the NIC {} is there", nic.try_name()?);
    Ok(())
}
