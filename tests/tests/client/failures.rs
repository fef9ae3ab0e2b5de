//! Network failures, transient errors, retries and redirects.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{Asked, Engine, Reply, Server, builder};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<vms><vm id=\"1\"/></vms>")
}

/// A server that sends `reply` to the first `bad` requests.
async fn flaky(bad: usize, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |asked| match count.fetch_add(1, Ordering::SeqCst) < bad {
        true => reply(),
        false => api(asked),
    })
    .await
}

fn token(server: &Server) -> Connection {
    builder(server).credentials(Credentials::token("t")).build().unwrap()
}

async fn send(connection: &Connection, method: Method) -> Result<String, Error> {
    connection.raw(method, "vms").send().await.map(|response| response.text())
}

#[tokio::test]
async fn idempotent_requests_are_retried_while_an_engine_restarts() {
    for status in [502, 503, 504] {
        for method in [Method::Get, Method::Head, Method::Put, Method::Delete, Method::Options] {
            let server = flaky(2, move || Reply::html(status, "Service Unavailable")).await;
            assert!(send(&token(&server), method).await.is_ok(), "{method}");
            assert_eq!((server.asked().len(), server.last().method.as_str()), (3, method.as_str()));
        }
    }
}

#[tokio::test]
async fn requests_that_are_not_idempotent_are_not_retried_once_sent() {
    for reply in [Reply::html(503, "Down"), Reply::xml(409, fault("VM is locked")), api(&nothing()).cut_after(3)] {
        let server = flaky(9, move || reply.clone()).await;
        let error = send(&token(&server), Method::Post).await.unwrap_err();
        assert!(error.is_retryable() && error.attempts() == Some(1), "{error}");
        assert_eq!(server.asked().len(), 1);
    }
}

fn nothing() -> Asked {
    Asked::default()
}

fn fault(detail: &str) -> String {
    format!("<fault><detail>[Cannot do it. {detail}.]</detail><reason>Operation Failed</reason></fault>")
}

#[tokio::test]
async fn the_number_of_attempts_is_limited() {
    let server = flaky(usize::MAX, || Reply::html(503, "Down")).await;
    let error = send(&token(&server), Method::Get).await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(503), Some(5)));
    assert_eq!(server.asked().len(), 5);
    let ids: std::collections::HashSet<String> =
        server.asked().iter().map(|asked| asked.header("correlation-id").to_owned()).collect();
    assert_eq!(ids.len(), 1, "all attempts are one request");

    let builder = builder(&server).credentials(Credentials::token("t"));
    let once = builder.retry(RetryPolicy::none()).build().unwrap();
    assert_eq!(send(&once, Method::Get).await.unwrap_err().attempts(), Some(1));
}

#[tokio::test]
async fn a_long_retry_after_ends_the_retries() {
    let server = flaky(9, || Reply::html(503, "Down").header("Retry-After", "3600")).await;
    assert_eq!(send(&token(&server), Method::Get).await.unwrap_err().attempts(), Some(1));
    let server = flaky(2, || Reply::html(503, "Down").header("Retry-After", "0")).await;
    assert!(send(&token(&server), Method::Get).await.is_ok());
}

#[tokio::test]
async fn the_deadline_of_retries_holds() {
    let server = flaky(9, || Reply::html(503, "Down")).await;
    let retry = RetryPolicy::new().attempts(100).deadline(Duration::ZERO);
    let connection = builder(&server).credentials(Credentials::token("t")).retry(retry).build().unwrap();
    assert_eq!(send(&connection, Method::Get).await.unwrap_err().attempts(), Some(1));
}

#[tokio::test]
async fn only_transient_conflicts_are_retried() {
    let server = flaky(1, || Reply::xml(409, fault("Related operation is currently in progress"))).await;
    assert!(send(&token(&server), Method::Delete).await.is_ok());
    let server = flaky(1, || Reply::xml(409, fault("The VM name is already in use"))).await;
    let error = send(&token(&server), Method::Delete).await.unwrap_err();
    assert!(error.is_conflict() && !error.is_retryable());
    let detail = error.fault().and_then(|fault| fault.detail.as_deref());
    assert_eq!(detail, Some("[Cannot do it. The VM name is already in use.]"));
}

#[tokio::test]
async fn requests_with_a_truncated_response_body_are_retried() {
    let server = flaky(2, || api(&nothing()).cut_after(10)).await;
    assert_eq!(send(&token(&server), Method::Get).await.unwrap(), "<vms><vm id=\"1\"/></vms>");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_stalled_response_body_times_out() {
    let server = flaky(9, || api(&nothing()).stuck_after(10)).await;
    let builder = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_millis(200));
    let error = send(&builder.build().unwrap(), Method::Get).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable() && !error.is_connect(), "{error}");
}

#[tokio::test]
async fn a_truncated_compressed_body_is_an_error() {
    // The response is complete, but the gzip stream in it is truncated.
    let cut: &[u8] = &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xB3, 0x29, 0xCB];
    let server = flaky(1, move || Reply::xml(200, cut).header("Content-Encoding", "gzip")).await;
    assert!(send(&token(&server), Method::Get).await.is_ok());
    assert_eq!(server.asked().len(), 2);
    let server = flaky(9, move || Reply::xml(200, cut).header("Content-Encoding", "gzip")).await;
    let error = send(&token(&server), Method::Post).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_decode(), "{error}");
}

#[tokio::test]
async fn slow_responses_are_not_retried() {
    let server = Server::start(|asked| api(asked).after(Duration::from_millis(100))).await;
    assert!(send(&token(&server), Method::Get).await.is_ok());
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let thief = Server::start(api).await;
    let target = thief.url();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{target}/vms?token=hunter2");
        let server = Server::start(move |_| Reply::empty(status).header("Location", &location)).await;
        let error = send(&token(&server), Method::Get).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains(", redirect to https://localhost:"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    assert_eq!(thief.connections(), 0);
}

#[tokio::test]
async fn redirects_within_the_engine_are_followed_by_reads_only() {
    let server = Server::start(|asked| match asked.path.ends_with("/vms") {
        true => Reply::empty(302).header("Location", "/ovirt-engine/api/machines"),
        false => api(asked),
    })
    .await;
    assert!(send(&token(&server), Method::Get).await.is_ok());
    assert_eq!(server.last().header("authorization"), "Bearer t");
    let error = send(&token(&server), Method::Delete).await.unwrap_err();
    assert_eq!(error.status(), Some(302));

    let circle = Server::start(|asked| Reply::empty(302).header("Location", &asked.path)).await;
    assert_eq!(send(&token(&circle), Method::Get).await.unwrap_err().status(), Some(302));
    assert!(circle.asked().len() < 10);
}

#[tokio::test]
async fn every_redirect_within_the_engine_is_followed() {
    for status in [301, 302, 303, 307, 308] {
        for whole in [true, false] {
            let server = Server::start(move |asked| match asked.path.ends_with("/vms") {
                true => {
                    let origin = if whole { format!("https://{}", asked.header("host")) } else { String::new() };
                    Reply::empty(status).header("Location", &format!("{origin}/ovirt-engine/api/machines?max=1"))
                }
                false => api(asked),
            })
            .await;
            for method in [Method::Get, Method::Head] {
                send(&token(&server), method).await.unwrap();
                let last = server.last();
                assert_eq!((last.path.as_str(), last.query.as_str()), ("/ovirt-engine/api/machines", "max=1"));
                assert_eq!((last.method.as_str(), last.header("authorization")), (method.as_str(), "Bearer t"));
            }
        }
    }
}

#[tokio::test]
async fn other_statuses_and_urls_with_a_user_are_not_followed() {
    for (status, user) in [(300, ""), (304, ""), (305, ""), (302, "user:hunter2@"), (302, "user@")] {
        let server = Server::start(move |asked| match asked.path.ends_with("/vms") {
            true => {
                let location = format!("https://{user}{}/ovirt-engine/api/machines", asked.header("host"));
                Reply::empty(status).header("Location", &location)
            }
            false => api(asked),
        })
        .await;
        assert_eq!(send(&token(&server), Method::Get).await.unwrap_err().status(), Some(status));
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_connection_closed_before_the_response_is_reopened() {
    let server = flaky(2, Reply::gone).await;
    assert!(send(&token(&server), Method::Get).await.is_ok());
    assert_eq!(server.asked().len(), 3);
    let server = flaky(9, Reply::gone).await;
    let error = send(&token(&server), Method::Post).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_connect() && !error.is_timeout(), "{error}");
    assert_eq!((error.attempts(), server.asked().len()), (Some(1), 1));
}

#[tokio::test]
async fn transient_and_permanent_errors_are_distinguished() {
    let passes = |reply: Reply| async move {
        let server = flaky(9, move || reply.clone()).await;
        let error = send(&token(&server), Method::Post).await.unwrap_err();
        assert_eq!(error.attempts(), Some(1));
        error.is_retryable()
    };
    for status in [429, 502, 503, 504] {
        assert!(passes(Reply::html(status, "Error")).await, "{status}");
    }
    for status in [400, 401, 403, 404, 405, 409, 410, 500, 501] {
        assert!(!passes(Reply::html(status, "Error")).await, "{status}");
    }
    // Messages of real engines.
    for detail in [
        "Cannot run VM: VM is locked. Please try again in a few minutes",
        "Cannot attach Virtual Disk: Disk is locked. Please try again later",
        "Cannot remove VM: The following disks are locked: web1_Disk1. Please try again in a few minutes",
        "Cannot edit VM. Related operation is currently in progress. Please try again later",
        "Cannot remove VM. The VM is performing an operation on a Snapshot. Please wait for the operation to finish",
        "Cannot remove Template. Template t1 is being exported",
        "Cannot run VM. VM is being cloned",
        "Cannot remove VM. VM web1 is being imported",
        "Cannot stop VM. VM web1 is being migrated",
        "Cannot edit VM-Pool. VM Pool desktops is being updated",
        "Cannot start backup. The VM backup operation is currently in progress",
        "Another Setup Networks or Host Refresh process in progress on the host. Please try later",
        "Cannot deactivate Storage while there are running tasks on this Storage",
        "Cannot export VM because the VM is in Image Locked status",
    ] {
        assert!(passes(Reply::xml(409, fault(detail))).await, "{detail}");
    }
    for detail in ["The VM name is already in use", "VM is running", "Cannot remove the Default Cluster"] {
        assert!(!passes(Reply::xml(409, fault(detail))).await, "{detail}");
    }
}

/// If the request would time out before the next attempt, the last error is returned immediately.
#[tokio::test]
async fn retries_stop_if_the_next_one_would_be_too_late() {
    let server = flaky(9, || Reply::html(503, "Down")).await;
    let retry = RetryPolicy::new().first_delay(Duration::from_secs(8)).longest_delay(Duration::from_secs(8));
    let builder = builder(&server).credentials(Credentials::token("t")).retry(retry);
    let connection = builder.timeout(Duration::from_secs(3)).build().unwrap();
    let began = std::time::Instant::now();
    assert_eq!(send(&connection, Method::Get).await.unwrap_err().status(), Some(503));
    assert!(began.elapsed() < Duration::from_millis(2900));
}

#[tokio::test]
async fn errors_and_their_sources_hide_the_query() {
    let server = flaky(9, Reply::gone).await;
    let request = token(&server).raw(Method::Post, "vms").query("password", "hunter2");
    let error = request.send().await.unwrap_err();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = cause {
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        cause = error.source();
    }
}

#[tokio::test]
async fn a_response_without_an_xml_document_is_an_error() {
    let server = Server::start(|_| Reply::html(200, "oVirt Engine")).await;
    let error = send(&token(&server), Method::Get).await.unwrap_err();
    assert_eq!(error.status(), Some(200));
    assert!(!error.is_retryable() && !error.is_decode(), "{error}");
    let server = Server::start(|_| Reply::new(200, "text/plain", "hello")).await;
    assert!(token(&server).test().await.is_err());
}

#[tokio::test]
async fn responses_without_a_body_are_accepted() {
    for status in [200, 202, 204] {
        let server = Server::start(move |_| Reply::empty(status)).await;
        let response = token(&server).raw(Method::Delete, "vms/1").send().await.unwrap();
        assert_eq!((response.status(), response.bytes().len()), (status, 0));
        // An empty body may still have a `Content-Encoding`.
        let server = Server::start(move |_| Reply::empty(status).header("Content-Encoding", "gzip")).await;
        assert_eq!(token(&server).raw(Method::Post, "vms/1/start").send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_login_is_retried_after_a_transient_failure() {
    let down = Arc::new(AtomicUsize::new(2));
    let (engine, left) = (Engine::new(), Arc::clone(&down));
    let inner = engine.handler(api);
    let server = Server::start(move |asked| {
        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if fails { Reply::html(503, "Down") } else { inner(asked) }
    })
    .await;
    assert!(send(&builder(&server).build().unwrap(), Method::Get).await.is_ok());
    assert_eq!((server.logins(), engine.issued()), (3, 1));

    // A request whose login failed was never sent, so any request is retried.
    down.store(2, Ordering::SeqCst);
    let asked = server.count("/vms");
    assert!(send(&builder(&server).build().unwrap(), Method::Post).await.is_ok());
    assert_eq!((server.logins(), server.count("/vms")), (6, asked + 1));

    down.store(1, Ordering::SeqCst);
    let connection = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    let error = send(&connection, Method::Post).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_auth() && error.status() == Some(503), "{error}");
    assert!(!error.outcome_unknown());
    // No pause, since the password was not rejected.
    assert!(send(&connection, Method::Post).await.is_ok());
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://127.0.0.1:{}/ovirt-engine/api", listener.local_addr().unwrap().port());
    drop(listener);
    let retry = RetryPolicy::new().attempts(5).first_delay(Duration::from_millis(1));
    let gone = Connection::builder(url).credentials(Credentials::token("t")).no_proxy().retry(retry).build().unwrap();
    let error = gone.test().await.unwrap_err();
    assert!(error.is_connect() && error.is_retryable() && !error.is_timeout() && !error.is_auth(), "{error}");
    assert_eq!(error.attempts(), Some(5));
}
