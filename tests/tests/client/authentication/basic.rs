//! Basic authentication and cookie sessions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ovirt_sdk::{Connection, Credentials};

use super::{api, crowd, get};
use crate::support::{PASSWORD, Reply, Server, USER, builder};

#[tokio::test]
async fn basic_authentication_is_probed_once() {
    // `USER:PASSWORD` in Base64.
    const WANTED: &str = "Basic YWRtaW5AaW50ZXJuYWw6cGEmc3MgdzByZCE=";
    let server = Server::start(|asked| match asked.header("authorization") {
        WANTED => api(asked),
        _ => Reply::html(401, "Error"),
    })
    .await;
    let connection = builder(&server).credentials(Credentials::basic(USER, PASSWORD)).build().unwrap();
    assert!(crowd(&connection, 50).await.iter().all(Result::is_ok));
    assert_eq!(server.asked().len(), 51);
    assert!(connection.authenticate().await.unwrap_err().is_invalid_request());

    let wrong = builder(&server).credentials(Credentials::basic(USER, "wrong")).build().unwrap();
    for outcome in crowd(&wrong, 50).await {
        let error = outcome.unwrap_err();
        let refusal = "login rejected: the engine rejected user name and password (401)";
        assert!(error.is_auth() && error.to_string().contains(refusal), "{error}");
        assert!(error.to_string().contains("\nHint: check user name and password"), "{error}");
    }
    assert_eq!(server.asked().len(), 52);
}

#[tokio::test]
async fn a_failed_probe_is_a_failed_login() {
    for reply in [Reply::html(404, "Not Found"), Reply::html(500, "Error"), Reply::html(403, "Forbidden")] {
        let status = reply.clone();
        let server = Server::start(move |_| status.clone()).await;
        for credentials in [Credentials::basic(USER, PASSWORD), Credentials::session(USER, PASSWORD)] {
            let error = builder(&server).credentials(credentials).build().unwrap().test().await.unwrap_err();
            assert!(error.to_string().contains("login failed: GET /ovirt-engine/api: "), "{error}");
            assert_eq!(error.is_auth(), error.status() == Some(403));
        }
        assert_eq!(server.asked().len(), 2);
    }
}

/// A server that sets these cookies and sends `end` when the session is closed, and a connection to it.
async fn session(cookies: &'static [&'static str], end: Reply) -> (Server, Connection) {
    let server = Server::start(move |asked| match asked.header("prefer").is_empty() {
        true => end.clone(),
        false => cookies.iter().fold(api(asked), |reply, cookie| reply.header("Set-Cookie", cookie)),
    })
    .await;
    let connection = builder(&server).credentials(Credentials::session(USER, PASSWORD)).build().unwrap();
    (server, connection)
}

#[tokio::test]
async fn a_session_needs_a_cookie_and_may_already_have_expired() {
    for cookies in [&[][..], &["locale=en_US"], &["JSESSIONID=; Max-Age=0"]] {
        let (server, connection) = session(cookies, Reply::empty(200)).await;
        let error = connection.test().await.unwrap_err();
        assert!(error.to_string().contains("the engine returned no cookie JSESSIONID"), "{error}");
        assert_eq!(server.asked().len(), 1);
    }
    for (end, status) in [(Reply::html(401, "Error"), None), (Reply::html(500, "Error"), Some(500))] {
        let (server, connection) = session(&["JSESSIONID=s"], end).await;
        connection.test().await.unwrap();
        let outcome = connection.close().await.map_err(|error| error.status());
        assert_eq!(outcome, status.map_or(Ok(()), |status| Err(Some(status))));
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn sessions_use_a_cookie_and_end_on_close() {
    let expired = Arc::new(AtomicUsize::new(0));
    let sessions = Arc::clone(&expired);
    let server = Server::start(move |asked| {
        let number = sessions.load(Ordering::SeqCst);
        if asked.header("authorization").starts_with("Basic ") && asked.header("prefer") == "persistent-auth" {
            let cookie = format!("JSESSIONID=s{number}; Path=/ovirt-engine/api; Secure; HttpOnly");
            return api(asked).header("Set-Cookie", "locale=en_US").header("Set-Cookie", &cookie);
        }
        match asked.header("cookie") == format!("JSESSIONID=s{number}") && asked.header("authorization").is_empty() {
            true => api(asked),
            false => Reply::html(401, "Error"),
        }
    })
    .await;
    let connection = builder(&server).credentials(Credentials::session(USER, PASSWORD)).build().unwrap();
    get(&connection, "vms").await.unwrap();
    get(&connection, "vms").await.unwrap();
    assert_eq!(server.asked().len(), 3);
    assert_eq!(server.last().header("prefer"), "persistent-auth");
    expired.store(1, Ordering::SeqCst);
    get(&connection, "vms").await.unwrap();
    assert_eq!(server.asked().len(), 6);
    connection.close().await.unwrap();
    let last = server.last();
    assert_eq!((last.header("cookie"), last.header("prefer")), ("JSESSIONID=s1", ""));
}
