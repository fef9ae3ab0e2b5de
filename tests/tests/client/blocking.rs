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

const INSIDE: &str = "the request was not sent: a blocking call would block the async runtime; use `send().await` \
    instead, or make the call within `tokio::task::spawn_blocking`";

#[tokio::test]
async fn blocking_calls_inside_a_runtime_return_an_error() {
    let url = "https://engine.example.com/ovirt-engine/api";
    let connection = Connection::builder(url).credentials(Credentials::token("t")).build().unwrap();
    let send = move || connection.raw(Method::Get, "vms").send_blocking().unwrap_err().to_string();
    assert_eq!(send(), INSIDE);
    // The task goes on afterwards.
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(tokio::spawn(async move { send() }).await.unwrap(), INSIDE);
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_for_blocking_code_can_make_blocking_calls() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(|_| Reply::xml(200, "<api/>"))).await;
    let connection = builder(&server).build().unwrap();
    let clone = connection.clone();
    tokio::task::spawn_blocking(move || clone.test_blocking()).await.unwrap().unwrap();
    tokio::task::block_in_place(|| connection.test_blocking()).unwrap();
    let handle = tokio::runtime::Handle::current();
    let clone = connection.clone();
    let thread = std::thread::spawn(move || {
        let _entered = handle.enter();
        clone.test_blocking()
    });
    tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap().unwrap();
    connection.test().await.unwrap();
    let inside = connection.clone();
    let error = tokio::spawn(async move { inside.test_blocking() }).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), INSIDE);
    tokio::task::spawn_blocking(move || connection.close_blocking()).await.unwrap().unwrap();
    assert_eq!((server.count("/api"), engine.issued(), engine.valid()), (4, 1, 0));
}

/// Polls a future once.
fn poll<F: Future>(future: F) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::pin!(future).poll(&mut context)
}

#[test]
fn async_calls_without_a_runtime_return_an_error() {
    let url = "https://engine.example.com/ovirt-engine/api";
    let connection = Connection::builder(url).credentials(Credentials::password("u@p", "p")).build().unwrap();
    let mut items = connection.system().vms().list().items();
    let errors = [
        poll(connection.raw(Method::Get, "vms").send()).map(|outcome| outcome.unwrap_err()),
        poll(connection.system().vms().list().send()).map(|outcome| outcome.unwrap_err()),
        poll(connection.system().vms().find("a")).map(|outcome| outcome.unwrap_err()),
        poll(items.next()).map(|outcome| outcome.unwrap_err()),
        poll(connection.test()).map(|outcome| outcome.unwrap_err()),
        poll(connection.authenticate()).map(|outcome| outcome.unwrap_err()),
        poll(connection.close()).map(|outcome| outcome.unwrap_err()),
    ];
    for error in errors {
        let std::task::Poll::Ready(error) = error else { panic!("waits without a runtime") };
        assert_eq!(
            error.to_string(),
            "the request was not sent: async calls need a tokio runtime; without one, use the blocking calls of the \
             feature `blocking`, such as `send_blocking`"
        );
    }
}
