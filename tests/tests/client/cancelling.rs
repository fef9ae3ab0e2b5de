//! Dropping futures before they complete.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use ovirt_sdk::http::{Body, BodyError, BoxFuture, Chunks, Headers, Method, Request, Response};
use ovirt_sdk::transport::Transport;
use ovirt_sdk::{Connection, Credentials, Error};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::support::{Asked, Engine, Reply, Server, builder, connect};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

async fn get(connection: &Connection, path: &str) -> Result<u16, Error> {
    connection.raw(Method::Get, path).send().await.map(|response| response.status())
}

#[tokio::test]
async fn a_login_continues_when_its_caller_is_aborted() {
    let engine = Engine::slow(Duration::from_millis(80));
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    let leader = tokio::spawn({
        let connection = connection.clone();
        async move { get(&connection, "vms").await }
    });
    while server.logins() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    assert_eq!(get(&connection, "vms").await.unwrap(), 200);
    assert_eq!(server.logins(), 1);
}

#[tokio::test]
async fn dropped_requests_free_their_connections() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(|asked| match asked.path.ends_with("/slow") {
        true => Reply::never(),
        false => api(asked),
    }))
    .await;
    let connection = builder(&server).max_connections(2).build().unwrap();
    for _ in 0..5 {
        let slow = get(&connection, "slow");
        assert!(timeout(Duration::from_millis(20), slow).await.is_err());
    }
    assert_eq!(get(&connection, "vms").await.unwrap(), 200);
}

#[tokio::test]
async fn a_logout_continues_when_its_future_is_dropped() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    connection.test().await.unwrap();
    let mut close = Box::pin(connection.close());
    assert!(poll_fn(|context| Poll::Ready(close.as_mut().poll(context).is_pending())).await);
    drop(close);
    let gone = async {
        while engine.valid() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.unwrap();
    assert!(connection.test().await.unwrap_err().is_closed());
}

/// Requests are dropped while waiting for a login, for a free connection, for the response or for a retry.
#[tokio::test]
async fn dropping_requests_at_any_time_leaves_the_connection_usable() {
    let engine = Engine::slow(Duration::from_millis(5));
    let server = Server::start(engine.handler(|asked| match asked.path.ends_with("/xx") {
        true => Reply::html(503, "Down").after(Duration::from_millis(2)),
        false => api(asked).after(Duration::from_millis(2)),
    }))
    .await;
    let connection = builder(&server).max_connections(4).build().unwrap();
    let rounds = 10;
    for round in 0..rounds {
        let mut tasks = JoinSet::new();
        for number in 0..60_u64 {
            let connection = connection.clone();
            tasks.spawn(async move {
                let path = format!("vms/{}", "x".repeat(number as usize % 5 + 1));
                timeout(Duration::from_micros(number * 331), get(&connection, &path)).await
            });
        }
        engine.expire();
        tasks.join_all().await;
        let after = get(&connection, "vms").await;
        assert_eq!(after.unwrap_or_else(|error| panic!("round {round}: {error}")), 200);
    }
    assert!(engine.issued() <= 2 * rounds, "{} logins", engine.issued());
    // All connections are free again.
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let connection = connection.clone();
        tasks.spawn(async move { get(&connection, "vms").await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
}

/// A body that yields one chunk per second.
struct Dripping {
    pieces: std::vec::IntoIter<String>,
    next_at: Instant,
}

impl Chunks for Dripping {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>> {
        Box::pin(async move {
            tokio::time::sleep_until(self.next_at).await;
            self.next_at += Duration::from_secs(1);
            Ok(self.pieces.next().map(String::into_bytes))
        })
    }
}

struct Drips;

impl Transport for Drips {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let pieces =
            ["<vms><vm id='1'/><v", "m id='2'><name>a</na", "me></vm><vm id='3'/>", "</vms>"].map(str::to_owned);
        let next_at = Instant::now() + Duration::from_secs(1);
        let body = Body::from_chunks(Dripping { pieces: Vec::from(pieces).into_iter(), next_at });
        Box::pin(async { Ok(Response::new(200, Headers::new(), body)) })
    }
}

/// The clock is paused, so waiting takes no real time.
#[tokio::test(start_paused = true)]
async fn items_continue_after_a_dropped_wait() {
    let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::token("t"))
        .transport(Drips)
        .build()
        .unwrap();
    let mut items = connection.system().vms().list().items();
    let mut ids = Vec::new();
    let mut given_up = 0;
    loop {
        match timeout(Duration::from_millis(300), items.next()).await {
            Ok(Ok(Some(vm))) => ids.push(vm.id.unwrap()),
            Ok(Ok(None)) => break,
            Ok(Err(error)) => panic!("{error}"),
            Err(_) => given_up += 1,
        }
        assert!(given_up < 100, "nothing comes any more");
    }
    assert_eq!(ids, ["1", "2", "3"]);
    assert!(given_up > 2, "{given_up}");
}
