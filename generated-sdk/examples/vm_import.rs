//! Imports virtual machines and templates: from an export domain, OVA files, VMware, a data domain, or OVF.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_import -- export-domain web1 export data
//! cargo run --example vm_import -- ova web1 /var/tmp/web1.ova host1 data
//! cargo run --example vm_import -- template-ova web-template /var/tmp/web-template.ova host1 data
//! VMWARE_USERNAME=… VMWARE_PASSWORD=… cargo run --example vm_import -- vmware old1 \
//!     'vpx://vcenter.example.com/Datacenter/Cluster/esx.example.com?no_verify=1' data
//! cargo run --example vm_import -- register web1 data
//! cargo run --example vm_import -- ovf web1 web1.ovf
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::types::{
    Cluster, Configuration, ConfigurationType, ExternalTemplateImport, ExternalVmImport, ExternalVmProviderType, Host,
    Initialization, StorageDomain, Template, Vm,
};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["export-domain", vm, export_domain, storage_domain] => {
            from_export_domain(&connection, vm, export_domain, storage_domain, POLL_INTERVAL).await
        }
        ["ova", vm, file, host, storage_domain] => {
            from_ova(&connection, vm, file, host, storage_domain, POLL_INTERVAL).await
        }
        ["template-ova", template, file, host, storage_domain] => {
            template_from_ova(&connection, template, file, host, storage_domain, POLL_INTERVAL).await
        }
        ["vmware", vm, url, storage_domain] => {
            let variable = |name| std::env::var(name).unwrap_or_else(|_| usage());
            let source = ExternalVmImport::new()
                .url(*url)
                .username(variable("VMWARE_USERNAME"))
                .password(variable("VMWARE_PASSWORD"));
            from_vmware(&connection, vm, source, storage_domain, POLL_INTERVAL).await
        }
        ["register", vm, storage_domain] => register(&connection, vm, storage_domain).await,
        ["ovf", vm, file] => match std::fs::read_to_string(file) {
            Ok(ovf) => from_ovf(&connection, vm, &ovf).await,
            Err(error) => Err(Error::custom(format!("can't read {file}: {error}"))),
        },
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_import export-domain VM EXPORT_DOMAIN STORAGE_DOMAIN
       vm_import ova VM FILE HOST STORAGE_DOMAIN
       vm_import template-ova TEMPLATE FILE HOST STORAGE_DOMAIN
       VMWARE_USERNAME=… VMWARE_PASSWORD=… vm_import vmware VM URL STORAGE_DOMAIN
       vm_import register VM STORAGE_DOMAIN
       vm_import ovf VM FILE"
    );
    std::process::exit(2)
}

/// Imports a virtual machine from an export domain.
pub async fn from_export_domain(
    connection: &Connection,
    name: &str,
    export_domain: &str,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let export_domain = domains.find(export_domain).await?;
    let exported_vms = domains.storage_domain(export_domain.try_id()?).vms();
    let vm = exported_vms.find(name).await?;
    let request = exported_vms.vm(vm.try_id()?).import().cluster(Cluster::with_name("Default"));
    request.storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    // The imported VM keeps its ID.
    connection.system().vms().vm(vm.try_id()?).wait_until_down().interval(interval).await?;
    println!("imported VM {name}");
    Ok(())
}

/// Imports a virtual machine from an OVA file on a host.
pub async fn from_ova(
    connection: &Connection,
    name: &str,
    file: &str,
    host: &str,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let import = ExternalVmImport::new()
        .name(name)
        .vm(Vm::new().name(name))
        .provider(ExternalVmProviderType::Kvm)
        .url(format!("ova://{file}"))
        .host(Host::with_name(host))
        .cluster(Cluster::with_name("Default"))
        .storage_domain(StorageDomain::with_name(storage_domain))
        .sparse(true);
    import_external_vm(connection, name, import, interval).await
}

/// Imports a virtual machine from VMware vCenter. `source` contains the URL, user name and password.
pub async fn from_vmware(
    connection: &Connection,
    name: &str,
    source: ExternalVmImport,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let import = source
        .name(name)
        .vm(Vm::new().name(name))
        .provider(ExternalVmProviderType::Vmware)
        .cluster(Cluster::with_name("Default"))
        .storage_domain(StorageDomain::with_name(storage_domain))
        .sparse(true);
    import_external_vm(connection, name, import, interval).await
}

async fn import_external_vm(
    connection: &Connection,
    name: &str,
    import: ExternalVmImport,
    interval: Duration,
) -> Result<(), Error> {
    let import = connection.system().external_vm_imports().add(import).send().await?;
    let vm = import.try_vm()?;
    println!("converting VM {name}");
    connection.system().vms().vm(vm.try_id()?).wait_until_down().interval(interval).await?;
    println!("imported VM {name}");
    Ok(())
}

/// Imports a template from an OVA file on a host.
pub async fn template_from_ova(
    connection: &Connection,
    name: &str,
    file: &str,
    host: &str,
    storage_domain: &str,
    interval: Duration,
) -> Result<(), Error> {
    let import = ExternalTemplateImport::new()
        .template(Template::new().name(name))
        .url(format!("ova://{file}"))
        .host(Host::with_name(host))
        .cluster(Cluster::with_name("Default"))
        .storage_domain(StorageDomain::with_name(storage_domain));
    let system = connection.system();
    let import = system.external_template_imports().add(import).send().await?;
    let template = system.templates().template(import.try_template()?.try_id()?);
    template.wait_until_ok().interval(interval).await?;
    println!("imported template {name}");
    Ok(())
}

/// Registers a virtual machine found on an imported data domain. Its disks stay where they are.
pub async fn register(connection: &Connection, name: &str, storage_domain: &str) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let domain = domains.find(storage_domain).await?;
    let domain_vms = domains.storage_domain(domain.try_id()?).vms();
    for vm in domain_vms.list().unregistered(true).send().await? {
        if vm.name.as_deref() == Some(name) {
            let request = domain_vms.vm(vm.try_id()?).register().cluster(Cluster::with_name("Default"));
            request.allow_partial_import(true).send().await?;
            println!("registered VM {name}");
            return Ok(());
        }
    }
    Err(Error::custom(format!("storage domain {} has no unregistered VM {name}", domain.try_name()?)))
}

/// Creates a virtual machine from OVF, as printed by `vm_export ovf` or found in an OVA file. Its disks must exist.
pub async fn from_ovf(connection: &Connection, name: &str, ovf: &str) -> Result<(), Error> {
    let configuration = Configuration::new().type_(ConfigurationType::Ovf).data(ovf);
    let vm = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .initialization(Initialization::new().configuration(configuration));
    let vm = connection.system().vms().add(vm).send().await?;
    println!("created VM {}", vm.try_name()?);
    Ok(())
}
