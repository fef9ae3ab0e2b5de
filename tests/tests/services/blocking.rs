//! Typed requests without a runtime.

use ovirt_sdk::Connection;
use ovirt_sdk::types::Vm;

use crate::support::{Reply, Server};
use crate::with_token;

fn server() -> (tokio::runtime::Runtime, Server, Connection) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(|asked| match asked.method.as_str() {
        "GET" if asked.path.ends_with("/vms") => Reply::xml(200, "<vms><vm id='1'><name>a</name></vm></vms>"),
        "GET" => Reply::xml(200, "<vm id='1'><name>a</name></vm>"),
        "POST" if asked.path.ends_with("/vms") => Reply::empty(202),
        _ => Reply::xml(200, "<action><status>complete</status></action>"),
    }));
    let connection = with_token(&server);
    (runtime, server, connection)
}

#[test]
fn programs_without_a_runtime() {
    let (_runtime, _server, connection) = server();
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
fn many_threads_share_a_connection() {
    let (_runtime, server, connection) = server();
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

#[tokio::test]
async fn within_a_runtime_it_is_an_error() {
    let server = Server::start(|_| Reply::xml(200, "<vms/>")).await;
    let connection = with_token(&server);
    let error = connection.system().vms().list().send_blocking().unwrap_err();
    assert!(error.to_string().contains("a blocking call within an async runtime"), "{error}");
    assert!(connection.system().vms().list().send_reply_blocking().is_err());
    assert!(server.asked().is_empty());
}
