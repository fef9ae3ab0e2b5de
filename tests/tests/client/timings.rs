//! The policy that collects the durations of requests.

use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::{Position, Timings};

use crate::support::{Engine, Reply, Server, builder};

#[tokio::test]
async fn timings_of_all_attempts_are_collected() {
    let engine = Engine::new();
    let first = std::sync::atomic::AtomicBool::new(true);
    let server = Server::start(engine.handler(move |_| match first.swap(false, std::sync::atomic::Ordering::SeqCst) {
        true => Reply::html(503, "Down"),
        false => Reply::xml(200, "<vms/>").after(Duration::from_millis(60)),
    }))
    .await;
    let (attempts, calls) = (Timings::new(), Timings::new());
    let connection = builder(&server)
        .policy(Position::Wire, attempts.clone())
        .policy(Position::Call, calls.clone())
        .build()
        .unwrap();
    connection.raw(Method::Get, "vms").query("max", "1").query("password", "s3cret").send().await.unwrap();
    let taken = attempts.timings();
    let shown: Vec<(u16, u32, bool)> =
        taken.iter().map(|timing| (timing.status.unwrap(), timing.attempt, timing.login)).collect();
    assert_eq!(shown, [(200, 1, true), (503, 1, false), (200, 2, false)]);
    assert_eq!(taken[2].url, format!("{}/vms?max=1&password=***", server.url()));
    assert!(taken[2].elapsed >= Duration::from_millis(60) && taken[1].elapsed < taken[2].elapsed, "{taken:?}");
    let whole = calls.timings();
    assert_eq!((whole.len(), whole[0].method, whole[0].status), (1, Method::Get, Some(200)));
    assert!(whole[0].elapsed >= taken.iter().map(|timing| timing.elapsed).sum::<Duration>());

    attempts.reset_timings();
    assert!(attempts.timings().is_empty());
    drop(server);
    let unreachable = ovirt_sdk::Connection::builder("https://127.0.0.1:1/ovirt-engine/api").no_proxy();
    let unreachable =
        unreachable.credentials(ovirt_sdk::Credentials::token("t")).policy(Position::Wire, attempts.clone());
    let retry = ovirt_sdk::pipeline::RetryPolicy::none();
    unreachable.retry(retry).build().unwrap().test().await.unwrap_err();
    assert_eq!(attempts.timings().iter().map(|timing| timing.status).collect::<Vec<_>>(), [None]);
}
