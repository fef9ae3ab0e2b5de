//! Injected failures.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use ovirt_fake_engine::{FakeEngine, InjectedFailure};
use ovirt_sdk::Error;
use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::types::Vm;

use crate::raw::{ADMIN, exchange};
use crate::{engine, read};

const LIST: &str = "GET /ovirt-engine/api/vms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

#[tokio::test]
async fn an_engine_is_unavailable_for_a_while() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    engine.inject(InjectedFailure::unavailable().on("vms").times(2));
    let list = async || connection.system().vms().list().send().await;
    for _ in 0..2 {
        let error = list().await.unwrap_err();
        assert_eq!(error.status(), Some(503));
        assert!(error.is_retryable() && error.to_string().contains("503 Service Unavailable"), "{error}");
    }
    assert_ne!(list().await.err().and_then(|error| error.status()), Some(503));
}

#[tokio::test]
async fn a_client_that_tries_again_gets_through() {
    let engine = FakeEngine::start().await.unwrap();
    let retry = RetryPolicy::new().first_delay(Duration::from_millis(1)).longest_delay(Duration::from_millis(2));
    let connection = engine.connect().retry(retry).build().unwrap();
    engine.inject(InjectedFailure::unavailable().everywhere().times(2));
    engine.inject(InjectedFailure::reset().times(1));
    let outcome = read(&connection).await;
    assert!(!outcome.is_err_and(|error| error.is_retryable()));
    let statuses: Vec<Option<u16>> = engine.requests().iter().map(|request| request.status()).collect();
    assert_eq!(statuses[..4], [Some(503), Some(503), Some(200), None], "{:?}", engine.requests());
}

#[tokio::test]
async fn logins_are_refused_after_some_requests() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    engine.inject(InjectedFailure::unauthorized().skip(2).times(1));
    for _ in 0..3 {
        let outcome = read(&connection).await;
        assert!(!outcome.is_err_and(|error| error.is_auth()));
    }
    let statuses: Vec<bool> = engine.calls("GET", "").iter().map(|request| request.status() == Some(401)).collect();
    assert_eq!(statuses, [false, false, true, false]);
    assert_eq!(engine.calls("POST", "/ovirt-engine/sso/**").len(), 2);
}

#[tokio::test]
async fn connections_are_reset() {
    let (engine, connection) = engine(FakeEngine::builder().inject(InjectedFailure::reset())).await;
    let error = read(&connection).await.unwrap_err();
    assert_eq!((error.status(), error.is_retryable()), (None, true), "{error}");
    let (answer, end) = exchange(&engine, &format!("{LIST}{ADMIN}\r\n\r\n")).await;
    assert_eq!((answer.len(), end.unwrap_err().kind()), (0, ErrorKind::ConnectionReset));
    assert_eq!(engine.assert_called("GET", "vms").status(), None);
}

#[tokio::test]
async fn answers_are_cut_short() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let health = "GET /ovirt-engine/services/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    engine.inject(InjectedFailure::truncated().on("/ovirt-engine/services/health"));
    let (answer, end) = exchange(&engine, health).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 31"), "{head}");
    assert_eq!((body, end.unwrap_err().kind()), ("DB Up!Welcome t", ErrorKind::UnexpectedEof));

    engine.clear_failures();
    engine.inject(InjectedFailure::truncated());
    let error = read(&connection).await.unwrap_err();
    assert_eq!(error.status(), None, "{error}");
    assert!(error.is_retryable(), "{error}");
}

#[tokio::test]
async fn answers_come_late_or_never() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let _ = read(&connection).await;
    engine.inject(InjectedFailure::latency(Duration::from_millis(60)).on("").times(1));
    let begun = Instant::now();
    let _ = read(&connection).await;
    assert!(begun.elapsed() >= Duration::from_millis(60));

    engine.inject(InjectedFailure::silence().on("vms/*"));
    let ask = connection.raw(Method::Get, "vms/1").timeout(Duration::from_millis(80)).send();
    let error: Error = ask.await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(engine.assert_called("GET", "vms/1").status(), None);
}

#[tokio::test]
async fn refusals_can_be_any() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let locked = "[Cannot run VM. VM \"a\" is locked & <busy>.]";
    engine.inject(InjectedFailure::fault(409, "Operation Failed", locked).on("vms/*/start").method("post"));
    engine.inject(InjectedFailure::response(200, "text/html", "<html><title>Proxy</title></html>").on("disks"));
    let error = connection.system().vms().vm("1").start().send().await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let fault = error.fault().unwrap();
    assert_eq!((fault.reason.as_deref(), fault.detail.as_deref()), (Some("Operation Failed"), Some(locked)));
    let error = connection.system().disks().list().send().await.unwrap_err();
    assert!(error.to_string().contains("Proxy"), "{error}");
}

#[tokio::test]
async fn what_was_asked_is_done_though_the_answer_is_lost() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let logout = "/ovirt-engine/services/sso-logout";
    let token = connection.authenticate().await.unwrap().as_str().to_owned();
    engine.inject(InjectedFailure::reset().on(logout).after_execution());
    let error = connection.close().await.unwrap_err();
    assert_eq!(error.status(), None, "{error}");
    let request = format!("{LIST}Authorization: Bearer {token}\r\n\r\n");
    let (answer, _) = exchange(&engine, &request).await;
    assert!(answer.starts_with(b"HTTP/1.1 401 "));
}

#[tokio::test]
async fn silence_holds_nothing_up() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    engine.inject(InjectedFailure::silence().on("vms"));
    let waiting = tokio::spawn({
        let connection = connection.clone();
        async move { connection.system().vms().add(Vm::new()).send().await.map(drop) }
    });
    while engine.calls("POST", "vms").is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let _ = read(&connection).await;
    let begun = Instant::now();
    drop(engine);
    assert!(begun.elapsed() < Duration::from_secs(2));
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.status(), error.is_timeout()), (None, false), "{error}");
}
