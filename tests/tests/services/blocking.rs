//! Typed requests without an async runtime.

use ovirt_sdk::Connection;
use ovirt_sdk::types::Vm;
use ovirt_sdk_tests::inventory;

use crate::support::{Asked, Reply, Server};
use crate::{connect, start_server};

/// Starts a server in its own runtime and connects to it.
fn start_blocking_server(
    respond: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (tokio::runtime::Runtime, Server, Connection) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (server, connection) = runtime.block_on(start_server(respond));
    (runtime, server, connection)
}

/// Starts a server with one VM.
fn start_vm_server() -> (tokio::runtime::Runtime, Server, Connection) {
    start_blocking_server(|request| match request.method.as_str() {
        "GET" if request.path.ends_with("/vms") => Reply::xml(200, "<vms><vm id='1'><name>a</name></vm></vms>"),
        "GET" => Reply::xml(200, "<vm id='1'><name>a</name></vm>"),
        "POST" if request.path.ends_with("/vms") => Reply::empty(202),
        _ => Reply::xml(200, "<action><status>complete</status></action>"),
    })
}

#[test]
fn requests_without_a_runtime() {
    let (_runtime, _server, connection) = start_vm_server();
    let vms = connection.system().vms();
    assert_eq!(vms.list().send_blocking().unwrap().len(), 1);
    assert_eq!(vms.vm("1").get().send_blocking().unwrap().name.as_deref(), Some("a"));
    let done = vms.vm("1").start().send_blocking().unwrap();
    assert_eq!(done.status.as_deref(), Some("complete"));
    let reply = vms.add(Vm::new().name("b")).send_reply_blocking().unwrap();
    assert_eq!((reply.status, reply.value), (202, None));
    assert!(vms.vm("..").get().send_blocking().unwrap_err().is_invalid_request());
}

#[test]
fn threads_share_a_connection() {
    let (_runtime, server, connection) = start_vm_server();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(connection.system().vms().list().send_blocking().unwrap().len(), 1);
                }
            });
        }
    });
    assert_eq!(server.count("/vms"), 40);
}

#[test]
fn items_are_an_iterator() {
    let document = inventory::vms(500);
    let (_runtime, server, connection) = start_blocking_server(move |_| Reply::xml(200, document.as_str()));
    let all = connection.system().vms().list().send_blocking().unwrap();
    let items = connection.system().vms().list().search("status=up").items_blocking();
    assert_eq!(server.asked().len(), 1, "the request is sent when the first item is read");
    let items: Vec<Vm> = items.collect::<Result<_, _>>().unwrap();
    assert_eq!(items, all.into_iter().collect::<Vec<_>>());
    assert_eq!((server.asked().len(), server.last().query.as_str()), (2, "search=status%3Dup"));
}

#[test]
fn stopping_an_iterator_early() {
    let document = inventory::vms(500);
    let (_runtime, server, connection) = start_blocking_server(move |_| Reply::xml(200, document.as_str()));
    // More iterators than `max_connections`: dropping one must release its connection.
    for _ in 0..70 {
        assert!(connection.system().vms().list().items_blocking().next().unwrap().is_ok());
    }
    assert_eq!(server.asked().len(), 70);
}

#[test]
fn a_truncated_response_ends_the_iterator_with_an_error() {
    let document = inventory::vms(10);
    let cut = document.len() - 3_000;
    let (_runtime, _server, connection) =
        start_blocking_server(move |_| Reply::xml(200, document.as_str()).cut_after(cut));
    let items: Vec<Result<Vm, _>> = connection.system().vms().list().correlation_id("mine").items_blocking().collect();
    let (error, before) = items.split_last().unwrap();
    assert!(before.len() >= 8 && before.iter().all(Result::is_ok), "{}", before.len());
    let error = error.as_ref().unwrap_err();
    assert!(
        error.to_string().contains("GET /ovirt-engine/api/vms") && error.correlation_id() == Some("mine"),
        "{error}"
    );
}

#[test]
fn find_and_follow() {
    let (_runtime, server, connection) =
        start_blocking_server(|request| match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/ovirt-engine/api/vms") => Reply::xml(
                200,
                "<vms><vm id='1'><name>a</name><link href='/ovirt-engine/api/vms/1/nics' rel='nics'/></vm></vms>",
            ),
            ("GET", "/ovirt-engine/api/vms/1/nics") => Reply::xml(200, "<nics><nic id='n'/></nics>"),
            _ => Reply::xml(201, "<vm id='2'><name>b</name></vm>"),
        });
    let vms = connection.system().vms();
    let found = vms.find_blocking("a").unwrap();
    assert_eq!(connection.follow_blocking(&found.nics).unwrap().len(), 1);
    assert!(connection.follow_blocking(&found.cluster).unwrap_err().is_invalid_request());
    assert_eq!(vms.find_all_blocking("a").unwrap(), [found]);
    assert!(vms.find_blocking("b").unwrap_err().is_not_found());
    let (vm, created) = vms.find_or_create_blocking(Vm::new().name("b")).unwrap();
    assert_eq!((vm.id.as_deref(), created, server.last().method.as_str()), (Some("2"), true, "POST"));
}

#[tokio::test]
async fn blocking_within_a_runtime_is_an_error() {
    let server = Server::start(|_| Reply::xml(200, "<vms/>")).await;
    let connection = connect(&server);
    let error = connection.system().vms().list().send_blocking().unwrap_err();
    assert!(error.to_string().contains("a blocking call would block the async runtime"), "{error}");
    let vms = connection.system().vms();
    assert!(vms.list().send_reply_blocking().is_err());
    assert!(vms.find_blocking("a").is_err() && vms.find_all_blocking("a").is_err());
    assert!(vms.find_or_create_blocking(Vm::new().name("a")).is_err());
    assert!(connection.follow_blocking(&Vm::new().href("/ovirt-engine/api/vms/1")).is_err());
    let items: Vec<_> = vms.list().items_blocking().collect();
    assert!(matches!(items.as_slice(), [Err(_)]), "the iterator ends after one error");
    assert!(server.asked().is_empty());
}
