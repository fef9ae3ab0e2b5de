//! Templates, template versions and instance types.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example templates -- list
//! cargo run --example templates -- add web-template web1
//! cargo run --example templates -- add-version web-template web1 'with patches'
//! cargo run --example templates -- remove web-template
//! cargo run --example templates -- add-instance-type Tiny-2
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::types::{
    Cpu, CpuTopology, Disk, DiskAttachment, DiskFormat, InstanceType, Template, TemplateVersion, Vm,
};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["list"] => list(&connection).await,
        ["add", template, vm] => add(&connection, template, vm, POLL_INTERVAL).await,
        ["add-version", template, vm, version] => add_version(&connection, template, vm, version, POLL_INTERVAL).await,
        ["remove", template] => remove(&connection, template, POLL_INTERVAL).await,
        ["add-instance-type", name] => add_instance_type(&connection, name).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: templates list
       templates add TEMPLATE VM
       templates add-version TEMPLATE VM VERSION_NAME
       templates remove TEMPLATE
       templates add-instance-type INSTANCE_TYPE"
    );
    std::process::exit(2)
}

/// Lists all templates with their version numbers.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    for template in &connection.system().templates().list().send().await? {
        println!("{}, version {}", template.try_name()?, version_number(template));
    }
    Ok(())
}

/// Creates a template from a virtual machine, with its disks in QCOW2 format.
pub async fn add(connection: &Connection, name: &str, vm: &str, interval: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let mut disks = Vec::new();
    for attachment in vms.vm(vm.try_id()?).disk_attachments().list().send().await? {
        let disk = Disk::with_id(attachment.try_id()?).format(DiskFormat::Cow).sparse(true);
        disks.push(DiskAttachment::new().disk(disk));
    }
    let source = Vm::with_id(vm.try_id()?).disk_attachments(disks);
    create(connection, Template::new().name(name).vm(source), interval).await
}

/// Adds a version to a template. VMs that use the latest version switch to it when they start next.
pub async fn add_version(
    connection: &Connection,
    name: &str,
    vm: &str,
    version_name: &str,
    interval: Duration,
) -> Result<(), Error> {
    let system = connection.system();
    let vm = system.vms().find(vm).await?;
    // All versions of a template have the same name; the base is version 1.
    let versions = system.templates().find_all(name).await?;
    let base = versions.iter().find(|template| version_number(template) == 1);
    let base = base.ok_or_else(|| Error::custom(format!("no template {name}")))?;
    let version = TemplateVersion::new().version_name(version_name).base_template(Template::with_id(base.try_id()?));
    let template = Template::new().name(name).version(version).vm(Vm::with_id(vm.try_id()?));
    create(connection, template, interval).await
}

/// Creates a sealed template: the engine removes machine-specific data, such as SSH host keys, from its disks.
async fn create(connection: &Connection, template: Template, interval: Duration) -> Result<(), Error> {
    let templates = connection.system().templates();
    let template = templates.add(template).seal(true).send().await?;
    let service = templates.template(template.try_id()?);
    println!("copying the disks");
    service.wait_until_ok().interval(interval).await?;
    println!("created template {}", template.try_name()?);
    Ok(())
}

/// Removes all versions of a template, newest first: the base can't be removed while other versions exist.
pub async fn remove(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let templates = connection.system().templates();
    let mut versions = templates.find_all(name).await?;
    versions.sort_by_key(|template| std::cmp::Reverse(version_number(template)));
    for version in &versions {
        let service = templates.template(version.try_id()?);
        service.remove().send().await?;
        // The engine responds before it has removed the disks.
        service.wait_until_removed().interval(interval).await?;
        println!("removed version {}", version_number(version));
    }
    Ok(())
}

/// Creates an instance type: a named size for virtual machines.
pub async fn add_instance_type(connection: &Connection, name: &str) -> Result<(), Error> {
    let instance_type = InstanceType::new()
        .name(name)
        .description("2 CPUs, 2 GiB of memory")
        .memory(2 << 30)
        .cpu(Cpu::new().topology(CpuTopology::new().sockets(2).cores(1).threads(1)));
    let (instance_type, created) = connection.system().instance_types().find_or_create(instance_type).await?;
    println!("instance type {} {}", instance_type.try_name()?, if created { "created" } else { "already exists" });
    Ok(())
}

fn version_number(template: &Template) -> i64 {
    template.version.as_ref().and_then(|version| version.version_number).unwrap_or(1)
}
