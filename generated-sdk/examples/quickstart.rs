//! Creates and starts a virtual machine on a fake engine. It needs no oVirt installation.
//!
//! ```sh
//! cargo run --example quickstart
//! ```
//!
//! If `OVIRT_URL` and the other variables of `Connection::from_env` are set, it lists the virtual machines of that
//! engine instead and changes nothing.

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, StorageDomain, Template, Vm};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let result = match std::env::var_os("OVIRT_URL") {
        Some(_) => list_vms().await,
        None => create_vm_on_fake_engine().await,
    };
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// Lists up to 20 virtual machines of the engine at `OVIRT_URL`.
async fn list_vms() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let api = connection.system().get().send().await?;
    println!("connected to {} at {}", api.try_product_info()?.try_name()?, connection.url());
    for vm in &connection.system().vms().list().max(20).send().await? {
        println!("VM {} is {}", vm.try_name()?, vm.try_status()?);
    }
    connection.close().await
}

/// Creates a virtual machine with a disk and starts it.
async fn create_vm_on_fake_engine() -> Result<(), Error> {
    // The clock of the fake engine runs 60 times as fast as real time.
    let engine = FakeEngine::builder().speed(60.0).start().await?;
    println!("fake engine listening at {}", engine.url());
    let connection = engine.connect().build()?;

    let vms = connection.system().vms();
    let vm = Vm::new()
        .name("web1")
        .memory(2 << 30)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name("Blank"));
    let vm = vms.add(vm).send().await?;
    println!("created VM {} with {} MiB, it is {}", vm.try_name()?, vm.try_memory()? >> 20, vm.try_status()?);

    let web1 = vms.vm(vm.try_id()?);
    let disk = Disk::new()
        .name("web1_data")
        .format(DiskFormat::Cow)
        .provisioned_size(10 << 30)
        .storage_domains([StorageDomain::with_name("data")]);
    let attachment = DiskAttachment::new().disk(disk).interface(DiskInterface::VirtioScsi).bootable(true).active(true);
    web1.disk_attachments().add(attachment).send().await?;

    // The VM is locked until the disk has been created. The error is a conflict that is worth a retry.
    web1.start().retry_conflicts(Duration::from_secs(60)).send().await?;
    let progress = |vm: &Vm| println!("VM {:?} is {:?}", vm.name, vm.status);
    web1.wait_until_up().interval(Duration::from_millis(20)).on_change(progress).await?;
    for event in connection.system().events().list().max(3).send().await?.iter().rev() {
        println!("event {}: {}", event.try_code()?, event.try_description()?);
    }
    connection.close().await
}
