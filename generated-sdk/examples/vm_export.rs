//! Exports virtual machines and templates to an export domain or an OVA file, and the configuration of a virtual
//! machine as OVF.
//!
//! ```sh
//! cargo run --example vm_export -- export-domain web1 export
//! cargo run --example vm_export -- ova web1 host1 /var/tmp
//! cargo run --example vm_export -- template-export-domain web-template export
//! cargo run --example vm_export -- template-ova web-template host1 /var/tmp
//! cargo run --example vm_export -- ovf web1 > web1.ovf
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::time::Duration;

use ovirt_sdk::operations::Operation;
use ovirt_sdk::types::{Host, StorageDomain, Template};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["export-domain", vm, domain] => vm_to_export_domain(connection, vm, domain).await,
        ["ova", vm, host, directory] => vm_to_ova(connection, vm, host, directory).await,
        ["template-export-domain", template, domain] => template_to_export_domain(connection, template, domain).await,
        ["template-ova", template, host, directory] => template_to_ova(connection, template, host, directory).await,
        ["ovf", vm] => vm_to_ovf(connection, vm).await,
        _ => common::usage(include_str!("vm_export.rs")),
    })
}

/// Exports a virtual machine to an export domain and replaces an earlier export of it.
pub async fn vm_to_export_domain(connection: &Connection, vm: &str, domain: &str) -> Result<(), Error> {
    let export = connection.system().vms().find_service(vm).await?.export().exclusive(true).discard_snapshots(true);
    finish(export.storage_domain(StorageDomain::with_name(domain)).send_operation().await?).await
}

/// Exports a virtual machine to an OVA file in a directory of a host.
pub async fn vm_to_ova(connection: &Connection, vm: &str, host: &str, directory: &str) -> Result<(), Error> {
    let export = connection.system().vms().find_service(vm).await?.export();
    let export = export.host(Host::with_name(host)).directory(directory).filename(format!("{vm}.ova"));
    finish(export.send_operation().await?).await
}

/// Exports the latest version of a template to an export domain and replaces an earlier export of it.
pub async fn template_to_export_domain(connection: &Connection, template: &str, domain: &str) -> Result<(), Error> {
    let export = connection.of(&latest_version(connection, template).await?)?.export().exclusive(true);
    finish(export.storage_domain(StorageDomain::with_name(domain)).send_operation().await?).await
}

/// Exports the latest version of a template to an OVA file in a directory of a host.
pub async fn template_to_ova(
    connection: &Connection,
    template: &str,
    host: &str,
    directory: &str,
) -> Result<(), Error> {
    let export = connection.of(&latest_version(connection, template).await?)?.export();
    let export = export.host(Host::with_name(host)).directory(directory).filename(format!("{template}.ova"));
    finish(export.send_operation().await?).await
}

/// Returns the latest version of a template. All versions have the same name.
async fn latest_version(connection: &Connection, name: &str) -> Result<Template, Error> {
    let versions = connection.system().templates().find_all(name).await?;
    let number = |template: &Template| template.version.as_ref().and_then(|version| version.version_number);
    versions.into_iter().max_by_key(number).ok_or_else(|| Error::custom(format!("no template {name}")))
}

/// Prints the configuration of a virtual machine as OVF, without the data of its disks.
pub async fn vm_to_ovf(connection: &Connection, vm: &str) -> Result<(), Error> {
    // The engine includes the OVF only with `all_content`.
    let vm = connection.system().vms().find_service(vm).await?.get().all_content(true).send().await?;
    println!("{}", vm.try_initialization()?.try_configuration()?.try_data()?);
    Ok(())
}

/// Waits until the engine has written the export.
async fn finish<T>(operation: Operation<T>) -> Result<(), Error> {
    let hours = Duration::from_secs(4 * 3600);
    operation.wait().timeout(hours).on_change(|progress| println!("{progress}")).await?;
    Ok(())
}
