//! The texts of errors, whole, as a user reads them.

use std::time::Duration;

use ovirt_sdk::pipeline::{Method, RetryPolicy};
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{Asked, Authority, Engine, PASSWORD, Reply, Server, USER, builder};

/// The error of a request, and its text; with `PORT` in place of the server's.
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

/// The text of a login that is answered in a way.
async fn login(reply: Reply) -> (Error, String) {
    let server = Server::start(move |_| reply.clone()).await;
    let connection = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert!(!text.contains(PASSWORD));
    (error, without_login_id(&text))
}

/// The login has a correlation id of its own, that differs from run to run.
fn without_login_id(text: &str) -> String {
    let parts = text.split("(correlation id ").enumerate().map(|(index, part)| match part.split_once(')') {
        Some((id, rest)) if index > 0 && id != "my-id" => format!("LOGIN-ID){rest}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("(correlation id ")
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
    assert_eq!(format!("{error:?}"), format!("Error({error})"));
}

#[tokio::test]
async fn a_fault_inside_of_an_action() {
    let body = "<action><fault><detail>[Cannot run VM. VM is locked.]</detail><reason>Operation \
        Failed</reason></fault><status>failed</status><job id=\"1\"/></action>";
    let reply = Reply::xml(409, body).header("Correlation-Id", "cut-by-the-engine");
    let (error, text) = answered(reply, Method::Post, "vms/123/start").await;
    assert_eq!(
        text,
        "POST /ovirt-engine/api/vms/123/start: 409 Conflict: Operation Failed: [Cannot run VM. VM is locked.] \
         (correlation id cut-by-the-engine)"
    );
    assert!(error.is_conflict() && error.is_retryable());
    assert_eq!(error.fault().and_then(|fault| fault.reason.as_deref()), Some("Operation Failed"));
}

#[tokio::test]
async fn a_fault_in_any_language_and_with_anything_else_in_it() {
    let body = "<fault><neu>x</neu><detail>Für &quot;x&quot; fehlt 権限</detail></fault>";
    let (error, text) = answered(Reply::xml(403, body), Method::Delete, "vms/123").await;
    assert_eq!(text, "DELETE /ovirt-engine/api/vms/123: 403 Forbidden: Für \"x\" fehlt 権限 (correlation id my-id)");
    assert!(error.is_auth());
}

#[tokio::test]
async fn a_fault_that_breaks_off_is_shown_as_it_is() {
    let (_, text) = answered(Reply::xml(500, "<fault><detail>half of"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 500 Internal Server Error: <fault><detail>half of (correlation id my-id)"
    );
}

#[tokio::test]
async fn nothing_at_all() {
    let (error, text) = answered(Reply::empty(404), Method::Get, "vms/123").await;
    assert_eq!(text, "GET /ovirt-engine/api/vms/123: 404 Not Found (correlation id my-id)");
    assert!(error.is_not_found() && error.fault().is_none());
}

#[tokio::test]
async fn a_wrong_base_url() {
    let (error, text) = answered(Reply::html(200, "oVirt Engine"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 200 OK, with a page of HTML titled \"oVirt Engine\" (correlation id my-id)\nHint: \
         the URL of the connection has to be that of the API, usually https://engine.example.com/ovirt-engine/api"
    );
    assert!(!error.is_not_found());
    let (error, text) = answered(Reply::html(404, "404 Not Found"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 404 Not Found, with a page of HTML titled \"404 Not Found\" (correlation id \
         my-id)\nHint: the URL of the connection has to be that of the API, usually \
         https://engine.example.com/ovirt-engine/api"
    );
    assert!(!error.is_not_found(), "the engine has not said so");
}

#[tokio::test]
async fn a_success_that_is_no_document() {
    for (reply, what) in [
        (Reply::new(200, "text/plain", "hello\nthere"), "with something that is no document: hello there"),
        (Reply::empty(200), "without the document that it has to have"),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
        let error = connection.test().await.unwrap_err();
        let id = error.correlation_id().unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "GET /ovirt-engine/api: 200 OK, {what} (correlation id {id})\nHint: the URL of the connection has to be \
                 that of the API, usually https://engine.example.com/ovirt-engine/api"
            )
        );
    }
}

#[tokio::test]
async fn a_dead_engine_behind_its_web_server() {
    let server = Server::start(|_| Reply::html(503, "503 Service Unavailable")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 503 Service Unavailable, with a page of HTML titled \"503 Service Unavailable\" \
         (correlation id my-id, 5 attempts)\nHint: the engine behind this web server does not run, or is just starting"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_token_that_is_not_accepted() {
    let (error, text) = answered(Reply::html(401, "Error"), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 401 Unauthorized, with a page of HTML titled \"Error\" (correlation id \
         my-id)\nHint: the credentials are wrong, or what they gave has expired"
    );
    assert!(error.is_auth());
}

#[tokio::test]
async fn a_user_name_without_its_profile() {
    let body = r#"{"error_code":"access_denied","error":"Cannot authenticate user 'admin': No valid profile found in credentials."}"#;
    let (error, text) = login(Reply::json(400, body)).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the login was refused: access_denied: Cannot authenticate user 'admin': No valid \
         profile found in credentials. (correlation id my-id)\nHint: the user name has to end with the profile that \
         the user belongs to: `admin@ovirt@internalsso` where the engine uses Keycloak (the default since 4.5.1), \
         `admin@internal` elsewhere"
    );
    assert!(error.is_auth() && error.status() == Some(400));
}

#[tokio::test]
async fn a_login_that_is_held_back() {
    let server = Server::start(Engine::new().handler(|_| Reply::xml(200, "<api/>"))).await;
    let connection = builder(&server).credentials(Credentials::password(USER, "wrong")).build().unwrap();
    let _ = connection.test().await;
    let (_, text) = failing(&server, &connection, Method::Get, "vms").await;
    let text = text.replace("for 4 s", "for 5 s").replace("for 3 s", "for 5 s");
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the login was refused: access_denied: Cannot authenticate user 'admin@internal': \
         The username or password is incorrect. (that was 0 s ago; to not lock the account, there is no other attempt \
         for 5 s) (correlation id my-id)\nHint: the user name has to end with the profile that the user belongs to: \
         `admin@ovirt@internalsso` where the engine uses Keycloak (the default since 4.5.1), `admin@internal` elsewhere"
    );
}

#[tokio::test]
async fn a_single_sign_on_that_repeats_the_password() {
    let body = format!(r#"{{"error":"invalid_grant","error_description":"{PASSWORD} is wrong"}}"#);
    let (_, text) = login(Reply::json(401, &body)).await;
    assert!(
        text.starts_with("GET /ovirt-engine/api/vms: the login was refused: invalid_grant: *** is wrong"),
        "{text}"
    );
}

#[tokio::test]
async fn a_login_at_a_server_that_is_no_engine() {
    let (error, text) = login(Reply::html(404, "Not Found")).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the login failed: POST /ovirt-engine/sso/oauth/token: 404 Not Found, with a page \
         of HTML titled \"Not Found\" (correlation id LOGIN-ID)\nHint: the URL of the connection has to be that of \
         the API, usually https://engine.example.com/ovirt-engine/api"
    );
    assert!(!error.is_auth() && !error.is_not_found());
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted() {
    let server = Server::start(|_| Reply::empty(200)).await;
    let connection = Connection::builder(server.url()).credentials(Credentials::token("t")).no_proxy().build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: invalid peer \
         certificate: UnknownIssuer (correlation id my-id)\nHint: fetch the engine's authority with `curl --insecure \
         --output ca.pem 'https://localhost:PORT/ovirt-engine/services/pki-resource?resource=ca-certificate&format=\
         X509-PEM-CA'`, compare its fingerprint, and give it as `ca_file`"
    );
    assert!(error.is_certificate());
}

#[tokio::test]
async fn a_certificate_of_another_name() {
    let authority = Authority::new("tests");
    let tls = authority.server(&["engine.example.com"], None);
    let server = Server::with(&authority, Some(tls), |_: &Asked| Reply::empty(200)).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let (_, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: invalid peer \
         certificate: certificate not valid for name \"localhost\"; certificate is only valid for \
         DnsName(\"engine.example.com\") (correlation id my-id)\nHint: the URL has to use a name that the certificate \
         has; old engines have none that counts (no subject alternative name) and need a new certificate"
    );
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let connection = Connection::builder(format!("https://127.0.0.1:{port}/ovirt-engine/api"))
        .credentials(Credentials::token("t"))
        .no_proxy()
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = connection.raw(Method::Get, "vms").correlation_id("my-id").send().await.unwrap_err();
    assert_eq!(
        error.to_string().replace(&port.to_string(), "PORT"),
        "GET /ovirt-engine/api/vms: no connection to https://127.0.0.1:PORT: Connection refused (os error 111) \
         (correlation id my-id)\nHint: the host is there, but nothing listens at that port: is it the engine, and does \
         it run?"
    );
}

#[tokio::test]
async fn a_request_that_takes_too_long() {
    let server = Server::start(|_| Reply::never()).await;
    let connection = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_millis(60));
    let (_, text) = failing(&server, &connection.build().unwrap(), Method::Get, "vms").await;
    assert_eq!(text, "GET /ovirt-engine/api/vms: no complete answer within 60ms (correlation id my-id)");
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let reply = Reply::xml(200, "<vms><vm/></vms>").cut_after(5);
    let (error, text) = answered(reply, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the connection failed before the answer was complete: the other side closed it \
         (correlation id my-id)"
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_redirect() {
    let reply = Reply::empty(302).header("Location", "https://other.example.com/ovirt-engine/api/vms?secret");
    let (_, text) = answered(reply, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: 302 Found, a redirect to https://other.example.com/ovirt-engine/api/vms that is \
         not followed (correlation id my-id)\nHint: credentials are sent only to the server of the connection's URL; \
         if it moved, use its new URL"
    );
}
