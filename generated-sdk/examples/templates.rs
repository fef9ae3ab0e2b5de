//! Templates, template versions and instance types.
//!
//! ```sh
//! cargo run --example templates -- list
//! cargo run --example templates -- add web-template web1
//! cargo run --example templates -- add-version web-template web1 'with patches'
//! cargo run --example templates -- remove web-template
//! cargo run --example templates -- add-instance-type Tiny-2
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{
    Cpu, CpuTopology, Disk, DiskAttachment, DiskFormat, InstanceType, Template, TemplateVersion, Vm,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["list"] => list(connection).await,
        ["add", template, vm] => add(connection, template, vm).await,
        ["add-version", template, vm, version] => add_version(connection, template, vm, version).await,
        ["remove", template] => remove(connection, template).await,
        ["add-instance-type", name] => add_instance_type(connection, name).await,
        _ => common::usage(include_str!("templates.rs")),
    })
}

/// Lists all templates with their version numbers.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    for template in connection.system().templates().list().send().await? {
        println!("{}, version {}", template.try_name()?, version_number(&template));
    }
    Ok(())
}

/// Creates a template from a virtual machine, with its disks in QCOW2 format.
pub async fn add(connection: &Connection, name: &str, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find(vm).await?;
    let mut disks = Vec::new();
    for attachment in connection.follow(&vm.disk_attachments).await? {
        let disk = Disk::with_id(attachment.try_id()?).format(DiskFormat::Cow).sparse(true);
        disks.push(DiskAttachment::new().disk(disk));
    }
    let source = Vm::with_id(vm.try_id()?).disk_attachments(disks);
    create(connection, Template::new().name(name).vm(source)).await
}

/// Adds a version to a template. VMs that use the latest version switch to it when they start next.
pub async fn add_version(connection: &Connection, name: &str, vm: &str, version_name: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find(vm).await?;
    // All versions of a template have the same name; the base is version 1.
    let versions = connection.system().templates().find_all(name).await?;
    let base = versions.iter().find(|template| version_number(template) == 1);
    let base = base.ok_or_else(|| Error::custom(format!("no template {name}")))?;
    let version = TemplateVersion::new().version_name(version_name).base_template(Template::with_id(base.try_id()?));
    create(connection, Template::new().name(name).version(version).vm(Vm::with_id(vm.try_id()?))).await
}

/// Creates a sealed template: the engine removes machine-specific data, such as SSH host keys, from its disks.
async fn create(connection: &Connection, template: Template) -> Result<(), Error> {
    let template = connection.system().templates().add(template).seal(true).send().await?;
    let template = connection.of(&template)?.wait_until_ok().await?;
    println!("created template {}", template.try_name()?);
    Ok(())
}

/// Removes all versions of a template, newest first: the base can't be removed while other versions exist.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    let mut versions = connection.system().templates().find_all(name).await?;
    versions.sort_by_key(|template| std::cmp::Reverse(version_number(template)));
    for version in &versions {
        let template = connection.of(version)?;
        template.remove().send().await?;
        // The engine responds before it has removed the disks.
        template.wait_until_removed().await?;
        println!("removed version {}", version_number(version));
    }
    Ok(())
}

/// Creates an instance type: a named size for virtual machines.
pub async fn add_instance_type(connection: &Connection, name: &str) -> Result<(), Error> {
    let cpu = Cpu::new().topology(CpuTopology::new().sockets(2).cores(1).threads(1));
    let instance_type = InstanceType::new().name(name).memory(2 << 30).cpu(cpu);
    println!("{}", connection.system().instance_types().ensure(instance_type).send().await?);
    Ok(())
}

fn version_number(template: &Template) -> i64 {
    template.version.as_ref().and_then(|version| version.version_number).unwrap_or(1)
}
