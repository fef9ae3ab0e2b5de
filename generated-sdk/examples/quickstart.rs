//! The first minute with the SDK: no engine is needed. A fake one is started, and a virtual machine is made and started
//! in it. With `OVIRT_URL` set (and the other variables of `Connection::from_env`) that engine is used instead, and only
//! looked at.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a program for the command line"
)]

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskFormat, DiskInterface, StorageDomain, Template, Vm, VmStatus,
};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let result = match std::env::var_os("OVIRT_URL") {
        Some(_) => look().await,
        None => play().await,
    };
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// Says what an engine has, and changes nothing.
async fn look() -> Result<(), Error> {
    let connection = Connection::from_env()?;
    let api = connection.system().get().send().await?;
    println!("{} {}", connection.url(), api.try_product_info()?.name.as_deref().unwrap_or("is an engine"));
    for vm in &connection.system().vms().list().max(20).send().await? {
        println!("  {} is {}", vm.try_name()?, vm.try_status()?);
    }
    connection.close().await
}

/// Makes a virtual machine in a fake engine, and starts it.
async fn play() -> Result<(), Error> {
    // A minute of the engine takes a second of ours.
    let engine = FakeEngine::builder().speed(60.0).start().await?;
    println!("a fake engine listens at {}", engine.url());
    let connection = engine.connect().build()?;

    let vms = connection.system().vms();
    let wanted = Vm::new().name("web1").memory(2_i64 << 30);
    let vm =
        vms.add(wanted.cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"))).send().await?;
    let web1 = vms.vm(vm.try_id()?);
    println!("{} is made: it is {}, with {} MiB", vm.try_name()?, vm.try_status()?, vm.try_memory()? >> 20);

    let disk = Disk::new().name("web1_data").format(DiskFormat::Cow).provisioned_size(10_i64 << 30);
    let attachment = DiskAttachment::new().bootable(true).active(true).interface(DiskInterface::VirtioScsi);
    let attachment = attachment.disk(disk.storage_domains([StorageDomain::with_name("data")]));
    web1.disk_attachments().add(attachment).send().await?;

    // While the disk is made the machine is locked; the error says so, and that another attempt may help.
    loop {
        match web1.start().send().await {
            Ok(_) => break,
            Err(error) if error.is_conflict() && error.is_retryable() => println!("not yet: {error}"),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut status = None;
    loop {
        let vm = web1.get().send().await?;
        if vm.status != status {
            println!("{} is {}", vm.try_name()?, vm.try_status()?);
            status.clone_from(&vm.status);
        }
        if status == Some(VmStatus::Up) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for event in connection.system().events().list().max(3).send().await?.iter().rev() {
        println!("event {}: {}", event.try_code()?, event.try_description()?);
    }
    connection.close().await
}
