//! Creates virtual machines as a clone of a template, from a template version, or with an instance type; starts a clone and
//! prints its IP address; removes virtual machines.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_create -- clone web1 web-template
//! cargo run --example vm_create -- start web1 web-template
//! cargo run --example vm_create -- version web1 web-template 3 data
//! cargo run --example vm_create -- instance-type web1 Small
//! cargo run --example vm_create -- remove web1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::net::IpAddr;
use std::time::Duration;

use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, InstanceType, StorageDomain, Template, Vm};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["clone", vm, template] => clone_template(&connection, vm, template, POLL_INTERVAL).await,
        ["start", vm, template] => start_clone(&connection, vm, template, POLL_INTERVAL).await.map(drop),
        ["version", vm, template, version, storage_domain] => {
            let version = version.parse().unwrap_or_else(|_| usage());
            from_version(&connection, vm, template, version, storage_domain, POLL_INTERVAL).await
        }
        ["instance-type", vm, instance_type] => with_instance_type(&connection, vm, instance_type).await,
        ["remove", vm] => remove(&connection, vm, POLL_INTERVAL).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_create clone VM TEMPLATE
       vm_create start VM TEMPLATE
       vm_create version VM TEMPLATE VERSION_NUMBER STORAGE_DOMAIN
       vm_create instance-type VM INSTANCE_TYPE
       vm_create remove VM"
    );
    std::process::exit(2)
}

/// Creates a virtual machine with full copies of the template's disks. It doesn't depend on the template.
pub async fn clone_template(
    connection: &Connection,
    name: &str,
    template: &str,
    interval: Duration,
) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name(template));
    let vm = vms.add(vm).clone_(true).send().await?;
    println!("creating VM {name}");
    vms.vm(vm.try_id()?).wait_until_down().interval(interval).await?;
    println!("created VM {name} as a clone of template {template}");
    Ok(())
}

/// Creates a clone of a template, starts it and prints its IP address. The template needs a NIC and a guest agent.
pub async fn start_clone(
    connection: &Connection,
    name: &str,
    template: &str,
    interval: Duration,
) -> Result<IpAddr, Error> {
    clone_template(connection, name, template, interval).await?;
    let vms = connection.system().vms();
    let service = vms.vm(&vms.find(name).await?);
    service.start().send().await?;
    let vm = service.wait_until_has_address().interval(interval).await?;
    println!("VM {name} has the address {}", vm.address());
    Ok(vm.address())
}

/// Creates a virtual machine from a version of a template, with its disks on a given storage domain.
pub async fn from_version(
    connection: &Connection,
    name: &str,
    template: &str,
    version_number: i64,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let system = connection.system();
    // All versions of a template have the same name.
    let versions = system.templates().find_all(template).await?;
    let has_number = |it: &&Template| it.version.as_ref().and_then(|it| it.version_number) == Some(version_number);
    let Some(version) = versions.iter().find(has_number) else {
        return Err(Error::custom(format!("template {template} has no version {version_number}")));
    };

    let mut disks = Vec::new();
    let version_id = version.try_id()?;
    for attachment in system.templates().template(version_id).disk_attachments().list().send().await? {
        let disk = Disk::with_id(attachment.try_id()?).storage_domains([StorageDomain::with_name(storage_domain)]);
        disks.push(DiskAttachment::new().disk(disk));
    }
    let vm = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_id(version_id))
        .disk_attachments(disks);
    // Only a clone can have its disks on another storage domain than the template.
    let vm = system.vms().add(vm).clone_(true).send().await?;
    system.vms().vm(vm.try_id()?).wait_until_down().interval(interval).await?;
    println!("created VM {name}");
    Ok(())
}

/// Creates a virtual machine with the CPUs and memory of an instance type. Changes of the type apply to it as well.
pub async fn with_instance_type(connection: &Connection, name: &str, instance_type: &str) -> Result<(), Error> {
    let vm = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name("Blank"))
        .instance_type(InstanceType::with_name(instance_type));
    let vm = connection.system().vms().add(vm).send().await?;
    println!("created VM {} with instance type {instance_type}", vm.try_name()?);
    Ok(())
}

/// Removes a virtual machine with its disks. Succeeds if there is none with that name.
pub async fn remove(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = match vms.find(name).await {
        Err(error) if error.is_not_found() => {
            println!("no VM {name}");
            return Ok(());
        }
        found => found?,
    };
    let service = vms.vm(vm.try_id()?);
    service.remove().send().await?;
    // The engine responds before it has removed the disks.
    service.wait_until_removed().interval(interval).await?;
    println!("removed VM {name}");
    Ok(())
}
