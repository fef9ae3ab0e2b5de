//! The blocking API, used without a runtime.

use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::{Connection, Credentials};

use crate::support::{Engine, Reply, Server, builder};

/// A server in its own runtime; a blocking program has none.
fn server() -> (tokio::runtime::Runtime, Server, Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let engine = Engine::new();
    let server = runtime.block_on(Server::start(engine.handler(|_| Reply::xml(200, "<api/>"))));
    (runtime, server, engine)
}

#[test]
fn requests_work_without_a_runtime() {
    let (_runtime, server, engine) = server();
    let connection = builder(&server).build().unwrap();
    connection.test_blocking().unwrap();
    assert_eq!(connection.raw(Method::Get, "vms").send_blocking().unwrap().text(), "<api/>");
    assert_eq!(connection.authenticate_blocking().unwrap().as_str(), "token-1");
    connection.close_blocking().unwrap();
    assert_eq!((engine.issued(), engine.valid()), (1, 0));
}

#[test]
fn many_threads_share_a_connection() {
    let (_runtime, server, engine) = server();
    let connection = builder(&server).build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..5 {
                    connection.raw(Method::Get, "vms").send_blocking().unwrap();
                }
            });
        }
    });
    assert_eq!(engine.issued(), 1);
    assert_eq!(server.count("/vms"), 80);
}

#[test]
fn a_login_lost_with_its_runtime_is_restarted() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let servers = runtime();
    let engine = Engine::slow(Duration::from_millis(100));
    let server = servers.block_on(Server::start(engine.handler(|_| Reply::xml(200, "<api/>"))));
    let connection = builder(&server).build().unwrap();
    let first = runtime();
    let waiting = connection.clone();
    first.spawn(async move { waiting.test().await });
    while server.logins() == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    first.shutdown_background();
    runtime().block_on(connection.test()).unwrap();
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn blocking_calls_inside_a_runtime_return_an_error() {
    let url = "https://engine.example.com/ovirt-engine/api";
    let connection = Connection::builder(url).credentials(Credentials::token("t")).build().unwrap();
    let error = connection.raw(Method::Get, "vms").send_blocking().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request was not sent: a blocking call would block the async runtime; use `send().await` instead, or call it \
         from a thread of `std::thread` (threads of `spawn_blocking` belong to the runtime)"
    );
}
