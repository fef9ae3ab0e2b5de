//! Links as constants: following them with a request, reading through them, and following them one by one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::follow::{Link, Paths};
use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, Host, List, Nic, Permission, Snapshot, Template, Vm, VnicProfile,
};
use ovirt_sdk::xml;

use crate::support::{Reply, Server};
use crate::{connect, start_server};

/// The parameter `follow` of a request.
macro_rules! followed {
    ($request:expr) => {
        $request.inspect().unwrap().query.iter().find(|(name, _)| name == "follow").map(|(_, value)| value.clone())
    };
}

#[tokio::test]
async fn links_paths_and_texts_become_the_parameter() {
    let (_server, connection) = start_server(|_| Reply::empty(404)).await;
    let vms = connection.system().vms();
    let list = || vms.list();
    assert_eq!(followed!(list().follow("nics,tags")).as_deref(), Some("nics,tags"));
    assert_eq!(followed!(list().follow(String::from("nics"))).as_deref(), Some("nics"));
    assert_eq!(followed!(list().follow(Vm::NICS)).as_deref(), Some("nics"));
    assert_eq!(followed!(vms.vm("1").get().follow(Vm::CLUSTER)).as_deref(), Some("cluster"));
    let disks = Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK);
    assert_eq!(followed!(list().follow(&disks)).as_deref(), Some("disk_attachments.disk"));
    let all = Vm::NICS.and(disks.clone()).and(Vm::CLUSTER.then(Cluster::NETWORKS)).and(Vm::TAGS);
    assert_eq!(followed!(list().follow(all)).as_deref(), Some("nics,disk_attachments.disk,cluster.networks,tags"));
    let deep = disks.then(Disk::PERMISSIONS.then(Permission::ROLE)).and(Vm::NICS.and(Vm::TAGS));
    assert_eq!(
        followed!(vms.vm("1").get().follow(deep)).as_deref(),
        Some("disk_attachments.disk.permissions.role,nics,tags")
    );
    // Requests with own parameters have the same method.
    assert_eq!(
        followed!(connection.system().disks().disk("1").get().follow(Disk::STATISTICS)).as_deref(),
        Some("statistics")
    );
    let paths: Paths<Vm> = Vm::NICS.into();
    assert_eq!(
        format!("{:?} {:?} {paths:?}", Vm::NICS, Vm::NICS.then(Nic::STATISTICS)),
        "Link(\"nics\") Path(\"nics.statistics\") Paths(\"nics\")"
    );
}

const VM: &str = "<vm id='1'><nics><nic id='n1'/><nic id='n2'/></nics>\
    <disk_attachments><disk_attachment id='a'><disk id='d1'><name>one</name></disk></disk_attachment>\
    <disk_attachment id='b'/><disk_attachment id='c'><disk id='d2'/></disk_attachment></disk_attachments>\
    <cluster id='c'><name>Default</name></cluster></vm>";

#[test]
fn links_read_what_was_followed() {
    let vm: Vm = xml::from_str(VM).unwrap();
    assert_eq!(Vm::NICS.of(&vm).len(), 2);
    assert_eq!(Vm::CLUSTER.of(&vm).unwrap().name.as_deref(), Some("Default"));
    assert!(Vm::HOST.of(&vm).is_none());
    assert!(Vm::TAGS.of(&vm).is_empty());
    let error = Vm::TEMPLATE.of(&vm).unwrap_err();
    assert!(error.to_string().contains("`template`"), "{error}");
    let disks = Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK);
    let ids: Vec<_> = disks.of(&vm).into_iter().map(|disk| disk.id.clone().unwrap()).collect();
    assert_eq!(ids, ["d1", "d2"]);
    let (snapshot, nics) = (Snapshot::new(), List::from([Nic::new().name("nic1")]));
    assert!(Snapshot::NICS.of(&snapshot).is_empty());
    assert_eq!(Snapshot::NICS.of(&snapshot.nics(nics)).len(), 1);
}

// The types of some constants, which the compiler checks: links that all objects have, and links that some lack.
const _: Link<Vm, List<Nic>> = Vm::NICS;
const _: Link<Vm, Cluster> = Vm::CLUSTER;
const _: Link<Vm, Option<Host>> = Vm::HOST;
const _: Link<Template, Option<Cluster>> = Template::CLUSTER;
const _: Link<Snapshot, Option<List<Nic>>> = Snapshot::NICS;
const _: Link<Nic, Option<VnicProfile>> = Nic::VNIC_PROFILE;

#[tokio::test]
async fn links_that_some_objects_lack_are_followed_with_own_requests() {
    let (server, connection) = start_server(|request| match request.path.trim_start_matches("/ovirt-engine/api") {
        "/hosts/h1" => Reply::xml(200, "<host id='h1' href='/ovirt-engine/api/hosts/h1'><address>one</address></host>"),
        "/hosts/h2" => Reply::xml(200, "<host id='h2' href='/ovirt-engine/api/hosts/h2'><address>two</address></host>"),
        _ => Reply::empty(404),
    })
    .await;
    let on = |host: &str| Vm::new().host(Host::with_id(host).href(format!("/ovirt-engine/api/hosts/{host}")));
    let mut vms = [on("h1"), Vm::new(), on("h2"), on("h1"), on("removed"), Vm::new().host(Host::with_id("h1"))];
    connection.follow_each(&mut vms, Vm::HOST).await.unwrap();
    let addresses: Vec<_> = vms.iter().map(|vm| Vm::HOST.of(vm).map(|host| host.address.as_deref())).collect();
    assert_eq!(
        addresses,
        [Some(Some("one")), None, Some(Some("two")), Some(Some("one")), Some(None), Some(None)],
        "objects without the link, and links to objects that don't exist, stay"
    );
    assert_eq!(server.asked().len(), 3, "objects with the same link share a request");
}

#[tokio::test]
async fn lists_are_followed_with_own_requests() {
    let nics = |request: &crate::support::Asked| format!("<nics><nic id='of-{}'/></nics>", request.path.len());
    let (_server, connection) = start_server(move |request| Reply::xml(200, nics(request))).await;
    let mut snapshot = Snapshot::with_id("s");
    let mut list = List::new();
    list.set_href(Some("/ovirt-engine/api/vms/1/snapshots/s/nics"));
    snapshot.nics = Some(list);
    let mut snapshots = List::from([snapshot, Snapshot::with_id("active")]);
    connection.follow_each(&mut snapshots, Snapshot::NICS).await.unwrap();
    assert_eq!(Snapshot::NICS.of(&snapshots[0]).len(), 1);
    assert_eq!(snapshots[0].nics.as_ref().unwrap().href(), Some("/ovirt-engine/api/vms/1/snapshots/s/nics"));
    assert!(snapshots[1].nics.is_none());
    // A link that all objects have can be followed in the same way.
    let mut vm = Vm::new();
    connection.follow_each([&mut vm], Vm::NICS).await.unwrap();
    assert_eq!(vm, Vm::new());
}

#[tokio::test]
async fn a_failure_changes_nothing() {
    let (_server, connection) = start_server(|request| match request.path.ends_with("h1") {
        true => Reply::xml(200, "<host id='h1'><address>one</address></host>"),
        false => Reply::xml(500, "<fault><reason>Operation Failed</reason></fault>"),
    })
    .await;
    let host = |id: &str| Host::with_id(id).href(format!("/ovirt-engine/api/hosts/{id}"));
    let mut vms = [Vm::new().host(host("h1")), Vm::new().host(host("h2"))];
    let before = vms.clone();
    assert_eq!(connection.follow_each(&mut vms, Vm::HOST).await.unwrap_err().status(), Some(500));
    assert_eq!(vms, before);
}

#[tokio::test]
async fn few_requests_are_sent_at_the_same_time() {
    static ACTIVE: AtomicUsize = AtomicUsize::new(0);
    let most = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let server = Server::start(move |request| {
        seen.fetch_max(ACTIVE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2));
        ACTIVE.fetch_sub(1, Ordering::SeqCst);
        Reply::xml(200, format!("<host><address>{}</address></host>", request.path))
    })
    .await;
    let connection = connect(&server);
    let host = |number: usize| Host::new().href(format!("/ovirt-engine/api/hosts/{number}"));
    let mut vms: Vec<Vm> = (0..50).map(|number| Vm::new().host(host(number))).collect();
    connection.follow_each(&mut vms, Vm::HOST).await.unwrap();
    for (number, vm) in vms.iter().enumerate() {
        let address = Vm::HOST.of(vm).unwrap().address.clone().unwrap();
        assert_eq!(address, format!("/ovirt-engine/api/hosts/{number}"));
    }
    assert!(most.load(Ordering::SeqCst) <= 8);
}

#[tokio::test]
async fn a_list_that_was_not_followed_differs_from_an_empty_one() {
    let link = "<link rel='nics' href='/ovirt-engine/api/vms/1/nics'/>";
    let read = |content: &str| xml::from_str::<Vm>(&format!("<vm id='1'>{content}</vm>")).unwrap();
    let nics = |vm: &Vm| {
        let nics = vm.nics.as_ref().unwrap();
        (nics.is_link(), nics.len(), nics.href().is_some())
    };
    assert_eq!(nics(&read(link)), (true, 0, true));
    assert_eq!(nics(&read(&format!("{link}<nics/>"))), (false, 0, true));
    assert_eq!(nics(&read(&format!("<nics></nics>{link}"))), (false, 0, true));
    assert_eq!(nics(&read(&format!("{link}<nics><nic id='n'/></nics>"))), (false, 1, true));
    assert_eq!(nics(&read("<nics/>")), (false, 0, false));
    let json = r#"{"id": "1", "nics": {"nic": []}, "link": [{"rel": "nics", "href": "/ovirt-engine/api/vms/1/nics"}]}"#;
    assert_eq!(nics(&serde_json::from_str(json).unwrap()), (false, 0, true));

    let (_server, connection) = start_server(|_| Reply::xml(200, "<nics/>")).await;
    let mut vms = List::from([read(link)]);
    connection.follow_each(&mut vms, Vm::NICS).await.unwrap();
    assert_eq!(nics(&vms[0]), (false, 0, true));
}
