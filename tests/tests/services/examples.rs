//! Runs single-task programs of the cookbook against servers with scripted responses.

use std::sync::Mutex;
use std::time::Duration;

use ovirt_fake_engine::Clock;
use ovirt_sdk::Connection;

use crate::builder;
use crate::support::{Asked, Reply, Server};

#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/blocking_list.rs"]
mod blocking_list;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/create_and_start_vm.rs"]
mod create_and_start_vm;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/events.rs"]
mod events;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/inventory.rs"]
mod inventory;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/list_vms.rs"]
mod list_vms;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/many_engines.rs"]
mod many_engines;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/vm_disks.rs"]
mod vm_disks;
#[allow(dead_code, reason = "`main` is not called")]
#[path = "../../../generated-sdk/examples/vm_snapshots.rs"]
mod vm_snapshots;

/// Starts a server that responds to every request with the result of `respond`. Waits take no time.
async fn start_server(respond: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Connection) {
    let server = Server::start(respond).await;
    let connection = builder(&server).clock(Clock::manual()).build().unwrap();
    (server, connection)
}

/// Returns the method, path below the API root, and query of each request that the server received.
fn requests(server: &Server) -> Vec<String> {
    let describe = |request: &Asked| {
        let (method, path) = route(request);
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        format!("{method} {path}{query}")
    };
    server.asked().iter().map(describe).collect()
}

/// Returns the method and the path below the API root.
fn route(request: &Asked) -> (&str, &str) {
    (request.method.as_str(), request.path.trim_start_matches("/ovirt-engine/api"))
}

const VMS: &str = "<vms><vm id='1' href='/ovirt-engine/api/vms/1'><name>web1</name><status>up</status>\
    <cluster href='/ovirt-engine/api/clusters/c' id='c'/><link rel='nics' href='/ovirt-engine/api/vms/1/nics'/></vm></vms>";

#[tokio::test]
async fn listing() {
    let (server, connection) = start_server(|_| Reply::xml(200, VMS)).await;
    assert_eq!(list_vms::run(&connection, None).await.unwrap(), 1);
    assert_eq!(list_vms::run(&connection, Some("status=up")).await.unwrap(), 1);
    assert_eq!(requests(&server), ["GET /vms", "GET /vms?search=status%3Dup"]);
}

#[tokio::test]
async fn creating_and_starting() {
    // Popped from the end; the last one stays.
    let statuses = Mutex::new(vec!["up", "wait_for_launch", "down", "image_locked"]);
    let (server, connection) = start_server(move |request| match route(request) {
        ("GET", "/vms") => Reply::xml(200, "<vms/>"),
        ("POST", "/vms") => Reply::xml(202, "<vm id='1'><name>web1</name><status>image_locked</status></vm>"),
        ("POST", "/vms/1/diskattachments") => Reply::xml(202, "<disk_attachment id='d'/>"),
        ("GET", "/disks/d") => Reply::xml(200, "<disk id='d'><status>ok</status></disk>"),
        ("POST", "/vms/1/start") => Reply::xml(200, "<action><status>complete</status></action>"),
        ("GET", "/vms/1") => {
            let mut statuses = statuses.lock().unwrap();
            let status = if statuses.len() > 1 { statuses.pop().unwrap() } else { statuses[0] };
            Reply::xml(200, format!("<vm id='1'><name>web1</name><status>{status}</status></vm>"))
        }
        _ => Reply::empty(404),
    })
    .await;
    create_and_start_vm::run(&connection, "web1").await.unwrap();
    let expected = [
        "GET /vms?search=name%3Dweb1",
        "POST /vms",
        "GET /vms/1",
        "GET /vms/1",
        "POST /vms/1/diskattachments",
        "GET /disks/d",
        "POST /vms/1/start",
        "GET /vms/1",
        "GET /vms/1",
    ];
    assert_eq!(requests(&server), expected);
    let body = "<vm><name>web1</name><memory>1073741824</memory><cluster><name>Default</name></cluster>\
        <template><name>Blank</name></template></vm>";
    assert_eq!(server.asked()[1].body, body);
}

#[tokio::test]
async fn creating_a_disk() {
    // Popped from the end.
    let statuses = Mutex::new(vec!["ok", "locked"]);
    let (server, connection) = start_server(move |request| match route(request) {
        ("GET", "/vms") => Reply::xml(200, VMS),
        ("POST", "/vms/1/diskattachments") => Reply::xml(202, "<disk_attachment id='d'/>"),
        ("GET", "/disks/d") => {
            let status = statuses.lock().unwrap().pop().unwrap();
            Reply::xml(200, format!("<disk id='d'><status>{status}</status></disk>"))
        }
        _ => Reply::empty(404),
    })
    .await;
    vm_disks::create(&connection, "web1", "data1", "data").await.unwrap();
    let expected = ["GET /vms?search=name%3Dweb1", "POST /vms/1/diskattachments", "GET /disks/d", "GET /disks/d"];
    assert_eq!(requests(&server), expected);
    assert!(server.asked()[1].body.contains("<storage_domains><storage_domain><name>data</name>"));
}

#[tokio::test]
async fn taking_a_snapshot() {
    // Popped from the end; afterwards, the engine has removed the snapshot.
    let statuses = Mutex::new(vec!["locked", "ok", "locked"]);
    let (server, connection) = start_server(move |request| match route(request) {
        ("GET", "/vms") => Reply::xml(200, VMS),
        ("POST", "/vms/1/snapshots") => Reply::xml(202, "<snapshot id='s'/>"),
        ("GET", "/vms/1/snapshots/s") => match statuses.lock().unwrap().pop() {
            Some(status) => {
                Reply::xml(200, format!("<snapshot id='s'><snapshot_status>{status}</snapshot_status></snapshot>"))
            }
            None => Reply::empty(404),
        },
        // What the engine does not find must be missing in the list, too.
        ("GET", "/vms/1/snapshots") => Reply::xml(200, "<snapshots/>"),
        ("DELETE", "/vms/1/snapshots/s") => Reply::xml(200, "<action><status>complete</status></action>"),
        _ => Reply::empty(500),
    })
    .await;
    vm_snapshots::take_and_remove(&connection, "web1").await.unwrap();
    let requests = requests(&server);
    assert!(requests.iter().filter(|request| *request == "GET /vms/1/snapshots/s").count() >= 4, "{requests:?}");
    assert_eq!(requests[4], "DELETE /vms/1/snapshots/s");
}

#[tokio::test]
async fn following_links() {
    let (server, connection) = start_server(|request| match route(request) {
        ("GET", "/vms") => Reply::xml(200, VMS),
        ("GET", "/clusters/c") => Reply::xml(200, "<cluster id='c'><name>Default</name></cluster>"),
        ("GET", "/vms/1/nics") => Reply::xml(200, "<nics><nic id='n'><name>nic1</name></nic></nics>"),
        ("GET", "/vms/1") => Reply::xml(200, "<vm id='1'><name>web1</name><nics><nic id='n'/></nics></vm>"),
        _ => Reply::empty(404),
    })
    .await;
    inventory::follow_links(&connection, "web1").await.unwrap();
    let expected =
        ["GET /vms?search=name%3Dweb1", "GET /clusters/c", "GET /vms/1/nics", "GET /vms/1?follow=cluster%2Cnics"];
    assert_eq!(requests(&server), expected);
}

#[tokio::test]
async fn watching_events() {
    let (server, connection) = start_server(|request| {
        let event = |id: u64| format!("<event id='{id}'><description>Event {id}</description></event>");
        let from = request.query.split('&').find_map(|part| part.strip_prefix("from="));
        let events = match from.map(|from| from.parse::<u64>().unwrap()) {
            None => event(100),
            Some(100) => format!("{}{}", event(102), event(101)),
            Some(_) => String::new(),
        };
        Reply::xml(200, format!("<events>{events}</events>"))
    })
    .await;
    assert_eq!(events::run(&connection, Duration::from_secs(30)).await.unwrap(), 2);
    let requests = requests(&server);
    assert!(requests.iter().all(|request| request.starts_with("GET /events?")), "{requests:?}");
    assert!(requests.iter().any(|request| request.contains("from=102")), "{requests:?}");
}

#[tokio::test]
async fn using_many_engines() {
    let (_one, first) = start_server(|_| Reply::xml(200, VMS)).await;
    let (_two, second) = start_server(|_| Reply::xml(200, "<vms><vm id='1'/><vm id='2'/></vms>")).await;
    let (_three, broken) = start_server(|_| Reply::html(503, "Service Unavailable")).await;
    assert_eq!(many_engines::run(&[first, second, broken]).await, [Some(1), Some(2), None]);
}

#[test]
fn listing_without_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (server, connection) = runtime.block_on(start_server(|_| Reply::xml(200, VMS)));
    assert_eq!(blocking_list::run(&connection).unwrap(), 1);
    assert_eq!(requests(&server), ["GET /vms"]);
}
