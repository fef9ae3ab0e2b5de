//! Templates and instance types: listing them, making a template and another version of it, an instance type.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example templates -- list
//! cargo run --example templates -- add web-template web1
//! cargo run --example templates -- version web-template web1 'with patches'
//! cargo run --example templates -- remove web-template
//! cargo run --example templates -- instance-type Tiny-2
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::types::{
    Cpu, CpuTopology, Disk, DiskAttachment, DiskFormat, InstanceType, Template, TemplateStatus, TemplateVersion, Vm,
};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("list").as_str() {
        "list" => list(&connection).await,
        "add" => add(&connection, &word("example-template"), &word("example"), PAUSE).await,
        "version" => version(&connection, &word("example-template"), &word("example"), &word("next"), PAUSE).await,
        "remove" => remove(&connection, &word("example-template"), PAUSE).await,
        "instance-type" => add_instance_type(&connection, &word("example-type")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn list(connection: &Connection) -> Result<(), Error> {
    for template in &connection.system().templates().list().send().await? {
        let version = template.version.as_ref().and_then(|version| version.version_number).unwrap_or(1);
        println!("{}, version {version}", template.try_name()?);
    }
    Ok(())
}

/// A template of a machine, with its disks in the `cow` format and without what is the machine's own.
pub async fn add(connection: &Connection, name: &str, vm: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let mut disks = Vec::new();
    for attachment in vms.vm(vm.try_id()?).disk_attachments().list().send().await? {
        let disk = Disk::with_id(attachment.try_id()?).format(DiskFormat::Cow).sparse(true);
        disks.push(DiskAttachment::new().disk(disk));
    }
    let source = Vm::with_id(vm.try_id()?).disk_attachments(disks);
    make(connection, Template::new().name(name).vm(source), pause).await
}

/// Another version of a template; machines that follow the latest version get it with their next start.
pub async fn version(
    connection: &Connection,
    name: &str,
    vm: &str,
    version: &str,
    pause: Duration,
) -> Result<(), Error> {
    let system = connection.system();
    let vm = system.vms().find(vm).await?;
    let versions = system.templates().find_all(name).await?;
    let is_base = |it: &&Template| it.version.as_ref().is_none_or(|version| version.version_number == Some(1));
    let base = versions.iter().find(is_base).ok_or_else(|| Error::custom(format!("there is no template {name}")))?;
    let version = TemplateVersion::new().version_name(version).base_template(Template::with_id(base.try_id()?));
    make(connection, Template::new().name(name).version(version).vm(Vm::with_id(vm.try_id()?)), pause).await
}

async fn make(connection: &Connection, wanted: Template, pause: Duration) -> Result<(), Error> {
    let templates = connection.system().templates();
    let made = templates.add(wanted).seal(true).send().await?;
    let template = templates.template(made.try_id()?);
    while *template.get().send().await?.try_status()? == TemplateStatus::Locked {
        println!("the disks are being copied");
        tokio::time::sleep(pause).await;
    }
    println!("{} is there", made.try_name()?);
    Ok(())
}

/// Removes all versions of a template, the newest first: a template with versions can't go.
pub async fn remove(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let templates = connection.system().templates();
    let mut versions = templates.find_all(name).await?;
    let number = |it: &Template| it.version.as_ref().and_then(|version| version.version_number).unwrap_or(1);
    versions.sort_by_key(|it| std::cmp::Reverse(number(it)));
    for version in &versions {
        let service = templates.template(version.try_id()?);
        service.remove().send().await?;
        // It goes after the answer, with its disks.
        loop {
            match service.get().send().await {
                Err(error) if error.is_not_found() => break,
                other => other?,
            };
            tokio::time::sleep(pause).await;
        }
        println!("version {} is removed", number(version));
    }
    Ok(())
}

/// A size that virtual machines can have.
pub async fn add_instance_type(connection: &Connection, name: &str) -> Result<(), Error> {
    let wanted = InstanceType::new()
        .name(name)
        .description("Two processors, 2 GiB")
        .memory(2_i64 << 30)
        .cpu(Cpu::new().topology(CpuTopology::new().sockets(2).cores(1).threads(1)));
    let (made, new) = connection.system().instance_types().find_or_create(wanted).await?;
    println!("{} {}", made.try_name()?, if new { "is there now" } else { "was there already" });
    Ok(())
}
