//! Creates a virtual machine with an empty disk unless it exists, starts it and waits until it is up.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example create_and_start_vm -- web1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, DiskStatus, StorageDomain, Template, Vm, VmStatus,
};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let Some(name) = std::env::args().nth(1) else { usage() };
    let connection = Connection::from_env()?;
    let result = run(&connection, &name, POLL_INTERVAL).await;
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!("usage: create_and_start_vm VM");
    std::process::exit(2)
}

pub async fn run(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name("Blank"))
        .memory(1 << 30);
    let (vm, created) = vms.find_or_create(vm).await?;
    println!("VM {name} {}", if created { "created" } else { "already exists" });

    let vm = vms.vm(vm.try_id()?);
    // The engine responds before it has copied the template's disks.
    wait_for_status(&vm, VmStatus::Down, interval).await?;
    if created {
        add_disk(connection, &vm, &format!("{name}-system"), interval).await?;
    }
    vm.start().send().await?;
    wait_for_status(&vm, VmStatus::Up, interval).await
}

/// Adds a boot disk: the `Blank` template has none, and a VM without a boot device doesn't start.
async fn add_disk(connection: &Connection, vm: &VmService, name: &str, interval: Duration) -> Result<(), Error> {
    let disk = Disk::new()
        .name(name)
        .format(DiskFormat::Cow)
        .provisioned_size(10_i64 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(true).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    let disk = connection.system().disks().disk(attachment.try_id()?);
    while *disk.get().send().await?.try_status()? != DiskStatus::Ok {
        println!("waiting for the disk");
        tokio::time::sleep(interval).await;
    }
    Ok(())
}

async fn wait_for_status(service: &VmService, expected: VmStatus, interval: Duration) -> Result<(), Error> {
    loop {
        let vm = service.get().send().await?;
        let status = vm.try_status()?;
        println!("VM {} is {status}", vm.try_name()?);
        if *status == expected {
            return Ok(());
        }
        tokio::time::sleep(interval).await;
    }
}
