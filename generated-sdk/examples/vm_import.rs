//! Imports virtual machines and templates: from an export domain, OVA files, VMware, a data domain, or OVF.
//!
//! ```sh
//! cargo run --example vm_import -- export-domain web1 export data
//! cargo run --example vm_import -- ova web1 /var/tmp/web1.ova host1 data
//! cargo run --example vm_import -- template-ova web-template /var/tmp/web-template.ova host1 data
//! VMWARE_USERNAME=… VMWARE_PASSWORD=… cargo run --example vm_import -- vmware old1 \
//!     'vpx://vcenter.example.com/Datacenter/Cluster/esx.example.com?no_verify=1' data
//! cargo run --example vm_import -- register web1 data
//! cargo run --example vm_import -- ovf web1 web1.ovf
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{
    Cluster, Configuration, ConfigurationType, ExternalTemplateImport, ExternalVmImport, ExternalVmProviderType, Host,
    Initialization, StorageDomain, Template, Vm,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["export-domain", vm, export_domain, storage_domain] => {
            from_export_domain(connection, vm, export_domain, storage_domain).await
        }
        ["ova", vm, file, host, storage_domain] => from_ova(connection, vm, file, host, storage_domain).await,
        ["template-ova", template, file, host, storage_domain] => {
            template_from_ova(connection, template, file, host, storage_domain).await
        }
        ["vmware", vm, url, storage_domain] => {
            let variable = |name| std::env::var(name).map_err(Error::custom);
            let source = ExternalVmImport::new().url(*url).username(variable("VMWARE_USERNAME")?);
            from_vmware(connection, vm, source.password(variable("VMWARE_PASSWORD")?), storage_domain).await
        }
        ["register", vm, storage_domain] => register(connection, vm, storage_domain).await,
        ["ovf", vm, file] => from_ovf(connection, vm, &std::fs::read_to_string(file).map_err(Error::custom)?).await,
        _ => common::usage(include_str!("vm_import.rs")),
    })
}

/// Imports a virtual machine from an export domain.
pub async fn from_export_domain(
    connection: &Connection,
    name: &str,
    export_domain: &str,
    storage_domain: &str,
) -> Result<(), Error> {
    let exported_vms = connection.system().storage_domains().find_service(export_domain).await?.vms();
    let vm = exported_vms.find(name).await?;
    let import = exported_vms.vm(&vm).import().cluster(Cluster::with_name("Default"));
    import.storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    // The imported VM keeps its ID.
    connection.system().vms().vm(&vm).wait_until_down().await?;
    Ok(())
}

/// Imports a virtual machine from an OVA file on a host.
pub async fn from_ova(
    connection: &Connection,
    name: &str,
    file: &str,
    host: &str,
    storage_domain: &str,
) -> Result<(), Error> {
    let import = ExternalVmImport::new().url(format!("ova://{file}")).host(Host::with_name(host));
    import_external_vm(connection, name, import.provider(ExternalVmProviderType::Kvm), storage_domain).await
}

/// Imports a virtual machine from VMware vCenter. `source` contains the URL, user name and password.
pub async fn from_vmware(
    connection: &Connection,
    name: &str,
    source: ExternalVmImport,
    storage_domain: &str,
) -> Result<(), Error> {
    import_external_vm(connection, name, source.provider(ExternalVmProviderType::Vmware), storage_domain).await
}

async fn import_external_vm(
    connection: &Connection,
    name: &str,
    import: ExternalVmImport,
    storage_domain: &str,
) -> Result<(), Error> {
    let import = import.name(name).vm(Vm::new().name(name)).cluster(Cluster::with_name("Default")).sparse(true);
    let import = import.storage_domain(StorageDomain::with_name(storage_domain));
    let import = connection.system().external_vm_imports().add(import).send().await?;
    connection.system().vms().vm(&import.vm).wait_until_down().await?;
    Ok(())
}

/// Imports a template from an OVA file on a host.
pub async fn template_from_ova(
    connection: &Connection,
    name: &str,
    file: &str,
    host: &str,
    storage_domain: &str,
) -> Result<(), Error> {
    let import = ExternalTemplateImport::new().template(Template::new().name(name)).url(format!("ova://{file}"));
    let import = import.host(Host::with_name(host)).cluster(Cluster::with_name("Default"));
    let import = import.storage_domain(StorageDomain::with_name(storage_domain));
    let import = connection.system().external_template_imports().add(import).send().await?;
    connection.system().templates().template(&import.template).wait_until_ok().await?;
    Ok(())
}

/// Registers a virtual machine found on an imported data domain. Its disks stay where they are.
pub async fn register(connection: &Connection, name: &str, storage_domain: &str) -> Result<(), Error> {
    let vms = connection.system().storage_domains().find_service(storage_domain).await?.vms();
    let unregistered = vms.list().unregistered(true).send().await?;
    let Some(vm) = unregistered.iter().find(|vm| vm.name.as_deref() == Some(name)) else {
        return Err(Error::custom(format!("storage domain {storage_domain} has no unregistered VM {name}")));
    };
    let register = vms.vm(vm).register().cluster(Cluster::with_name("Default"));
    register.allow_partial_import(true).send().await?;
    Ok(())
}

/// Creates a virtual machine from OVF, as printed by `vm_export ovf` or found in an OVA file. Its disks must exist.
pub async fn from_ovf(connection: &Connection, name: &str, ovf: &str) -> Result<(), Error> {
    let configuration = Configuration::new().type_(ConfigurationType::Ovf).data(ovf);
    let initialization = Initialization::new().configuration(configuration);
    let vm = Vm::new().name(name).cluster(Cluster::with_name("Default")).initialization(initialization);
    println!("created VM {}", connection.create(vm).await?.try_id()?);
    Ok(())
}
