//! `Connection::service` and `Connection::follow`.

use ovirt_sdk::services::{ClustersService, SystemService, VmNicsService, VmService, VmsService};
use ovirt_sdk::types::Vm;

use crate::support::{Reply, Server};
use crate::{connect, start_server};

/// Returns the path in the debug output of a service.
fn path(service: &impl std::fmt::Debug) -> String {
    format!("{service:?}").split('"').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn services_by_path_and_address() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<nics><nic id='n'/></nics>")).await;
    let url = format!("{}/vms/1/nics", server.url());
    for address in ["vms/1/nics", "/ovirt-engine/api/vms/1/nics", "/ovirt-engine/api/v4/vms/1/nics", &url] {
        let nics: VmNicsService = connection.service(address).unwrap();
        assert_eq!(path(&nics), "vms/1/nics");
        assert_eq!(nics.list().send().await.unwrap().len(), 1);
        assert_eq!(server.last().path, "/ovirt-engine/api/vms/1/nics");
    }
    assert_eq!(path(&connection.service::<SystemService>("").unwrap()), "");
    assert_eq!(path(&connection.service::<SystemService>("/ovirt-engine/api").unwrap()), "");
    assert_eq!(path(&connection.service::<VmService>("vms/a%20b").unwrap()), "vms/a%20b");
}

#[tokio::test]
async fn wrong_paths_and_addresses_are_errors() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<vm/>")).await;
    let service_error = |path: &str| connection.service::<VmsService>(path).unwrap_err();
    for (path, reason) in [
        ("hosts", "`hosts` leads to the service `hosts`, not to `vms`"),
        ("vms/1", "`vms/1` leads to the service `vm`, not to `vms`"),
        ("nothing", "`nothing` is not the path of a service"),
        ("vms/1/nothing", "`vms/1/nothing` is not the path of a service"),
        ("vms/../hosts", "the path `vms/../hosts` contains a segment `.` or `..`"),
    ] {
        let error = service_error(path);
        assert!(error.is_invalid_request());
        assert_eq!(error.to_string(), format!("the request was not sent: {reason}"));
    }
    assert!(service_error("https://evil.example.com/ovirt-engine/api/vms").to_string().contains("different server"));
    assert!(connection.service::<ClustersService>("/other/api/clusters").is_err());
    assert!(server.asked().is_empty());
}

const VM: &str = "<vm href='/ovirt-engine/api/vms/1' id='1'>\
    <link href='/ovirt-engine/api/vms/1/nics' rel='nics'/>\
    <cluster href='/ovirt-engine/api/clusters/c' id='c'/></vm>";

#[tokio::test]
async fn following_links() {
    let (server, connection) = start_server(|request| match request.path.trim_start_matches("/ovirt-engine/api") {
        "/vms/1" => Reply::xml(200, VM),
        "/vms/1/nics" => Reply::xml(200, "<nics><nic id='n1'/><nic id='n2'/></nics>"),
        "/clusters/c" => Reply::xml(200, "<cluster id='c'><name>Default</name></cluster>"),
        _ => Reply::empty(404),
    })
    .await;
    let vm = connection.system().vms().vm("1").get().send().await.unwrap();
    assert_eq!(connection.follow(&vm.nics).await.unwrap().len(), 2);
    assert_eq!(connection.follow(&vm.cluster).await.unwrap().name.as_deref(), Some("Default"));
    assert_eq!(connection.follow(vm.cluster.as_deref().unwrap()).await.unwrap().id.as_deref(), Some("c"));
    assert_eq!(connection.follow(vm.nics.as_ref().unwrap()).await.unwrap().len(), 2);
    assert_eq!(connection.follow(&vm).await.unwrap(), vm);

    let requests = server.asked().len();
    let error = connection.follow(&vm.host).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request was not sent: no link to follow: the value has no `href`; nested objects and results of `add` can \
         lack links that `get` returns"
    );
    assert!(connection.follow(&vm.snapshots).await.unwrap_err().is_invalid_request());
    assert_eq!(server.asked().len(), requests);
}

#[tokio::test]
async fn the_token_is_never_sent_to_another_server() {
    let elsewhere = Server::start(|_| Reply::xml(200, "<vm/>")).await;
    let (server, connection) = start_server(|_| Reply::xml(200, "<vm/>")).await;
    let foreign = format!("{}/vms/1", elsewhere.url());
    for href in [foreign.as_str(), "//evil.example.com/ovirt-engine/api/vms/1", "/other/vms/1", "http://localhost/x"] {
        let error = connection.follow(&Vm::new().href(href)).await.unwrap_err();
        assert!(error.is_invalid_request() && error.to_string().contains(href), "{error}");
        assert!(connection.service::<VmService>(href).is_err());
    }
    assert!(server.asked().is_empty() && elsewhere.asked().is_empty());
    // The same address is valid for a connection to that server.
    connect(&elsewhere).follow(&Vm::new().href(foreign)).await.unwrap();
}
