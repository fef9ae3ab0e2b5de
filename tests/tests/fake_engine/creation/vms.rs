//! Virtual machines out of templates, snapshots, descriptions and other machines.

use ovirt_sdk::types::{
    Cluster, Configuration, ConfigurationType, Disk, DiskAttachment, DiskFormat, DiskStatus, Initialization,
    InstanceType, MemoryPolicy, SnapshotType, StorageDomain, Template, Vm, VmStatus,
};

use super::{GIB, conflict, disks, engine, machine, minute, refusal, status, template, wanted};

#[tokio::test]
async fn a_machine_of_the_blank_template_is_down_at_once_and_has_what_every_one_has() {
    let (_engine, connection) = engine().await;
    let vms = connection.system().vms();
    let made = vms.add(wanted("web1", "Blank").memory(2 * GIB)).send().await.unwrap();
    assert_eq!(made.status, Some(VmStatus::Down));
    assert_eq!(made.memory_policy.as_ref().unwrap().max, Some(8 * GIB));
    let vm = vms.vm(made.try_id().unwrap());
    let snapshots = vm.snapshots().list().send().await.unwrap();
    assert_eq!(
        snapshots.iter().map(|it| it.snapshot_type.clone().unwrap()).collect::<Vec<_>>(),
        [SnapshotType::Active]
    );
    assert_eq!(vm.cdroms().list().send().await.unwrap().len(), 1);
    assert_eq!(vm.graphics_consoles().list().send().await.unwrap().len(), 1);

    conflict(vms.add(wanted("web1", "Blank")).send().await, "The VM name is already in use");
    let (code, detail) = refusal(vms.add(Vm::new().name("web2")).send().await);
    assert_eq!((code, detail.as_str()), (400, "Vm [cluster.id|name] required for add"));
    let no_template = Vm::new().name("web2").cluster(Cluster::with_name("Default"));
    assert_eq!(refusal(vms.add(no_template).send().await).1, "Vm [template.id|name] required for add");
    let too_much = wanted("web2", "Blank").memory(GIB).memory_policy(MemoryPolicy::new().guaranteed(2 * GIB));
    let (code, detail) = refusal(vms.add(too_much).send().await);
    assert_eq!(
        (code, detail.as_str()),
        (400, "[Cannot add VM. Physical Memory Guaranteed cannot exceed Memory Size.]")
    );
    assert_eq!(refusal(vms.add(wanted("no good", "Blank")).send().await).0, 400);
    assert_eq!(vms.list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_instance_type_says_how_large_a_machine_is() {
    let (_engine, connection) = engine().await;
    let vms = connection.system().vms();
    let large = wanted("db1", "Blank").instance_type(InstanceType::with_name("Large"));
    let made = vms.add(large.clone()).send().await.unwrap();
    assert_eq!(made.memory, Some(8 * GIB));
    assert_eq!(made.cpu.unwrap().topology.unwrap().sockets, Some(2));
    assert!(made.instance_type.unwrap().id.is_some());
    let other = vms.add(large.name("db2").memory(GIB)).send().await.unwrap();
    assert_eq!(other.memory, Some(GIB));
}

#[tokio::test]
async fn a_machine_of_a_template_is_locked_until_its_disks_are_there() {
    let (engine, connection) = engine().await;
    let made_of = template(&engine, &connection, "base").await;
    let vms = connection.system().vms();
    let made = vms.add(wanted("web1", "base")).send().await.unwrap();
    let vm = vms.vm(made.try_id().unwrap());
    assert_eq!(made.status, Some(VmStatus::ImageLocked));
    assert_eq!(made.template.as_ref().unwrap().id, made_of.id);
    conflict(vm.start().send().await, "VM is locked");
    assert!(disks(&connection, &vm).await.iter().all(|disk| disk.status == Some(DiskStatus::Locked)));
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
    let copies = disks(&connection, &vm).await;
    assert_eq!(copies.len(), 2);
    assert!(copies.iter().all(|disk| disk.status == Some(DiskStatus::Ok)));
    let nics = vm.nics().list().send().await.unwrap();
    assert!(nics.len() == 1 && nics[0].mac.is_some());
    vm.start().send().await.unwrap();

    let removed = connection.system().templates().template(made_of.try_id().unwrap()).remove().send().await;
    conflict(removed, "Template is being used by the following VMs: web1.");
}

#[tokio::test]
async fn a_clone_belongs_to_no_template_and_its_disks_are_as_they_are_wanted() {
    let (engine, connection) = engine().await;
    let made_of = template(&engine, &connection, "base").await;
    let of_template = connection.system().templates().template(made_of.try_id().unwrap());
    let attached = of_template.disk_attachments().list().send().await.unwrap();
    let first = attached[0].disk.as_ref().unwrap().try_id().unwrap().to_owned();
    let raw = Disk::with_id(first).format(DiskFormat::Raw).sparse(false).name("root");
    let raw = DiskAttachment::new().disk(raw.storage_domains(vec![StorageDomain::with_name("data")]));
    let vms = connection.system().vms();
    let made = vms.add(wanted("web1", "base").disk_attachments(vec![raw])).clone_(true).send().await.unwrap();
    minute(&engine);
    let vm = vms.vm(made.try_id().unwrap());
    let found = vm.get().send().await.unwrap();
    assert_eq!(found.template.unwrap().id.as_deref(), Some("00000000-0000-0000-0000-000000000000"));
    assert_eq!(found.original_template.unwrap().id, made_of.id);
    let copies = disks(&connection, &vm).await;
    assert!(copies.iter().any(|disk| disk.name.as_deref() == Some("root") && disk.format == Some(DiskFormat::Raw)));

    let stranger = Disk::with_id("11111111-2222-3333-4444-555555555555");
    let strange = wanted("web2", "base").disk_attachments(vec![DiskAttachment::new().disk(stranger)]);
    assert_eq!(refusal(vms.add(strange).send().await).0, 404);
    of_template.remove().send().await.unwrap();
}

#[tokio::test]
async fn a_machine_can_be_cloned_and_made_of_a_snapshot() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    vm.clone_().vm(Vm::new().name("web2")).send().await.unwrap();
    conflict(vm.start().send().await, "Cannot run VM. VM is being cloned.");
    minute(&engine);
    assert_eq!(status(&vm).await, VmStatus::Down);
    let vms = connection.system().vms();
    let found = vms.list().search("name=web2").send().await.unwrap();
    let copy = vms.vm(found[0].try_id().unwrap());
    assert_eq!(status(&copy).await, VmStatus::Down);
    assert_eq!(disks(&connection, &copy).await.len(), 2);
    let mac = |nics: &[ovirt_sdk::types::Nic]| nics[0].mac.clone().unwrap().address.unwrap();
    let (old, new) = (vm.nics().list().send().await.unwrap(), copy.nics().list().send().await.unwrap());
    assert_ne!(mac(&old), mac(&new));
    conflict(vm.clone_().vm(Vm::new().name("web2")).send().await, "The VM name is already in use");

    let taken = vm.snapshots().add(ovirt_sdk::types::Snapshot::new().description("before")).send().await.unwrap();
    minute(&engine);
    let of_snapshot = Vm::new().name("web3").cluster(Cluster::with_name("Default"));
    let made = vms.add(of_snapshot.snapshots(vec![taken])).send().await.unwrap();
    assert_eq!(made.status, Some(VmStatus::ImageLocked));
    minute(&engine);
    let third = vms.vm(made.try_id().unwrap());
    assert_eq!(status(&third).await, VmStatus::Down);
    assert_eq!(disks(&connection, &third).await.len(), 2);
    assert_eq!(third.nics().list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_machine_can_be_described() {
    let (_engine, connection) = engine().await;
    let text = "<ovf:Envelope xmlns:ovf=\"o\" xmlns:rasd=\"r\"><Content ovf:id=\"out\"><Name>old1</Name>\
                <Item><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>\
                </Content></ovf:Envelope>";
    let configuration = Configuration::new().type_(ConfigurationType::Ovf).data(text);
    let described = Vm::new().cluster(Cluster::with_name("Default"));
    let described = described.initialization(Initialization::new().configuration(configuration));
    let vms = connection.system().vms();
    let made = vms.add(described.clone()).send().await.unwrap();
    assert_eq!(made.name.as_deref(), Some("old1"));
    assert_eq!(made.memory, Some(512 << 20));
    conflict(vms.add(described.clone()).send().await, "already in use");
    assert_eq!(vms.add(described.name("new1")).send().await.unwrap().name.as_deref(), Some("new1"));
}

#[tokio::test]
async fn the_newest_version_of_a_template_can_be_asked_for() {
    let (engine, connection) = engine().await;
    let base = template(&engine, &connection, "base").await;
    let version = ovirt_sdk::types::TemplateVersion::new().version_name("second");
    let version = version.base_template(Template::with_id(base.try_id().unwrap()));
    let second = Template::new().name("ignored").vm(Vm::with_name("base-source")).version(version);
    let second = connection.system().templates().add(second).send().await.unwrap();
    minute(&engine);
    let newest = wanted("web1", "base").template(Template::with_id(base.try_id().unwrap()));
    let newest = newest.use_latest_template_version(true);
    let made = connection.system().vms().add(newest).send().await.unwrap();
    assert_eq!(made.template.unwrap().id, second.id);
}
