//! Requests by path, and paths that are rejected before anything is sent.

use std::collections::HashSet;
use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::{Connection, Credentials};

use crate::support::{Reply, Server, builder};

fn connection() -> Connection {
    let url = "https://engine.example.com/ovirt-engine/api";
    Connection::builder(url).credentials(Credentials::token("t")).build().unwrap()
}

#[test]
fn a_request_can_be_inspected_before_it_is_sent() {
    let request = connection().raw(Method::Post, "vms/123/start").query("search", "name=a b").body("<action/>");
    let inspected = request.inspect().unwrap();
    assert_eq!(inspected.method, Method::Post);
    assert_eq!(inspected.path, "/ovirt-engine/api/vms/123/start");
    assert_eq!(inspected.query, [("search".to_owned(), "name=a b".to_owned())]);
    assert_eq!(inspected.body.as_deref(), Some("<action/>"));
}

#[tokio::test]
async fn hrefs_below_the_api_are_accepted() {
    let server = Server::start(|_| Reply::xml(200, "<vm/>")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let whole = format!("{}/vms/1", server.url());
    for href in ["vms/1", "/ovirt-engine/api/vms/1", "/ovirt-engine/api/vms/1/", "/ovirt-engine/api/v4/vms/1", &whole] {
        let response = connection.raw(Method::Get, href).query("a b", "ü&").send().await.unwrap();
        assert_eq!(response.status(), 200);
        let asked = server.last();
        assert_eq!((asked.path.as_str(), asked.query.as_str()), ("/ovirt-engine/api/vms/1", "a+b=%C3%BC%26"));
    }
}

#[tokio::test]
async fn paths_outside_the_api_are_rejected() {
    let server = Server::start(|_| Reply::xml(200, "<vm/>")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    for path in [
        "vms/../hosts",
        "vms/./1",
        "vms/..;x=1/hosts",
        "vms/%2e%2E/hosts",
        "vms/1%2Fnics",
        "vms/1%5cnics",
        "vms/%zz",
        "vms/1%0d",
        "vms//1",
        "vms/;x=1/nics",
        "/other/path",
        "/ovirt-engine/apiary/vms",
        "//localhost/ovirt-engine/api/vms",
        "https://evil.example.com/ovirt-engine/api/vms",
        "vms?max=1",
        "vms#1",
    ] {
        let error = connection.raw(Method::Get, path).send().await.unwrap_err();
        // What follows can hold secrets.
        let shown = path.split(['?', '#']).next().unwrap();
        assert!(error.is_invalid_request() && error.to_string().contains(shown), "{error}");
    }
    // The same server under another URL.
    let (secret, other) = (server.url().replace("://", "://user:hunter2@"), server.url().replace("https:", "http:"));
    let out = "/ovirt-engine/api/../sso/oauth/token".to_owned();
    for href in [format!("{secret}/vms"), format!("{other}/vms"), out] {
        assert!(connection.raw(Method::Get, href).inspect().unwrap_err().is_invalid_request());
    }
    let bad = [
        connection.raw(Method::Get, "vms").correlation_id("has blanks"),
        connection.raw(Method::Get, "vms").correlation_id("x".repeat(37)),
        connection.raw(Method::Get, "vms").correlation_id(""),
        connection.raw(Method::Get, "vms").timeout(Duration::ZERO),
        connection.raw(Method::Get, "vms").timeout(Duration::MAX),
        connection.raw(Method::Get, "vms").header("a b", "c"),
        connection.raw(Method::Get, "vms").header("a", "b\nc"),
        connection.raw(Method::Get, "vms").header("Authorization", "Bearer other"),
    ];
    for request in bad {
        assert!(request.inspect().unwrap_err().is_invalid_request());
        assert!(request.send().await.unwrap_err().is_invalid_request());
    }
    assert!(server.asked().is_empty());
}

#[test]
fn errors_about_paths_give_the_reason() {
    let text = |path: &str| connection().raw(Method::Get, path).inspect().unwrap_err().to_string();
    assert_eq!(
        text("https://evil.example.com/x"),
        "the request was not sent: `https://evil.example.com/x` is not below \
         https://engine.example.com/ovirt-engine/api: different server"
    );
    assert_eq!(
        text("//evil.example.com/x"),
        "the request was not sent: `//evil.example.com/x` is not below \
         https://engine.example.com/ovirt-engine/api: different server"
    );
    let apart = "the request was not sent: the path `vms?…` contains `?` or `#`; set the query separately";
    assert_eq!(text("vms?max=1"), apart);
    // The text contains no control characters and has a limited length.
    assert_eq!(
        text("vms\\1\u{1B}[2J"),
        "the request was not sent: the path `vms\\\\1\\u{1b}[2J` contains `?`, `#`, `\\` or a control character"
    );
    assert!(text(&"x".repeat(10_000).replace("xx", "//")).len() < 400);
    assert_eq!(text("vms/.."), "the request was not sent: the path `vms/..` contains a segment `.` or `..`");
    assert_eq!(text("vms//nics"), "the request was not sent: the path `vms//nics` contains an empty segment");
}

#[tokio::test]
async fn the_correlation_id_of_the_engine_wins() {
    let server = Server::start(|asked| match asked.path.rsplit('/').next() {
        Some("vms") => Reply::xml(200, "<vms/>").header("Correlation-Id", "engine-id"),
        Some("odd") => Reply::xml(200, "<vms/>").header("Correlation-Id", "no id at all"),
        _ => Reply::xml(200, "<hosts/>"),
    })
    .await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let vms = connection.raw(Method::Get, "vms").correlation_id("mine").send().await.unwrap();
    assert_eq!(vms.correlation_id(), Some("engine-id"));
    let odd = connection.raw(Method::Get, "odd").correlation_id("mine").send().await.unwrap();
    assert_eq!(odd.correlation_id(), Some("mine"));
    let hosts = connection.raw(Method::Get, "hosts").send().await.unwrap();
    assert_eq!(hosts.correlation_id(), Some(server.last().header("correlation-id")));
}

#[tokio::test]
async fn each_request_has_its_own_correlation_id() {
    let server = Server::start(|_| Reply::xml(200, "<vms/>")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    for _ in 0..5 {
        connection.raw(Method::Get, "vms").send().await.unwrap();
    }
    let ids: HashSet<String> = server.asked().iter().map(|asked| asked.header("correlation-id").to_owned()).collect();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn the_login_url_is_derived_from_the_api_url() {
    for (path, login, vms) in [
        ("/ovirt-engine/api/", "/ovirt-engine/sso/oauth/token", "/ovirt-engine/api/vms"),
        ("/ovirt-engine/api/v4", "/ovirt-engine/sso/oauth/token", "/ovirt-engine/api/v4/vms"),
        ("/behind/ovirt-engine/api", "/behind/ovirt-engine/sso/oauth/token", "/behind/ovirt-engine/api/vms"),
        ("/rest", "/ovirt-engine/sso/oauth/token", "/rest/vms"),
    ] {
        let server = Server::start(|asked| match asked.path.ends_with("/token") {
            true => Reply::json(200, r#"{"access_token":"t"}"#),
            false => Reply::xml(200, "<vms/>"),
        })
        .await;
        let connection = builder(&server).url(format!("{}{path}", server.origin())).build().unwrap();
        connection.raw(Method::Get, "vms").send().await.unwrap();
        // Absolute paths work with and without the version.
        connection.raw(Method::Get, vms).send().await.unwrap();
        connection.raw(Method::Get, vms.replace("/v4/", "/")).send().await.unwrap();
        let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
        assert_eq!(asked, [login, vms, vms, vms]);
    }
}
