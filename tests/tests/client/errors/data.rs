//! Errors as data: kinds, requests and responses.

use std::time::Duration;

use ovirt_sdk::http::{Headers, Method, Response};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error, ErrorKind, TransportErrorKind};

use super::answered;
use crate::support::{PASSWORD, Reply, Server, USER, builder};

#[tokio::test]
async fn an_error_knows_its_request_and_its_response() {
    let reply = Reply::xml(503, "<fault><reason>Down</reason><detail>d&amp;d</detail></fault>")
        .header("Retry-After", "17")
        .header("X-Node", "7")
        .header("Set-Cookie", "JSESSIONID=s3cret-session");
    let server = Server::start(move |_| reply.clone()).await;
    let connection = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none()).build().unwrap();
    let request = connection.raw(Method::Get, "vms").query("search", "name=a b").query("password", "s3cret-query");
    let error = request.send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::ServiceUnavailable, Some(503)));
    assert_eq!(error.method(), Some(Method::Get));
    assert_eq!(error.url().unwrap(), format!("{}/vms?search=name%3Da+b&password=***", server.url()));
    let headers = error.headers().unwrap();
    assert_eq!((headers.get("x-node"), headers.get("set-cookie")), (Some("7"), None));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
    assert_eq!(error.fault().and_then(|fault| fault.reason.as_deref()), Some("Down"));
    assert_eq!(error.body_excerpt(), Some("<fault><reason>Down</reason><detail>d&amp;d</detail></fault>"));
    assert!(!format!("{error}{error:?}{:?}{:?}", error.url(), error.headers()).contains("s3cret"));
}

#[tokio::test]
async fn every_status_has_a_kind() {
    use ErrorKind::*;
    for (status, kind) in [
        (302, Redirect),
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (405, MethodNotAllowed),
        (406, NotAcceptable),
        (407, ProxyAuthenticationRequired),
        (409, Conflict),
        (413, PayloadTooLarge),
        (415, UnsupportedMediaType),
        (416, RangeNotSatisfiable),
        (418, OtherStatus),
        (429, TooManyRequests),
        (500, InternalServerError),
        (501, NotImplemented),
        (502, BadGateway),
        (503, ServiceUnavailable),
        (504, GatewayTimeout),
    ] {
        let (error, _) = answered(Reply::xml(status, "<fault><reason>r</reason></fault>"), Method::Post, "vms").await;
        assert_eq!((error.kind(), error.method()), (kind, Some(Method::Post)), "{status}");
        let built = Response::new(status, Headers::new(), b"<fault><reason>r</reason></fault>".to_vec());
        assert_eq!(Error::from_response(Method::Post, "vms", &built).kind(), kind, "{status}");
    }
    let (error, _) = answered(Reply::html(200, "Welcome"), Method::Get, "vms").await;
    assert_eq!((error.kind(), error.body_excerpt()), (UnexpectedResponse, Some("Welcome")));
}

#[tokio::test]
async fn failures_without_a_response_have_kinds() {
    let server = Server::start(|asked| match asked.path.rsplit('/').next() {
        Some("gone") => Reply::gone(),
        Some("never") => Reply::never(),
        _ => Reply::xml(200, "<vms"),
    })
    .await;
    let with = |credentials: Credentials| {
        let builder = builder(&server).credentials(credentials).retry(RetryPolicy::none());
        builder.timeout(Duration::from_millis(500)).build().unwrap()
    };
    let connection = with(Credentials::token("t"));
    let failed = async |path: &str| connection.raw(Method::Get, path).send().await.unwrap_err();
    assert_eq!(failed("gone").await.kind(), ErrorKind::ConnectionLost);
    assert_eq!(failed("never").await.kind(), ErrorKind::Timeout);
    assert_eq!(failed("../x").await.kind(), ErrorKind::InvalidRequest);
    assert_eq!(connection.system().vms().list().send().await.unwrap_err().kind(), ErrorKind::Decode);
    connection.close().await.unwrap();
    assert_eq!(failed("vms").await.kind(), ErrorKind::Closed);

    let untrusted = Connection::builder(server.url()).credentials(Credentials::token("t")).no_proxy().build().unwrap();
    let error = untrusted.raw(Method::Get, "vms").send().await.unwrap_err();
    assert_eq!((error.kind(), error.url()), (ErrorKind::Certificate, Some(format!("{}/vms", server.url()).as_str())));
    assert_eq!(Connection::builder("").build().unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(Error::custom("x").kind(), ErrorKind::Custom);
    assert_eq!(Error::transport(TransportErrorKind::Connect, "x").kind(), ErrorKind::Connect);
    assert_eq!(Error::transport(TransportErrorKind::Other, "x").kind(), ErrorKind::Transport);
    let absent: Error = ovirt_sdk::types::Vm::new().try_name().unwrap_err().into();
    assert_eq!((absent.kind(), absent.method(), absent.headers()), (ErrorKind::Absent, None, None));
}

#[tokio::test]
async fn a_failed_login_has_the_kind_of_its_cause() {
    let refusing = Server::start(|_| Reply::json(400, r#"{"error_code":"access_denied","error":"no"}"#)).await;
    let error = builder(&refusing).build().unwrap().test().await.unwrap_err();
    assert_eq!((error.kind(), error.is_auth()), (ErrorKind::LoginRejected, true));
    let down = Server::start(|_| Reply::html(503, "Down").header("Retry-After", "3")).await;
    let connection = builder(&down).credentials(Credentials::password(USER, PASSWORD)).retry(RetryPolicy::none());
    let error = connection.build().unwrap().raw(Method::Get, "vms").send().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::ServiceUnavailable, Some(Duration::from_secs(3))));
    assert!(error.url().unwrap().ends_with("/ovirt-engine/api/vms"), "the URL of the request that needed the login");
}

#[tokio::test]
async fn an_action_that_is_already_done_is_recognized() {
    let conflict =
        |detail: &str| format!("<fault><detail>[{detail}]</detail><reason>Operation Failed</reason></fault>");
    for (method, path, detail, already) in [
        (Method::Post, "vms/1/start", "Cannot run VM. VM is running.", true),
        (Method::Post, "vms/1/stop", "Cannot stop VM. VM is not running.", true),
        (Method::Post, "vms/1/shutdown", "Cannot shutdown VM. VM is not running.", true),
        (
            Method::Post,
            "hosts/1/deactivate",
            "Cannot switch Host to Maintenance mode. Host is already in Maintenance mode.",
            true,
        ),
        (Method::Post, "hosts/1/activate", "Cannot activate Host. Host in Up status.", true),
        // The same texts for other requests mean something else.
        (Method::Post, "vms/1/start", "Cannot run VM. VM is not running.", false),
        (Method::Delete, "vms/1", "Cannot remove VM. VM is running.", false),
        (Method::Post, "vms/1/migrate", "Cannot migrate VM. VM is not running.", false),
    ] {
        let (error, _) = answered(Reply::xml(409, conflict(detail)), method, path).await;
        assert_eq!(error.is_already_done(), already, "{method} {path}: {detail}");
    }
    let (other, _) = answered(Reply::xml(400, conflict("VM is running.")), Method::Post, "vms/1/start").await;
    assert!(!other.is_already_done(), "not a conflict");
}

#[test]
fn errors_can_be_built_from_responses() {
    let headers = Headers::from_iter([("Retry-After", "5"), ("Correlation-Id", "my-id"), ("Set-Cookie", "a=s3cret")]);
    let body = "<fault><detail>[Cannot run VM. VM is locked.]</detail><reason>Operation Failed</reason></fault>";
    let response = Response::new(409, headers, body.as_bytes().to_vec());
    let error = Error::from_response(Method::Post, "https://e.example.com/ovirt-engine/api/vms/1/start?a=b", &response);
    assert_eq!(
        error.to_string(),
        "POST /ovirt-engine/api/vms/1/start: 409 Conflict: Operation Failed: [Cannot run VM. VM is locked.] \
         (correlation id my-id)\nHint: usually transient; retry shortly"
    );
    assert!(error.is_conflict() && error.is_retryable() && !error.is_already_done());
    assert_eq!(error.url(), Some("https://e.example.com/ovirt-engine/api/vms/1/start?a=b"));
    assert_eq!(error.headers().unwrap().iter().count(), 2);
    for relative in ["vms/1", "/vms/1"] {
        let error = Error::from_response(Method::Get, relative, &Response::new(404, Headers::new(), Vec::new()));
        assert_eq!(error.url(), Some("https://engine.example.com/ovirt-engine/api/vms/1"));
        assert!(error.is_not_found(), "{error}");
    }
}
