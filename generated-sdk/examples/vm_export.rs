//! Exports virtual machines and templates to an export domain or an OVA file, and the configuration of a virtual
//! machine as OVF.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_export -- export-domain web1 export
//! cargo run --example vm_export -- ova web1 host1 /var/tmp
//! cargo run --example vm_export -- template-export-domain web-template export
//! cargo run --example vm_export -- template-ova web-template host1 /var/tmp
//! cargo run --example vm_export -- ovf web1 > web1.ovf
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::operations::Operation;
use ovirt_sdk::types::{Host, StorageDomain, Template};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["export-domain", vm, domain] => vm_to_export_domain(&connection, vm, domain, POLL_INTERVAL).await,
        ["ova", vm, host, directory] => vm_to_ova(&connection, vm, host, directory, POLL_INTERVAL).await,
        ["template-export-domain", template, domain] => {
            template_to_export_domain(&connection, template, domain, POLL_INTERVAL).await
        }
        ["template-ova", template, host, directory] => {
            template_to_ova(&connection, template, host, directory, POLL_INTERVAL).await
        }
        ["ovf", vm] => vm_to_ovf(&connection, vm).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_export export-domain VM EXPORT_DOMAIN
       vm_export ova VM HOST DIRECTORY
       vm_export template-export-domain TEMPLATE EXPORT_DOMAIN
       vm_export template-ova TEMPLATE HOST DIRECTORY
       vm_export ovf VM"
    );
    std::process::exit(2)
}

/// Exports a virtual machine to an export domain and replaces an earlier export of it.
pub async fn vm_to_export_domain(
    connection: &Connection,
    vm: &str,
    domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let request = vms.vm(vm.try_id()?).export().exclusive(true).discard_snapshots(true);
    let operation = request.storage_domain(StorageDomain::with_name(domain)).send_operation().await?;
    finish(operation, interval).await?;
    println!("exported VM {} to {domain}", vm.try_name()?);
    Ok(())
}

/// Exports a virtual machine to an OVA file in a directory of a host.
pub async fn vm_to_ova(
    connection: &Connection,
    vm: &str,
    host: &str,
    directory: &str,
    interval: Duration,
) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let filename = format!("{}.ova", vm.try_name()?);
    let request = vms.vm(vm.try_id()?).export().host(Host::with_name(host)).directory(directory).filename(&filename);
    let operation = request.send_operation().await?;
    finish(operation, interval).await?;
    println!("exported VM {} to {host}:{directory}/{filename}", vm.try_name()?);
    Ok(())
}

/// Exports the latest version of a template to an export domain and replaces an earlier export of it.
pub async fn template_to_export_domain(
    connection: &Connection,
    template: &str,
    domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let template = latest_version(connection, template).await?;
    let service = connection.system().templates().template(template.try_id()?);
    let request = service.export().exclusive(true);
    let operation = request.storage_domain(StorageDomain::with_name(domain)).send_operation().await?;
    finish(operation, interval).await?;
    println!("exported template {} to {domain}", template.try_name()?);
    Ok(())
}

/// Exports the latest version of a template to an OVA file in a directory of a host.
pub async fn template_to_ova(
    connection: &Connection,
    template: &str,
    host: &str,
    directory: &str,
    interval: Duration,
) -> Result<(), Error> {
    let template = latest_version(connection, template).await?;
    let filename = format!("{}.ova", template.try_name()?);
    let service = connection.system().templates().template(template.try_id()?);
    let request = service.export().host(Host::with_name(host)).directory(directory).filename(&filename);
    let operation = request.send_operation().await?;
    finish(operation, interval).await?;
    println!("exported template {} to {host}:{directory}/{filename}", template.try_name()?);
    Ok(())
}

/// Returns the latest version of a template. All versions have the same name.
async fn latest_version(connection: &Connection, name: &str) -> Result<Template, Error> {
    let versions = connection.system().templates().find_all(name).await?;
    let number = |template: &Template| template.version.as_ref().and_then(|version| version.version_number);
    versions.into_iter().max_by_key(number).ok_or_else(|| Error::custom(format!("no template {name}")))
}

/// Prints the configuration of a virtual machine as OVF, without the data of its disks.
pub async fn vm_to_ovf(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    // The engine includes the OVF only with `all_content`.
    let vm = vms.vm(vm.try_id()?).get().all_content(true).send().await?;
    println!("{}", vm.try_initialization()?.try_configuration()?.try_data()?);
    Ok(())
}

/// Waits until the engine has written the export.
async fn finish<T>(operation: Operation<T>, interval: Duration) -> Result<(), Error> {
    let hours = Duration::from_secs(4 * 3600);
    operation.wait().timeout(hours).interval(interval).on_change(|progress| println!("{progress}")).await?;
    Ok(())
}
