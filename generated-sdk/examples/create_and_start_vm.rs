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
use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, StorageDomain, Template, Vm};
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
    vm.wait_until_down().interval(interval).on_change(report).await?;
    if created {
        add_disk(connection, &vm, &format!("{name}-system"), interval).await?;
    }
    vm.start().send().await?;
    vm.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Adds a boot disk: the `Blank` template has none, and a VM without a boot device doesn't start.
async fn add_disk(connection: &Connection, vm: &VmService, name: &str, interval: Duration) -> Result<(), Error> {
    let disk = Disk::new()
        .name(name)
        .format(DiskFormat::Cow)
        .provisioned_size(10 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(true).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    let disk = connection.system().disks().disk(attachment.try_id()?);
    disk.wait_until_ok().interval(interval).await?;
    Ok(())
}

/// Prints the progress of a wait.
fn report(vm: &Vm) {
    if let (Some(name), Some(status)) = (&vm.name, &vm.status) {
        println!("VM {name} is {status}");
    }
}
