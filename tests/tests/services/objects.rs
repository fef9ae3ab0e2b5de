//! Objects as arguments, their services, and creating, updating and removing objects of any type.

use ovirt_sdk::Error;
use ovirt_sdk::services::{VmNicsService, VmService};
use ovirt_sdk::types::{Cluster, DiskAttachment, Nic, Vm};
use ovirt_sdk::xml;

use crate::support::{Asked, Reply, Server};
use crate::{connect, start_server};

/// Returns the path in the debug output of a service.
fn path(service: &impl std::fmt::Debug) -> String {
    format!("{service:?}").split('"').nth(1).unwrap().to_owned()
}

fn vm() -> Vm {
    xml::from_str(
        "<vm href='/ovirt-engine/api/vms/1' id='1'><name>web1</name><cluster id='c 1'/>\
         <link href='/ovirt-engine/api/vms/1/nics' rel='nics'/></vm>",
    )
    .unwrap()
}

/// Responds as an engine with one VM that has one NIC.
fn api(asked: &Asked) -> Reply {
    let path = asked.path.strip_prefix("/ovirt-engine/api/").unwrap_or_default();
    match (asked.method.as_str(), path) {
        ("POST", "vms") => Reply::xml(201, "<vm id='2' href='/ovirt-engine/api/vms/2'><name>web2</name></vm>"),
        ("POST", "vms/1/nics") => Reply::xml(201, "<nic id='n' href='/ovirt-engine/api/vms/1/nics/n'/>"),
        ("PUT", "vms/1") => Reply::xml(200, "<vm id='1'><name>new</name></vm>"),
        ("HEAD" | "DELETE", "vms/1") => Reply::empty(200),
        ("HEAD", _) => Reply::xml(404, ""),
        ("POST", "vms/1/start") => Reply::xml(200, "<action><status>complete</status></action>"),
        _ => Reply::xml(404, "<fault><reason>Not Found</reason></fault>"),
    }
}

#[tokio::test]
async fn objects_and_references_are_ids() {
    let (server, connection) = start_server(api).await;
    let (vms, clusters) = (connection.system().vms(), connection.system().clusters());
    let vm = vm();
    vms.vm(&vm).start().send().await.unwrap();
    assert_eq!(server.last().path, "/ovirt-engine/api/vms/1/start");
    assert_eq!(path(&clusters.cluster(&vm.cluster)), "clusters/c%201");
    assert_eq!(path(&vms.vm(&vm).nics().nic(&Nic::with_id("n"))), "vms/1/nics/n");
    let attachment = DiskAttachment::with_id("d");
    assert_eq!(path(&vms.vm(&vm).disk_attachments().attachment(&attachment)), "vms/1/diskattachments/d");
    // Texts of any kind, as before.
    let text = "7".to_owned();
    let boxed: Box<str> = "7".into();
    for service in [vms.vm("7"), vms.vm(&text), vms.vm(&*text), vms.vm(boxed), vms.vm(text.clone())] {
        assert_eq!(path(&service), "vms/7");
    }
}

#[tokio::test]
async fn objects_without_an_id_are_errors() {
    let (server, connection) = start_server(api).await;
    let (vms, clusters) = (connection.system().vms(), connection.system().clusters());
    let error = vms.vm(&Vm::new().name("web1")).start().send().await.unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
    assert_eq!(error.to_string(), "the request was not sent: vm has no `id` (below `vms`)");
    let error = clusters.cluster(&Vm::new().cluster).get().send().await.unwrap_err();
    assert_eq!(error.to_string(), "the request was not sent: cluster has no `id` (below `clusters`)");
    let error = vms.vm(&Vm::with_id("a/b")).start().send().await.unwrap_err();
    assert!(error.to_string().contains("`a/b` is not a valid identifier"), "{error}");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn services_of_objects() {
    let (server, connection) = start_server(api).await;
    let service: VmService = connection.of(&vm()).unwrap();
    service.start().send().await.unwrap();
    assert_eq!(server.last().path, "/ovirt-engine/api/vms/1/start");
    assert_eq!(path(&connection.of(&Vm::with_id("a b")).unwrap()), "vms/a%20b", "the collection is at the root");
    assert_eq!(path(&connection.of(&Cluster::with_id("7")).unwrap()), "clusters/7");
    let problem = |outcome: Result<VmService, Error>| outcome.unwrap_err().to_string();
    assert!(problem(connection.of(&Vm::with_name("web1"))).contains("vm has no `id`"));
    let mut elsewhere = vm();
    elsewhere.href = Some("/ovirt-engine/api/hosts/1".to_owned());
    assert!(problem(connection.of(&elsewhere)).contains("leads to the service `host`, not to `vm`"));
    elsewhere.href = Some("https://evil.example.com/ovirt-engine/api/vms/1".to_owned());
    assert!(problem(connection.of(&elsewhere)).contains("different server"));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn objects_of_any_type_are_created_updated_and_removed() {
    let (server, connection) = start_server(api).await;
    let body = |server: &Server| {
        let last = server.last();
        format!("{} {} {}", last.method, last.path.trim_start_matches("/ovirt-engine/api/"), last.body)
    };
    let created: Vm = connection.create(Vm::new().name("web2")).await.unwrap();
    assert_eq!(created.id.as_deref(), Some("2"));
    assert_eq!(body(&server), "POST vms <vm><name>web2</name></vm>");
    let nic = connection.create_in(&vm().nics, Nic::new().name("nic1")).await.unwrap();
    assert_eq!(
        (nic.id.as_deref(), body(&server).as_str()),
        (Some("n"), "POST vms/1/nics <nic><name>nic1</name></nic>")
    );

    let mut change = Vm::new().name("new");
    change.href = vm().href;
    let updated = connection.update(&change).await.unwrap();
    assert_eq!(updated.name.as_deref(), Some("new"));
    assert_eq!(body(&server), "PUT vms/1 <vm href=\"/ovirt-engine/api/vms/1\"><name>new</name></vm>");

    assert!(connection.exists(&vm()).await.unwrap());
    assert_eq!(body(&server), "HEAD vms/1 ");
    assert!(!connection.exists(&created).await.unwrap());
    connection.remove(&vm()).await.unwrap();
    assert_eq!(body(&server), "DELETE vms/1 ");
    assert!(connection.remove(&created).await.unwrap_err().is_not_found());

    let sent = server.asked().len();
    let none = Vm::with_id("1");
    for error in [
        connection.update(&none).await.map(drop).unwrap_err(),
        connection.remove(&none).await.map(drop).unwrap_err(),
        connection.exists(&none).await.map(drop).unwrap_err(),
        connection.create_in(&none.nics, Nic::new()).await.map(drop).unwrap_err(),
    ] {
        assert!(error.is_invalid_request() && error.to_string().contains("no link to follow"), "{error}");
    }
    assert_eq!(server.asked().len(), sent);
    let nics: VmNicsService = connection.service("vms/1/nics").unwrap();
    assert_eq!(path(&nics), "vms/1/nics");
}

#[test]
fn objects_of_any_type_without_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(api));
    let connection = connect(&server);
    let created: Vm = connection.create_blocking(Vm::new().name("web2")).unwrap();
    assert!(!connection.exists_blocking(&created).unwrap());
    assert!(connection.exists_blocking(&vm()).unwrap());
    connection.create_in_blocking(&vm().nics, Nic::new()).unwrap();
    assert_eq!(connection.update_blocking(&vm()).unwrap().name.as_deref(), Some("new"));
    connection.remove_blocking(&vm()).unwrap();
}
