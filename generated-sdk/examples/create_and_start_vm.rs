//! Creates a virtual machine with an empty disk unless it exists, starts it and waits until it is up.
//!
//! ```sh
//! cargo run --example create_and_start_vm -- web1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, StorageDomain, Template, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [name] => run(connection, name).await,
        _ => common::usage(include_str!("create_and_start_vm.rs")),
    })
}

pub async fn run(connection: &Connection, name: &str) -> Result<(), Error> {
    let wanted = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let (vm, created) = connection.system().vms().find_or_create(wanted.memory(1 << 30)).await?;
    let vm = connection.of(&vm)?;
    // The engine responds before it has copied the template's disks.
    vm.wait_until_down().await?;
    if created {
        add_disk(connection, &vm, &format!("{name}-system")).await?;
    }
    vm.start().send().await?;
    vm.wait_until_up().on_change(|vm| println!("VM {:?} is {:?}", vm.name, vm.status)).await?;
    Ok(())
}

/// Adds a boot disk: the `Blank` template has none, and a VM without a boot device doesn't start.
async fn add_disk(connection: &Connection, vm: &VmService, name: &str) -> Result<(), Error> {
    let disk = Disk::new()
        .name(name)
        .format(DiskFormat::Cow)
        .provisioned_size(10 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(true).active(true);
    let attachment = vm.disk_attachments().add(attachment).send().await?;
    connection.system().disks().disk(attachment.try_id()?).wait_until_ok().await?;
    Ok(())
}
