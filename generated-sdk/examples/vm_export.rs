//! Takes virtual machines and templates out of the engine: to an export domain, to an OVA file on a host, and the
//! configuration of a machine as OVF text.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_export -- domain web1 export
//! cargo run --example vm_export -- ova web1 host1 /var/tmp
//! cargo run --example vm_export -- template-domain web-template export
//! cargo run --example vm_export -- template-ova web-template host1 /var/tmp
//! cargo run --example vm_export -- ovf web1 > web1.ovf
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::types::{Host, Job, JobStatus, StorageDomain, Template};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("ovf"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "domain" => to_domain(&connection, &name, &word("export"), PAUSE).await,
        "ova" => to_ova(&connection, &name, &word("host1"), &word("/var/tmp"), PAUSE).await,
        "template-domain" => template_to_domain(&connection, &name, &word("export"), PAUSE).await,
        "template-ova" => template_to_ova(&connection, &name, &word("host1"), &word("/var/tmp"), PAUSE).await,
        "ovf" => ovf(&connection, &name).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// To an export domain, in place of what it has of the machine already.
pub async fn to_domain(connection: &Connection, vm: &str, domain: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let request = vms.vm(vm.try_id()?).export().exclusive(true).discard_snapshots(true);
    let reply = request.storage_domain(StorageDomain::with_name(domain)).send_reply().await?;
    finish(connection, reply.correlation_id.as_deref(), pause).await?;
    println!("{} is on {domain}", vm.try_name()?);
    Ok(())
}

/// To an OVA file in a folder of a host.
pub async fn to_ova(connection: &Connection, vm: &str, host: &str, folder: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let file = format!("{}.ova", vm.try_name()?);
    let request = vms.vm(vm.try_id()?).export().host(Host::with_name(host)).directory(folder).filename(&file);
    let reply = request.send_reply().await?;
    finish(connection, reply.correlation_id.as_deref(), pause).await?;
    println!("{folder}/{file} is on {host}");
    Ok(())
}

pub async fn template_to_domain(
    connection: &Connection,
    template: &str,
    domain: &str,
    pause: Duration,
) -> Result<(), Error> {
    let template = newest(connection, template).await?;
    let service = connection.system().templates().template(template.try_id()?);
    let request = service.export().exclusive(true);
    let reply = request.storage_domain(StorageDomain::with_name(domain)).send_reply().await?;
    finish(connection, reply.correlation_id.as_deref(), pause).await?;
    println!("{} is on {domain}", template.try_name()?);
    Ok(())
}

pub async fn template_to_ova(
    connection: &Connection,
    template: &str,
    host: &str,
    folder: &str,
    pause: Duration,
) -> Result<(), Error> {
    let template = newest(connection, template).await?;
    let file = format!("{}.ova", template.try_name()?);
    let service = connection.system().templates().template(template.try_id()?);
    let request = service.export().host(Host::with_name(host)).directory(folder).filename(&file);
    let reply = request.send_reply().await?;
    finish(connection, reply.correlation_id.as_deref(), pause).await?;
    println!("{folder}/{file} is on {host}");
    Ok(())
}

/// The newest version of a template; all versions have its name.
async fn newest(connection: &Connection, name: &str) -> Result<Template, Error> {
    let versions = connection.system().templates().find_all(name).await?;
    let number = |it: &Template| it.version.as_ref().and_then(|version| version.version_number);
    versions.into_iter().max_by_key(number).ok_or_else(|| Error::custom(format!("there is no template {name}")))
}

/// The configuration of a machine, without its disks.
pub async fn ovf(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let whole = vms.vm(vm.try_id()?).get().all_content(true).send().await?;
    println!("{}", whole.try_initialization()?.try_configuration()?.try_data()?);
    Ok(())
}

/// Waits until the jobs of a request have ended. The SDK gives each request a correlation id, which they carry.
async fn finish(connection: &Connection, id: Option<&str>, pause: Duration) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    loop {
        let jobs = connection.system().jobs().list().search(format!("correlation_id={id}")).send().await?;
        let is = |wanted: JobStatus| move |job: &&Job| job.status.as_ref() == Some(&wanted);
        if let Some(job) = jobs.iter().find(is(JobStatus::Failed)) {
            return Err(Error::custom(format!("{} has failed", job.try_description()?)));
        }
        // A job is kept for minutes after its end: when there is none, there never was.
        let Some(job) = jobs.iter().find(is(JobStatus::Started)) else { return Ok(()) };
        println!("{}…", job.try_description()?);
        tokio::time::sleep(pause).await;
    }
}
