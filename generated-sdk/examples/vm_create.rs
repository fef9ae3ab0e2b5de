//! Ways to make a virtual machine, and to remove it: an independent copy of a template, of a certain version of a
//! template, with an instance type.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_create -- independent web1 web-template
//! cargo run --example vm_create -- version web1 web-template 3 data
//! cargo run --example vm_create -- sized web1 Small
//! cargo run --example vm_create -- remove web1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Disk, DiskAttachment, InstanceType, StorageDomain, Template, Vm, VmStatus};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("independent"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "independent" => independent(&connection, &name, &word("Blank"), PAUSE).await,
        "version" => {
            let (template, number, storage) = (word("Blank"), word("1"), word("data"));
            version(&connection, &name, &template, number.parse().unwrap_or(1), &storage, PAUSE).await
        }
        "sized" => sized(&connection, &name, &word("Small")).await,
        "remove" => remove(&connection, &name, PAUSE).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// From a template whose disks are copied, so that the template can be removed later.
pub async fn independent(connection: &Connection, name: &str, template: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let wanted = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name(template));
    let vm = vms.add(wanted).clone_(true).send().await?;
    println!("{name} is being made");
    wait_until_down(&vms.vm(vm.try_id()?), pause).await?;
    println!("{name} does not need {template} any more");
    Ok(())
}

/// From one version of a template, with the disks on a storage domain of our choice.
pub async fn version(
    connection: &Connection,
    name: &str,
    template: &str,
    number: i64,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let system = connection.system();
    // All versions of a template have its name.
    let versions = system.templates().find_all(template).await?;
    let is_wanted = |it: &&Template| it.version.as_ref().and_then(|version| version.version_number) == Some(number);
    let Some(template) = versions.iter().find(is_wanted) else {
        return Err(Error::custom(format!("{template} has no version {number}")));
    };

    let mut disks = Vec::new();
    let template = template.try_id()?;
    for attachment in system.templates().template(template).disk_attachments().list().send().await? {
        let disk = Disk::with_id(attachment.try_id()?).storage_domains([StorageDomain::with_name(storage)]);
        disks.push(DiskAttachment::new().disk(disk));
    }
    let wanted = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_id(template))
        .disk_attachments(disks);
    // A disk that is not copied has to stay beside that of the template.
    let vm = system.vms().add(wanted).clone_(true).send().await?;
    wait_until_down(&system.vms().vm(vm.try_id()?), pause).await?;
    println!("{name} is there");
    Ok(())
}

/// With memory and processors as an instance type says, also when that changes later.
pub async fn sized(connection: &Connection, name: &str, instance_type: &str) -> Result<(), Error> {
    let wanted = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name("Blank"))
        .instance_type(InstanceType::with_name(instance_type));
    let vm = connection.system().vms().add(wanted).send().await?;
    println!("{} is {instance_type}", vm.try_name()?);
    Ok(())
}

/// Removes a machine and its disks; one that is not there is removed already.
pub async fn remove(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = match vms.find(name).await {
        Err(error) if error.is_not_found() => {
            println!("there is no {name}");
            return Ok(());
        }
        other => vms.vm(other?.try_id()?),
    };
    vm.remove().send().await?;
    loop {
        match vm.get().send().await {
            Err(error) if error.is_not_found() => break,
            other => other?,
        };
        tokio::time::sleep(pause).await;
    }
    println!("{name} is gone");
    Ok(())
}

/// Disks are copied after the answer.
async fn wait_until_down(vm: &VmService, pause: Duration) -> Result<(), Error> {
    while *vm.get().send().await?.try_status()? != VmStatus::Down {
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
