//! The complete texts of errors.

mod connecting;
mod data;
mod login;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{Asked, PASSWORD, Reply, Server, USER, builder};

/// Sends a request that fails; returns the error and its text, with `PORT` in place of the server's port.
async fn failing(server: &Server, connection: &Connection, method: Method, path: &str) -> (Error, String) {
    let request = connection.raw(method, path).correlation_id("my-id");
    let error = request.send().await.unwrap_err();
    let text = error.to_string().replace(&format!(":{}", server.port()), ":PORT");
    (error, text)
}

async fn answered(reply: Reply, method: Method, path: &str) -> (Error, String) {
    let server = Server::start(move |_| reply.clone()).await;
    let builder = builder(&server).credentials(Credentials::token("secret-token")).retry(RetryPolicy::none());
    failing(&server, &builder.build().unwrap(), method, path).await
}

#[tokio::test]
async fn a_fault() {
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<fault>\n  <detail>[Cannot add VM. \
        The VM name is already in use.]</detail>\n  <reason>Operation Failed</reason>\n</fault>";
    let (error, text) = answered(Reply::xml(409, body), Method::Post, "vms").await;
    assert_eq!(
        text,
        "POST /ovirt-engine/api/vms: 409 Conflict: Operation Failed: [Cannot add VM. The VM name is already in use.] \
         (correlation id my-id)"
    );
    assert!(error.is_conflict() && !error.is_retryable());
    assert_eq!(error.correlation_id(), Some("my-id"));
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[tokio::test]
async fn a_fault_inside_an_action() {
    let body = "<action><fault><detail>[Cannot run VM. VM is locked.]</detail><reason>Operation \
        Failed</reason></fault><status>failed</status><job id=\"1\"/></action>";
    let reply = Reply::xml(409, body).header("Correlation-Id", "cut-by-the-engine");
    let (error, text) = answered(reply, Method::Post, "vms/123/start").await;
    assert_eq!(
        text,
        "POST /ovirt-engine/api/vms/123/start: 409 Conflict: Operation Failed: [Cannot run VM. VM is locked.] \
         (correlation id cut-by-the-engine)\nHint: usually transient; retry shortly"
    );
    assert!(error.is_conflict() && error.is_retryable());
    assert_eq!(error.fault().and_then(|fault| fault.reason.as_deref()), Some("Operation Failed"));
}

#[tokio::test]
async fn a_fault_in_other_languages_and_with_unknown_elements() {
    let body = "<fault><neu>x</neu><detail>Für &quot;x&quot; fehlt 権限</detail></fault>";
    let (error, text) = answered(Reply::xml(403, body), Method::Delete, "vms/123").await;
    assert_eq!(
        text,
        "DELETE /ovirt-engine/api/vms/123: 403 Forbidden: Für \"x\" fehlt 権限 (correlation id my-id)\nHint: this user \
         lacks the permission; users without administrator roles need `filter(true)` on the connection, which limits \
         results to objects they have access to"
    );
    assert!(error.is_auth());
}

#[tokio::test]
async fn a_request_body_that_the_engine_rejects() {
    let body = "<fault><detail>For correct usage, see: https://engine/api/v4/model</detail><reason>Request \
        syntactically incorrect.</reason></fault>";
    let (_, text) = answered(Reply::xml(400, body), Method::Put, "vms/123").await;
    assert_eq!(
        text,
        "PUT /ovirt-engine/api/vms/123: 400 Bad Request: Request syntactically incorrect: For correct usage, see: \
         https://engine/api/v4/model (correlation id my-id)\nHint: the engine does not accept an element or a value in \
         the body: it may be read-only, or supported only by newer versions; `inspect` shows the body"
    );
}

#[tokio::test]
async fn a_fault_in_a_successful_response() {
    let body = "<action><fault><detail>No.</detail></fault><status>failed</status></action>";
    let server = Server::start(move |_| Reply::xml(200, body)).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let vm = connection.system().vms().vm("1");
    let error = vm.start().correlation_id("my-id").send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "POST /ovirt-engine/api/vms/1/start: 200 OK, but the operation failed: No. (correlation id my-id)"
    );
}

#[tokio::test]
async fn unexpected_documents() {
    let raw = "`Connection::raw` returns any response unchanged";
    let cut = "the response may have been truncated on the way; retry the request";
    for (reply, what, hint) in [
        (
            Reply::xml(200, "<vm><memory>lots</memory></vm>"),
            "200 OK, but can't read the XML document at `vm/memory` (byte 4): expected an integer of at most 64 bits, \
             found `lots`",
            raw,
        ),
        (
            Reply::json(200, "{}"),
            "200 OK, but can't read the XML document at byte 0: the document does not begin with an element: it looks \
             like JSON",
            raw,
        ),
        (
            Reply::xml(201, "<host/>"),
            "201 Created, but can't read the XML document at byte 0: expected `<vm>`, found `<host>`",
            raw,
        ),
        (
            Reply::xml(200, "<vm><name>a</name>"),
            "200 OK, but can't read the XML document at `vm` (byte 18): the document ends \
             inside `<vm>`",
            cut,
        ),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
        let request = connection.system().vms().vm("1").get().correlation_id("my-id");
        let text = request.send().await.unwrap_err().to_string();
        assert_eq!(text, format!("GET /ovirt-engine/api/vms/1: {what} (correlation id my-id)\nHint: {hint}"));
    }
}

#[tokio::test]
async fn a_truncated_fault_is_shown_as_received() {
    let (_, text) = answered(Reply::xml(500, "<fault><detail>half of"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 500 Internal Server Error: <fault><detail>half of (correlation id my-id)"
    );
}

#[tokio::test]
async fn an_empty_response() {
    let (error, text) = answered(Reply::empty(404), Method::Get, "vms/123").await;
    assert_eq!(text, "GET /ovirt-engine/api/vms/123: 404 Not Found: no `123` in `vms` (correlation id my-id)");
    assert!(error.is_not_found() && error.fault().is_none());
}

#[tokio::test]
async fn a_wrong_base_url() {
    let (error, text) = answered(Reply::html(200, "oVirt Engine"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 200 OK, with an HTML page titled \"oVirt Engine\" (correlation id my-id)\nHint: \
         the URL of the connection must be that of the API, usually https://engine.example.com/ovirt-engine/api"
    );
    assert!(!error.is_not_found());
    let (error, text) = answered(Reply::html(404, "404 Not Found"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 404 Not Found, with an HTML page titled \"404 Not Found\" (correlation id \
         my-id)\nHint: the URL of the connection must be that of the API, usually \
         https://engine.example.com/ovirt-engine/api"
    );
    assert!(!error.is_not_found(), "the engine has not said so");
}

#[tokio::test]
async fn a_successful_response_without_an_xml_document() {
    for (reply, what) in [
        (Reply::new(200, "text/plain", "hello\nthere"), "but the response is not a document: hello there"),
        (Reply::empty(200), "but the response is empty"),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
        let error = connection.test().await.unwrap_err();
        let id = error.correlation_id().unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "GET /ovirt-engine/api: 200 OK, {what} (correlation id {id})\nHint: the URL of the connection must be \
                 that of the API, usually https://engine.example.com/ovirt-engine/api"
            )
        );
    }
}

#[tokio::test]
async fn a_stopped_engine_behind_its_web_server() {
    let server = Server::start(|_| Reply::html(503, "503 Service Unavailable")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 503 Service Unavailable, with an HTML page titled \"503 Service Unavailable\" \
         (correlation id my-id, 5 attempts)\nHint: the engine behind this web server is stopped or starting"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_rejected_token() {
    let (error, text) = answered(Reply::html(401, "Error"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 401 Unauthorized, with an HTML page titled \"Error\" (correlation id \
         my-id)\nHint: the credentials are wrong, or the session has expired"
    );
    assert!(error.is_auth());
}

#[tokio::test]
async fn an_error_page_from_a_proxy() {
    let (_, text) = answered(Reply::empty(407), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 407 Proxy Authentication Required (correlation id my-id)\nHint: the proxy requires \
         a user name and a password; put them into its URL, as in http://user:password@proxy.example.com:3128"
    );
}

/// The text hides secrets from the request that the response repeats, even if the response is not a fault.
#[tokio::test]
async fn a_response_that_repeats_a_secret() {
    let body = "<host><name>h</name><root_password>hunter2</root_password></host>";
    let (_, text) = answered(Reply::xml(500, body), Method::Post, "hosts").await;
    assert_eq!(
        text,
        "POST /ovirt-engine/api/hosts: 500 Internal Server Error: <host><name>h</name><root_password>***\
         </root_password></host> (correlation id my-id)"
    );
}

#[tokio::test]
async fn a_failure_without_a_body() {
    let (_, text) = answered(Reply::empty(500), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 500 Internal Server Error (correlation id my-id)\nHint: look up the correlation \
         id in the engine's log (/var/log/ovirt-engine/engine.log) for details"
    );
}

#[tokio::test]
async fn a_fault_with_several_lines_is_shown_on_one_line() {
    let reply = Reply::xml(400, "<fault><reason>Operation\nFailed</reason><detail>[a\n  b]\n</detail></fault>");
    let (error, text) = answered(reply, Method::Get, "vms").await;
    assert_eq!(text, "GET /ovirt-engine/api/vms: 400 Bad Request: Operation Failed: [a b] (correlation id my-id)");
    assert_eq!(error.fault().unwrap().reason.as_deref(), Some("Operation\nFailed"));
}

#[tokio::test]
async fn a_server_that_repeats_the_credentials() {
    let echo = |asked: &Asked| format!("what is {} here?", asked.header("authorization"));
    let page = Server::start(move |asked| Reply::html(400, &echo(asked))).await;
    let plain = Server::start(move |asked| Reply::new(400, "text/plain", echo(asked))).await;
    for server in [&page, &plain] {
        let connection = builder(server).credentials(Credentials::token("brought-token")).build().unwrap();
        let (_, text) = failing(server, &connection, Method::Get, "vms").await;
        assert!(text.contains("what is Bearer *** here?"), "{text}");
    }
    let connection = builder(&page).credentials(Credentials::basic(USER, PASSWORD)).build().unwrap();
    let (_, text) = failing(&page, &connection, Method::Get, "vms").await;
    // Only the Base64 padding remains.
    assert!(text.contains("what is Basic ***= here?"), "{text}");
}

#[tokio::test]
async fn a_redirect_loop() {
    let circle = Server::start(|asked| Reply::empty(302).header("Location", &asked.path)).await;
    let connection = builder(&circle).credentials(Credentials::token("t")).build().unwrap();
    let (_, text) = failing(&circle, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 302 Found, too many redirects, the last one to /ovirt-engine/api/vms (correlation \
         id my-id)\nHint: the URL of the connection must be that of the API, usually \
         https://engine.example.com/ovirt-engine/api"
    );
}

#[tokio::test]
async fn a_detail_that_begins_with_its_reason() {
    let body = "<fault><detail>Entity not found: 123</detail><reason>Entity not found</reason></fault>";
    let (error, text) = answered(Reply::xml(404, body), Method::Get, "vms/123").await;
    let expected = "GET /ovirt-engine/api/vms/123: 404 Not Found: Entity not found: 123 (correlation id my-id)";
    assert_eq!(text, expected);
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_redirect() {
    let reply = Reply::empty(302).header("Location", "https://other.example.com/ovirt-engine/api/vms?secret");
    let (_, text) = answered(reply, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 302 Found, redirect to https://other.example.com/ovirt-engine/api/vms not \
         followed (correlation id my-id)\nHint: credentials are sent only to the server in the URL of the connection; \
         if the engine moved, use its new URL"
    );
    let reply = Reply::empty(302).header("Location", "/ovirt-engine/sso/login");
    let (_, text) = answered(reply, Method::Delete, "vms/1").await;
    assert_eq!(
        text,
        "DELETE /ovirt-engine/api/vms/1: 302 Found, redirect to /ovirt-engine/sso/login not followed (correlation \
         id my-id)\nHint: redirects are followed only for requests that read; if the engine moved, use its new URL"
    );
}
