//! Makes a virtual machine with an empty disk, if it is not there yet, starts it and waits until it runs.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example create_and_start_vm -- web1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, StorageDomain, Template, Vm, VmStatus,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let name = std::env::args().nth(1).unwrap_or_else(|| "example".to_owned());
    let outcome = run(&connection, &name, Duration::from_secs(5)).await;
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn run(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let wanted = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name("Blank"))
        .memory(1 << 30);
    let (vm, created) = vms.find_or_create(wanted).await?;
    println!("{name} {}", if created { "has been made" } else { "was there already" });

    let vm = vms.vm(vm.try_id()?);
    // With a template that has disks: they are copied after the answer.
    wait_for(&vm, VmStatus::Down, pause).await?;
    if created {
        add_disk(connection, &vm, &format!("{name}-system"), pause).await?;
    }
    vm.start().send().await?;
    wait_for(&vm, VmStatus::Up, pause).await
}

/// The blank template has no disk, and without one a machine does not start.
async fn add_disk(connection: &Connection, vm: &VmService, name: &str, pause: Duration) -> Result<(), Error> {
    let disk = Disk::new()
        .name(name)
        .format(DiskFormat::Cow)
        .provisioned_size(10_i64 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(true).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    // It is made after the answer, too.
    let disk = connection.system().disks().disk(attachment.try_id()?);
    while *disk.get().send().await?.try_status()? != DiskStatus::Ok {
        println!("the disk is not ready yet");
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

async fn wait_for(vm: &VmService, wanted: VmStatus, pause: Duration) -> Result<(), Error> {
    loop {
        let now = vm.get().send().await?;
        let status = now.try_status()?;
        println!("{} is {}", now.try_name()?, status.as_str());
        if *status == wanted {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
}
