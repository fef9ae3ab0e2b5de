//! Services, parents and names of objects; copies for other engines.

use ovirt_sdk::object;
use ovirt_sdk::service::Service;
use ovirt_sdk::services::{NetworkService, VmNicService, VmService};
use ovirt_sdk::types::{
    Bios, BiosType, BootMenu, Cluster, Disk, DiskAttachment, Group, Host, Icon, Initialization, List, Nic, Permission,
    PermissionAssignee, PermissionTarget, StorageDomain, Vm, VmPlacementPolicy, VmStatus,
};
use ovirt_sdk::xml;

use crate::start_server;
use crate::support::Reply;

#[tokio::test]
async fn objects_have_services_parents_and_names() {
    let (server, connection) = start_server(|request| match request.path.trim_start_matches("/ovirt-engine/api/") {
        "vms/a%20b" => Reply::xml(200, "<vm id='a b'><name>web1</name></vm>"),
        "vms/a%20b/nics/2" => Reply::xml(200, "<nic id='2'><name>nic1</name></nic>"),
        "vms/a%20b/snapshots/3" => Reply::xml(200, "<snapshot id='3'><description>before</description></snapshot>"),
        _ => Reply::empty(404),
    })
    .await;
    let nic: Nic = xml::from_str("<nic href='/ovirt-engine/api/vms/a%20b/nics/2' id='2'/>").unwrap();
    let nic = connection.identify(&nic).unwrap();
    assert_eq!((nic.path(), nic.service_info().name), ("vms/a%20b/nics/2", VmNicService::info().name));
    assert!(nic.service::<VmNicService>().is_ok());
    let error = nic.service::<VmService>().unwrap_err().to_string();
    assert_eq!(error, "the request was not sent: `vms/a%20b/nics/2` leads to the service `vm_nic`, not to `vm`");
    assert_eq!(nic.name().await.unwrap(), "vm web1 / nic nic1");
    let vm = nic.parent().unwrap();
    assert_eq!(vm.name().await.unwrap(), "vm web1");
    assert!(vm.service::<VmService>().is_ok() && vm.parent().is_none());
    // And back.
    let vm: Vm = vm.reference();
    assert_eq!(vm.id.as_deref(), Some("a b"));
    assert_eq!(connection.identify(&vm).unwrap().path(), "vms/a%20b");
    let snapshot = connection.identity("vms/a%20b/snapshots/3").unwrap();
    assert_eq!(snapshot.name().await.unwrap(), "vm web1 / snapshot before");
    // An object that no longer exists has only its ID.
    assert_eq!(connection.identity("vms/a%20b/nics/9").unwrap().name().await.unwrap(), "vm web1 / 9");
    let count = server.asked().len();
    for path in ["vms", "vms/1/nics", "nonsense/1", "", "https://other.example/ovirt-engine/api/vms/1"] {
        assert!(connection.identity(path).is_err(), "{path}");
    }
    assert!(connection.identify(&Vm::with_id("1")).unwrap_err().to_string().contains("no link"));
    assert!(connection.identity("networks/1").unwrap().service::<NetworkService>().is_ok());
    assert_eq!(server.asked().len(), count);
}

#[tokio::test]
async fn permissions_have_a_target_and_an_assignee() {
    let (_server, connection) = start_server(|request| match request.path.trim_start_matches("/ovirt-engine/api/") {
        "vms/1" => Reply::xml(200, "<vm id='1'><name>web1</name></vm>"),
        _ => Reply::empty(404),
    })
    .await;
    let permission: Permission = xml::from_str(
        "<permission id='p'><role id='r'/><user id='u'/><vm href='/ovirt-engine/api/vms/1' id='1'/></permission>",
    )
    .unwrap();
    assert!(matches!(permission.assignee(), Some(PermissionAssignee::User(user)) if user.id.as_deref() == Some("u")));
    let Some(target @ PermissionTarget::Vm(vm)) = permission.target() else { panic!("{:?}", permission.target()) };
    assert_eq!(vm.id.as_deref(), Some("1"));
    assert_eq!(connection.identify(target.object()).unwrap().name().await.unwrap(), "vm web1");
    let of_group = Permission::new().group(Group::with_id("g")).disk(Disk::with_id("d"));
    assert!(matches!(of_group.assignee(), Some(PermissionAssignee::Group(_))));
    assert_eq!(of_group.target().map(|target| target.object().info().name), Some("disk"));
    assert_eq!(Permission::new().role(ovirt_sdk::types::Role::with_id("r")).target(), None);
}

#[test]
fn copies_have_only_what_can_be_sent() {
    let mut nics: List<Nic> = [Nic::with_name("nic1")].into();
    nics.set_href(Some("/ovirt-engine/api/vms/1/nics"));
    let vm = Vm::with_id("1")
        .href("/ovirt-engine/api/vms/1")
        .name("web1")
        .status(VmStatus::Up)
        .nics(nics)
        .host(Host::with_id("h"))
        .memory(1 << 30)
        .cluster(Cluster::with_id("c").name("Default").description("x"))
        .quota(ovirt_sdk::types::Quota::with_id("q").href("/q"))
        .bios(Bios::new().type_(BiosType::Q35Ovmf).boot_menu(BootMenu::new().enabled(true)))
        .initialization(Initialization::new().host_name("web1").root_password("******"))
        .large_icon(Icon::with_id("i").href("/ovirt-engine/api/icons/i"))
        .placement_policy(VmPlacementPolicy::new().hosts([Host::with_id("h").href("/h").name("host1")]));
    let expected = Vm::new()
        .name("web1")
        .memory(1 << 30)
        .cluster(Cluster::with_name("Default"))
        .quota(ovirt_sdk::types::Quota::with_id("q"))
        .bios(Bios::new().type_(BiosType::Q35Ovmf).boot_menu(BootMenu::new().enabled(true)))
        .initialization(Initialization::new().host_name("web1"))
        .large_icon(Icon::with_id("i"))
        .placement_policy(VmPlacementPolicy::new().hosts([Host::with_name("host1")]));
    assert_eq!(object::writable(&vm), expected);
    // A new disk is no reference.
    let disk = Disk::new().provisioned_size(1).actual_size(2).storage_domains([StorageDomain::with_id("s")]);
    let attachment = DiskAttachment::with_id("1").bootable(true).disk(disk);
    let disk = Disk::new().provisioned_size(1).storage_domains([StorageDomain::with_id("s")]);
    assert_eq!(object::writable(&attachment), DiskAttachment::new().bootable(true).disk(disk));
    // The ID of a VLAN is its number.
    let network: ovirt_sdk::types::Network =
        xml::from_str("<network id='1'><name>n</name><vlan id='7'/></network>").unwrap();
    assert_eq!(object::writable(&network).vlan.unwrap().id, Some(7));
}

#[tokio::test]
async fn references_get_names() {
    let (server, connection) = start_server(|request| match request.path.trim_start_matches("/ovirt-engine/api/") {
        "clusters/5" => Reply::xml(200, "<cluster id='5'><name>Default</name><description>x</description></cluster>"),
        "hosts/7" => Reply::xml(200, "<host id='7'><name>host1</name></host>"),
        _ => Reply::empty(404),
    })
    .await;
    let vm: Vm = xml::from_str(
        "<vm id='1'><cluster href='/ovirt-engine/api/clusters/5' id='5'/><host href='/ovirt-engine/api/hosts/8' id='8'/>\
         <placement_policy><hosts><host href='/ovirt-engine/api/hosts/7' id='7'/><host id='9'/></hosts></placement_policy>\
         <template href='/ovirt-engine/api/templates/gone' id='gone'/></vm>",
    )
    .unwrap();
    let both = connection.all_with_names([vm.clone(), vm.clone()]).await.unwrap();
    assert_eq!(server.asked().len(), 3, "each object is read once");
    let vm = connection.with_names(vm).await.unwrap();
    assert_eq!(both, [vm.clone(), vm.clone()]);
    let cluster = vm.cluster.unwrap();
    assert_eq!(
        (cluster.name.as_deref(), cluster.description, cluster.id.as_deref()),
        (Some("Default"), None, Some("5"))
    );
    assert_eq!(vm.placement_policy.unwrap().hosts.unwrap()[0].name.as_deref(), Some("host1"));
    // The host where it runs can't be set, and the template is gone.
    assert_eq!((vm.host.unwrap().name, vm.template.unwrap().name), (None, None));
    assert_eq!(server.asked().len(), 6);
}
