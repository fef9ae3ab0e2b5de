//! Export domains, and what comes from elsewhere.

use ovirt_sdk::types::{Cluster, ExternalVmImport, ExternalVmProviderType, Host, StorageDomain, Vm, VmStatus};

use super::{conflict, disks, engine, invalid, machine, minute, status};

#[tokio::test]
async fn a_machine_goes_to_an_export_domain_and_comes_back() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    let to = |name: &str| StorageDomain::with_name(name);
    invalid(
        vm.export().storage_domain(to("data")).send().await,
        "The specified domain 'data' is not an export domain.",
    );
    vm.export().storage_domain(to("export")).send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::ImageLocked);
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
    conflict(vm.export().storage_domain(to("export")).send().await, "VM with the same identifier already exists");

    let domains = connection.system().storage_domains();
    let found = domains.list().search("name=export").send().await.unwrap();
    let kept = domains.storage_domain(found[0].try_id().unwrap()).vms();
    let list = kept.list().send().await.unwrap();
    assert_eq!(list.iter().map(|vm| vm.name.as_deref()).collect::<Vec<_>>(), [Some("web1")]);
    assert!(list[0].href.as_deref().unwrap().contains("/storagedomains/"));
    let exported = kept.vm(list[0].try_id().unwrap());
    assert_eq!(exported.disk_attachments().list().send().await.unwrap().len(), 2);
    let copies = exported.disks().list().send().await.unwrap();
    assert_eq!(copies.len(), 2);
    let copy = exported.disks().disk(copies[0].try_id().unwrap()).get().send().await.unwrap();
    assert_eq!((copy.name, copy.provisioned_size), (copies[0].name.clone(), copies[0].provisioned_size));
    let import = || exported.import().cluster(Cluster::with_name("Default")).storage_domain(to("data"));
    conflict(import().send().await, "VM ID already exists in the system");
    conflict(import().clone_(true).vm(Vm::new().name("web1")).send().await, "VM Name already exists");

    vm.remove().send().await.unwrap();
    minute(&engine);
    import().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::ImageLocked, "it has the identifier that it had");
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
    assert_eq!(disks(&connection, &vm).await.len(), 2);
    assert_eq!(vm.nics().list().send().await.unwrap().len(), 1);
    import().clone_(true).vm(Vm::new().name("web2")).send().await.unwrap();
    minute(&engine);
    assert_eq!(connection.system().vms().list().send().await.unwrap().len(), 2);
    exported.remove().send().await.unwrap();
    assert_eq!(kept.list().send().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_file_on_a_host_takes_a_while() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    vm.export().host(Host::with_name("host1")).directory("/tmp").filename("web1.ova").send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::ImageLocked);
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
}

#[tokio::test]
async fn a_machine_of_another_hypervisor_is_converted() {
    let (engine, connection) = engine().await;
    let import = ExternalVmImport::new().name("esx1").provider(ExternalVmProviderType::Vmware);
    let import = import.cluster(Cluster::with_name("Default")).storage_domain(StorageDomain::with_name("data"));
    let import = import.vm(Vm::new().name("old1")).url("vpx://admin@vcenter.example.com/dc/host?no_verify=1");
    connection.system().external_vm_imports().add(import).send().await.unwrap();
    let vms = connection.system().vms();
    let found = vms.list().search("name=old1").send().await.unwrap();
    assert_eq!(found[0].status, Some(VmStatus::ImageLocked));
    let vm = vms.vm(found[0].try_id().unwrap());
    minute(&engine);
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
    assert_eq!(disks(&connection, &vm).await.len(), 1);
}
