//! Failures that servers report with a successful status code.

use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{PASSWORD, Reply, Server, USER, builder};

/// Bodies that report a failure, with the reason that errors show.
fn failures() -> Vec<(Reply, &'static str)> {
    let fault = "<fault><reason>Operation Failed</reason><detail>[Cannot do it.]</detail></fault>";
    let json = r#"{"reason" : "Operation Failed", "detail" : "[Cannot do it.]"}"#;
    vec![
        (Reply::xml(200, fault), "Operation Failed: [Cannot do it.]"),
        (Reply::xml(202, format!("<action><status>failed</status>{fault}</action>")), "[Cannot do it.]"),
        (Reply::xml(200, format!("<action>{fault}</action>")), "[Cannot do it.]"),
        (Reply::xml(201, "<action><status>failed</status></action>"), "the operation failed"),
        (Reply::json(200, json), "Operation Failed: [Cannot do it.]"),
        (Reply::json(200, &format!(r#"{{"status":"failed","fault":{json}}}"#)), "Operation Failed: [Cannot do it.]"),
        (Reply::json(200, r#"{"error":"invalid_grant","error_description":"It expired."}"#), "It expired."),
        (Reply::json(200, r#"[{"error_code":"access_denied","error":"No."}]"#), "No."),
        (Reply::html(200, "Sign in"), "Sign in"),
    ]
}

/// A server that fails in one place only.
async fn server(fails: &'static str, reply: Reply) -> Server {
    Server::start(move |asked| match asked.path.as_str() {
        path if path.ends_with(fails) && (fails != "/api" || !asked.header("authorization").is_empty()) => {
            reply.clone()
        }
        "/ovirt-engine/sso/oauth/token" | "/login" => Reply::json(200, r#"{"access_token":"t0ken-of-the-server"}"#),
        "/ovirt-engine/services/sso-logout" | "/revoke" => Reply::json(200, "{ }"),
        "/ovirt-engine/api" => Reply::xml(200, "<api/>").header("Set-Cookie", "JSESSIONID=0123456789; Path=/"),
        path if path.ends_with("/vms") => Reply::xml(200, "<vms/>"),
        _ => Reply::xml(200, "<action/>"),
    })
    .await
}

fn connect(server: &Server, credentials: impl Into<Credentials>) -> Connection {
    builder(server).credentials(credentials).retry(RetryPolicy::none()).build().unwrap()
}

fn check(error: &Error, reason: &str) {
    let text = error.to_string();
    assert!(text.contains(reason) && !text.contains(PASSWORD) && !text.contains("t0ken"), "{text}");
}

#[tokio::test]
async fn requests() {
    for (reply, reason) in failures() {
        let server = server("", reply).await;
        let connection = connect(&server, Credentials::token("t"));
        let system = connection.system();
        let vm = system.vms().vm("1");
        check(&system.vms().list().send().await.unwrap_err(), reason);
        check(&system.vms().list().items().next().await.unwrap_err(), reason);
        check(&vm.get().send().await.unwrap_err(), reason);
        check(&vm.start().send().await.unwrap_err(), reason);
        check(&vm.ticket().send_reply().await.unwrap_err(), reason);
        check(&vm.remove().send().await.unwrap_err(), reason);
        check(&connection.raw(Method::Put, "vms/1").body("<vm/>").send().await.unwrap_err(), reason);
        check(&connection.test().await.unwrap_err(), reason);
    }
}

#[tokio::test]
async fn logins() {
    for (reply, reason) in failures() {
        let all = server("", reply.clone()).await;
        for credentials in [
            Credentials::password(USER, PASSWORD),
            Credentials::basic("admin", PASSWORD),
            Credentials::session("admin", PASSWORD),
            Credentials::external_sso(format!("{}/login", all.origin()), USER, PASSWORD).into(),
        ] {
            let connection = connect(&all, credentials);
            let error = connection.system().vms().list().send().await.unwrap_err();
            check(&error, reason);
            assert_eq!(all.count("/vms"), 0, "{error}");
        }
    }
    // A token beside a failure is not used, and not shown.
    let body = r#"{"access_token":"t0ken-of-the-server","fault":{"reason":"No sessions left"}}"#;
    let server = server("/token", Reply::json(200, body)).await;
    let connection = connect(&server, Credentials::password(USER, PASSWORD));
    check(&connection.test().await.unwrap_err(), "No sessions left");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn logouts() {
    for (reply, reason) in failures() {
        let server = server("/sso-logout", reply.clone()).await;
        let connection = connect(&server, Credentials::password(USER, PASSWORD));
        connection.test().await.unwrap();
        check(&connection.close().await.unwrap_err(), reason);
        assert!(connection.test().await.unwrap_err().is_closed());

        let server = self::server("/revoke", reply.clone()).await;
        let at = |path: &str| format!("{}{path}", server.origin());
        let sso = Credentials::external_sso(at("/login"), USER, PASSWORD).revoke_url(at("/revoke"));
        let connection = connect(&server, sso);
        connection.test().await.unwrap();
        check(&connection.close().await.unwrap_err(), reason);

        // A session ends with a request to the API that does not ask to keep it.
        let server = Server::start(move |asked| match (asked.header("cookie"), asked.header("prefer")) {
            ("", _) => Reply::xml(200, "<api/>").header("Set-Cookie", "JSESSIONID=0123456789; Path=/"),
            (_, "") => reply.clone(),
            _ => Reply::xml(200, "<api/>"),
        })
        .await;
        let connection = connect(&server, Credentials::session("admin", PASSWORD));
        connection.test().await.unwrap();
        check(&connection.close().await.unwrap_err(), reason);
    }
}

#[tokio::test]
async fn the_beginning_of_an_endless_failure_is_enough() {
    let body =
        format!("<fault><reason>Operation Failed</reason><detail>[No.]</detail></fault>{}", " ".repeat(64 * 1024));
    let server = Server::start(move |_| Reply::xml(400, body.as_str()).endless(Duration::ZERO)).await;
    let connection = connect(&server, Credentials::token("t"));
    let error = connection.system().vms().list().send().await.unwrap_err();
    assert_eq!((error.status(), error.fault().and_then(|fault| fault.detail.as_deref())), (Some(400), Some("[No.]")));
}

#[tokio::test]
async fn objects_can_have_the_status_failed() {
    let server = Server::start(|asked| match asked.header("accept") {
        "application/json" => Reply::json(200, r#"{"status" : "failed", "id" : "7"}"#),
        _ => Reply::xml(200, "<job id='7'><status>failed</status></job>"),
    })
    .await;
    let connection = connect(&server, Credentials::token("t"));
    assert_eq!(connection.system().jobs().job("7").get().send().await.unwrap().id.as_deref(), Some("7"));
    connection.raw(Method::Get, "jobs/7").header("Accept", "application/json").send().await.unwrap();
}

#[tokio::test]
async fn only_the_api_passes_the_test() {
    for (body, passes) in [
        ("<api/>", true),
        ("<?xml version='1.0'?>\n<api href='/ovirt-engine/api'><product_info/></api>", true),
        ("<rss version='2.0'/>", false),
        ("<vms/>", false),
        ("<api><broken></api>", false),
        ("{}", false),
        ("", false),
    ] {
        let server = Server::start(move |_| Reply::xml(200, body)).await;
        let connection = connect(&server, Credentials::token("t"));
        assert_eq!(connection.test().await.is_ok(), passes, "{body}");
        let json = builder(&server).credentials(Credentials::token("t")).header("Accept", "application/json");
        assert_eq!(json.build().unwrap().test().await.is_ok(), passes, "{body}");
        assert_eq!(server.last().header("accept"), "application/xml");
    }
}
