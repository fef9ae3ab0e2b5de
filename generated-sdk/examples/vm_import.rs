//! Brings virtual machines and templates into the engine: from an export domain, from OVA files, from VMware, from a data
//! domain that another engine has left, and from an OVF text.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_import -- domain web1 export data
//! cargo run --example vm_import -- ova web1 /var/tmp/web1.ova host1 data
//! cargo run --example vm_import -- template-ova web-template /var/tmp/web-template.ova host1 data
//! VMWARE_USERNAME=… VMWARE_PASSWORD=… cargo run --example vm_import -- vmware old1 \
//!     'vpx://vcenter.example.com/Datacenter/Cluster/esx.example.com?no_verify=1' data
//! cargo run --example vm_import -- register web1 data
//! cargo run --example vm_import -- configuration web1 web1.ovf
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Cluster, Configuration, ConfigurationType, ExternalTemplateImport, ExternalVmImport, ExternalVmProviderType, Host,
    Initialization, StorageDomain, Template, TemplateStatus, Vm, VmStatus,
};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("domain"), word("example"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "domain" => from_domain(&connection, &name, &word("export"), &word("data"), PAUSE).await,
        "ova" => {
            let (file, host, storage) = (word("/var/tmp/example.ova"), word("host1"), word("data"));
            from_ova(&connection, &name, &file, &host, &storage, PAUSE).await
        }
        "template-ova" => {
            let (file, host, storage) = (word("/var/tmp/example.ova"), word("host1"), word("data"));
            template_from_ova(&connection, &name, &file, &host, &storage, PAUSE).await
        }
        "vmware" => {
            let variable = |name| std::env::var(name).unwrap_or_default();
            let from = ExternalVmImport::new()
                .url(word("vpx://vcenter.example.com"))
                .username(variable("VMWARE_USERNAME"))
                .password(variable("VMWARE_PASSWORD"));
            from_vmware(&connection, &name, from, &word("data"), PAUSE).await
        }
        "register" => register(&connection, &name, &word("data")).await,
        "configuration" => {
            let file = word("example.ovf");
            match std::fs::read_to_string(&file) {
                Ok(text) => from_configuration(&connection, &name, &text).await,
                Err(error) => Err(Error::custom(format!("{file} can't be read: {error}"))),
            }
        }
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Copies a machine from an export domain.
pub async fn from_domain(
    connection: &Connection,
    name: &str,
    export: &str,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let export = domains.find(export).await?;
    let exported = domains.storage_domain(export.try_id()?).vms();
    let vm = exported.find(name).await?;
    let request = exported.vm(vm.try_id()?).import().cluster(Cluster::with_name("Default"));
    request.storage_domain(StorageDomain::with_name(storage)).send().await?;
    // It keeps its identifier.
    wait_until_down(&connection.system().vms().vm(vm.try_id()?), pause).await?;
    println!("{name} is there");
    Ok(())
}

/// From an OVA file on a host.
pub async fn from_ova(
    connection: &Connection,
    name: &str,
    file: &str,
    host: &str,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let wanted = ExternalVmImport::new()
        .name(name)
        .vm(Vm::new().name(name))
        .provider(ExternalVmProviderType::Kvm)
        .url(format!("ova://{file}"))
        .host(Host::with_name(host))
        .cluster(Cluster::with_name("Default"))
        .storage_domain(StorageDomain::with_name(storage))
        .sparse(true);
    import(connection, name, wanted, pause).await
}

/// From a vCenter, through a host that can reach it. The address, the user and the password come with `from`.
pub async fn from_vmware(
    connection: &Connection,
    name: &str,
    from: ExternalVmImport,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let wanted = from
        .name(name)
        .vm(Vm::new().name(name))
        .provider(ExternalVmProviderType::Vmware)
        .cluster(Cluster::with_name("Default"))
        .storage_domain(StorageDomain::with_name(storage))
        .sparse(true);
    import(connection, name, wanted, pause).await
}

async fn import(connection: &Connection, name: &str, wanted: ExternalVmImport, pause: Duration) -> Result<(), Error> {
    let begun = connection.system().external_vm_imports().add(wanted).send().await?;
    let vm = begun.try_vm()?;
    println!("{name} is being converted");
    wait_until_down(&connection.system().vms().vm(vm.try_id()?), pause).await?;
    println!("{name} is there");
    Ok(())
}

pub async fn template_from_ova(
    connection: &Connection,
    name: &str,
    file: &str,
    host: &str,
    storage: &str,
    pause: Duration,
) -> Result<(), Error> {
    let wanted = ExternalTemplateImport::new()
        .template(Template::new().name(name))
        .url(format!("ova://{file}"))
        .host(Host::with_name(host))
        .cluster(Cluster::with_name("Default"))
        .storage_domain(StorageDomain::with_name(storage));
    let system = connection.system();
    let begun = system.external_template_imports().add(wanted).send().await?;
    let template = system.templates().template(begun.try_template()?.try_id()?);
    while *template.get().send().await?.try_status()? == TemplateStatus::Locked {
        tokio::time::sleep(pause).await;
    }
    println!("{name} is there");
    Ok(())
}

/// Makes a machine of an imported data domain known; nothing is copied.
pub async fn register(connection: &Connection, name: &str, storage: &str) -> Result<(), Error> {
    let domains = connection.system().storage_domains();
    let storage = domains.find(storage).await?;
    let service = domains.storage_domain(storage.try_id()?).vms();
    for vm in service.list().unregistered(true).send().await? {
        if vm.name.as_deref() == Some(name) {
            let request = service.vm(vm.try_id()?).register().cluster(Cluster::with_name("Default"));
            request.allow_partial_import(true).send().await?;
            println!("{name} is registered");
            return Ok(());
        }
    }
    Err(Error::custom(format!("{} has no unregistered {name}", storage.try_name()?)))
}

/// Makes a machine as an OVF text says, which `vm_export ovf` and the description in an OVA file are. Disks that it names
/// have to be there.
pub async fn from_configuration(connection: &Connection, name: &str, text: &str) -> Result<(), Error> {
    let configuration = Configuration::new().type_(ConfigurationType::Ovf).data(text);
    let wanted = Vm::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .initialization(Initialization::new().configuration(configuration));
    let vm = connection.system().vms().add(wanted).send().await?;
    println!("{} is there again", vm.try_name()?);
    Ok(())
}

async fn wait_until_down(vm: &VmService, pause: Duration) -> Result<(), Error> {
    while *vm.get().send().await?.try_status()? != VmStatus::Down {
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
