//! Creates virtual machines as a clone of a template, from a template version, or with an instance type; starts a clone and
//! prints its IP address; removes virtual machines.
//!
//! ```sh
//! cargo run --example vm_create -- clone web1 web-template
//! cargo run --example vm_create -- start web1 web-template
//! cargo run --example vm_create -- version web1 web-template 3 data
//! cargo run --example vm_create -- instance-type web1 Small
//! cargo run --example vm_create -- remove web1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::net::IpAddr;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, InstanceType, StorageDomain, Template, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["clone", vm, template] => clone_template(connection, vm, template).await.map(drop),
        ["start", vm, template] => start_clone(connection, vm, template).await.map(drop),
        ["version", vm, template, version, storage_domain] => {
            from_version(connection, vm, template, version.parse().map_err(Error::custom)?, storage_domain).await
        }
        ["instance-type", vm, instance_type] => with_instance_type(connection, vm, instance_type).await,
        ["remove", vm] => remove(connection, vm).await,
        _ => common::usage(include_str!("vm_create.rs")),
    })
}

/// Creates a virtual machine with full copies of the template's disks. It doesn't depend on the template.
pub async fn clone_template(connection: &Connection, name: &str, template: &str) -> Result<VmService, Error> {
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name(template));
    let vm = connection.of(&connection.system().vms().add(vm).clone_(true).send().await?)?;
    vm.wait_until_down().await?;
    println!("created VM {name} as a clone of template {template}");
    Ok(vm)
}

/// Creates a clone of a template, starts it and prints its IP address. The template needs a NIC and a guest agent.
pub async fn start_clone(connection: &Connection, name: &str, template: &str) -> Result<IpAddr, Error> {
    let vm = clone_template(connection, name, template).await?;
    vm.start().send().await?;
    let address = vm.wait_until_has_address().await?.address();
    println!("VM {name} has the address {address}");
    Ok(address)
}

/// Creates a virtual machine from a version of a template, with its disks on a given storage domain.
pub async fn from_version(
    connection: &Connection,
    name: &str,
    template: &str,
    version_number: i64,
    storage_domain: &str,
) -> Result<(), Error> {
    // All versions of a template have the same name.
    let versions = connection.system().templates().find_all(template).await?;
    let has_number = |it: &&Template| it.version.as_ref().and_then(|it| it.version_number) == Some(version_number);
    let version = versions.iter().find(has_number);
    let version = version.ok_or_else(|| Error::custom(format!("{template} has no version {version_number}")))?;
    let mut disks = Vec::new();
    for attachment in connection.follow(&version.disk_attachments).await? {
        let disk = Disk::with_id(attachment.try_id()?).storage_domains([StorageDomain::with_name(storage_domain)]);
        disks.push(DiskAttachment::new().disk(disk));
    }
    let template = Template::with_id(version.try_id()?);
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(template).disk_attachments(disks);
    // Only a clone can have its disks on another storage domain than the template.
    let vm = connection.system().vms().add(vm).clone_(true).send().await?;
    connection.of(&vm)?.wait_until_down().await?;
    Ok(())
}

/// Creates a virtual machine with the CPUs and memory of an instance type. Changes of the type apply to it as well.
pub async fn with_instance_type(connection: &Connection, name: &str, instance_type: &str) -> Result<(), Error> {
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let vm = vm.instance_type(InstanceType::with_name(instance_type));
    println!("{}", connection.system().vms().ensure(vm).send().await?);
    Ok(())
}

/// Removes a virtual machine with its disks. Succeeds if there is none with that name.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    let vm = match connection.system().vms().find_service(name).await {
        Err(error) if error.is_not_found() => return Ok(()),
        found => found?,
    };
    vm.remove().send().await?;
    // The engine responds before it has removed the disks.
    vm.wait_until_removed().await?;
    Ok(())
}
