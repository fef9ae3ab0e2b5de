//! Exports and imports.

use std::time::Duration;

use ovirt_sdk::types::ExternalVmImport;

use super::{find_vm, start_engine, start_engine_with_vm};
use crate::{templates, vm_create, vm_export, vm_import};

#[tokio::test]
async fn export_and_import_again() {
    let (engine, connection) = start_engine_with_vm().await;
    templates::add(&connection, "web", "web1").await.unwrap();
    vm_export::vm_to_ova(&connection, "web1", "host1", "/var/tmp").await.unwrap();
    vm_export::template_to_ova(&connection, "web", "host1", "/var/tmp").await.unwrap();
    vm_export::vm_to_export_domain(&connection, "web1", "export").await.unwrap();
    vm_export::template_to_export_domain(&connection, "web", "export").await.unwrap();
    vm_export::vm_to_ovf(&connection, "web1").await.unwrap();
    let vm = find_vm(&connection, "web1").await.get().all_content(true).send().await.unwrap();
    let ovf = vm.initialization.unwrap().configuration.unwrap().data.unwrap();
    vm_create::remove(&connection, "web1").await.unwrap();
    // The engine removes the disks after the virtual machine.
    engine.advance(Duration::from_secs(60));
    vm_import::from_export_domain(&connection, "web1", "export", "data").await.unwrap();
    vm_create::remove(&connection, "web1").await.unwrap();
    engine.advance(Duration::from_secs(60));
    vm_import::from_ovf(&connection, "web1", &ovf).await.unwrap();
    let error = vm_import::register(&connection, "web2", "data").await.unwrap_err();
    assert!(error.to_string().contains("storage domain data has no unregistered VM web2"), "{error}");
}

#[tokio::test]
async fn import_from_ova_and_vmware() {
    let (_engine, connection) = start_engine().await;
    vm_import::from_ova(&connection, "web1", "/var/tmp/web1.ova", "host1", "data").await.unwrap();
    vm_import::template_from_ova(&connection, "web", "/var/tmp/web.ova", "host1", "data").await.unwrap();
    let source = ExternalVmImport::new().url("vpx://vcenter.example.com").username("u").password("p");
    vm_import::from_vmware(&connection, "old1", source, "data").await.unwrap();
}
