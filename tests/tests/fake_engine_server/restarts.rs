//! Restarts of the engine, with the downtime of a real one.

use std::io::ErrorKind;
use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, Incident};
use ovirt_sdk::types::VmStatus;
use tokio::net::TcpStream;

use crate::raw::{ADMIN, ask};
use crate::{engine, read};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_restart_rejects_refuses_keeps_waiting_and_forgets_logins() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    read(&connection).await.unwrap();
    engine.cause(Incident::restart().after(10 * SECOND).lasting(50 * SECOND));
    read(&connection).await.unwrap();

    // It stops: credentials can't be checked.
    engine.advance(10 * SECOND);
    let error = read(&connection).await.unwrap_err();
    assert!(!error.is_auth() && error.to_string().contains("Connection pool shut down"), "{error}");

    // It is down: connections are refused.
    engine.advance(5 * SECOND);
    // A request on a connection from before can be lost first.
    let error = read(&connection).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    let error = read(&connection).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    let refused = TcpStream::connect(engine.address()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);

    // It starts: connections are accepted, and requests wait.
    engine.advance(30 * SECOND);
    let waiting = read(&connection);
    let mut waiting = std::pin::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(200), &mut waiting).await.is_err());
    engine.advance(15 * SECOND);
    waiting.await.unwrap();
    let logins = engine.calls("POST", "/ovirt-engine/sso/**").len();
    assert!(logins >= 2, "the old token is rejected: {:?}", engine.requests());
    let codes: Vec<Option<i64>> =
        connection.system().events().list().send().await.unwrap().iter().map(|event| event.code).collect();
    assert!(codes.contains(&Some(1)) && codes.contains(&Some(2)), "{codes:?}");
}

#[tokio::test]
async fn another_process_restarts_the_engine() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    let request = "GET /ovirt-engine/api";
    let incidents = "/fake-engine/incidents";
    let text = ["Content-Type: text/plain"];
    for restart in ["restart after=1h", "restart lasting=10s"] {
        let caused = ask(&engine, &format!("POST {incidents}"), &text, restart).await;
        assert!(caused.starts_with("HTTP/1.1 204"), "{caused}");
    }
    let pending = ask(&engine, &format!("GET {incidents}"), &[], "").await;
    assert!(pending.ends_with(r#"["restart after=3600s lasting=60s"]"#), "{pending}");
    let answer = ask(&engine, request, &[ADMIN], "").await;
    assert!(
        answer.starts_with("HTTP/1.1 401") && answer.contains("server_error: Connection pool shut down"),
        "{answer}"
    );
    engine.advance(SECOND);
    assert!(TcpStream::connect(engine.address()).await.is_err());
    engine.advance(9 * SECOND);
    let answer = ask(&engine, request, &[ADMIN], "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_wait_survives_a_restart_in_real_time() {
    let engine = FakeEngine::builder().vms(20).speed(20.0).start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    let vms = connection.system().vms();
    let vm = vms.list().search("status=down").max(1).send().await.unwrap().into_vec().remove(0);
    vms.vm(&vm).start().send().await.unwrap();
    engine.cause(Incident::restart().lasting(40 * SECOND));
    let up = vms.vm(&vm).wait_until_up().timeout(60 * SECOND).await.unwrap();
    assert_eq!(up.status, Some(VmStatus::Up));
}
