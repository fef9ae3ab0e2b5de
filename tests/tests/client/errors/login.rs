//! Error texts of failed logins.

use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error};

use super::failing;
use crate::support::{Engine, PASSWORD, Reply, Server, USER, builder};

/// Logs in at a server that sends this response; returns the error and its text.
async fn login(reply: Reply) -> (Error, String) {
    let server = Server::start(move |_| reply.clone()).await;
    let connection = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert!(!text.contains(PASSWORD));
    (error, without_login_id(&text))
}

/// Removes the correlation ID of the login, which is different in each run.
fn without_login_id(text: &str) -> String {
    let parts = text.split("(correlation id ").enumerate().map(|(index, part)| match part.split_once(')') {
        Some((id, rest)) if index > 0 && id != "my-id" => format!("LOGIN-ID){rest}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("(correlation id ")
}

#[tokio::test]
async fn a_user_name_without_its_profile() {
    let body = r#"{"error_code":"access_denied","error":"Cannot authenticate user 'admin': No valid profile found in credentials."}"#;
    let (error, text) = login(Reply::json(400, body)).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login rejected: access_denied: Cannot authenticate user 'admin': No valid \
         profile found in credentials. (correlation id my-id)\nHint: the user name must end with the profile of \
         the user: `admin@ovirt@internalsso` if the engine uses Keycloak (the default since 4.5.1), \
         `admin@internal` otherwise"
    );
    assert!(error.is_auth() && error.status() == Some(400));
}

#[tokio::test]
async fn a_locked_account() {
    let body = r#"{"error_code":"access_denied","error":"Cannot authenticate user 'admin': The account is locked."}"#;
    let (_, text) = login(Reply::json(400, body)).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login rejected: access_denied: Cannot authenticate user 'admin': The account \
         is locked. (correlation id my-id)"
    );
}

#[tokio::test]
async fn a_page_that_repeats_the_form() {
    let server = Server::start(|asked| Reply::html(400, &format!("Bad form: {}", asked.body))).await;
    let connection = builder(&server).build().unwrap();
    let (_, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert!(text.contains("Bad form: ") && text.contains("&password=***"), "{text}");
}

#[tokio::test]
async fn a_delayed_login() {
    let server = Server::start(Engine::new().handler(|_| Reply::xml(200, "<api/>"))).await;
    let connection = builder(&server).credentials(Credentials::password(USER, "wrong")).build().unwrap();
    let _ = connection.test().await;
    let (_, text) = failing(&server, &connection, Method::Get, "vms").await;
    let text = text.replace("in 4 s", "in 5 s").replace("in 3 s", "in 5 s");
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login rejected: access_denied: Cannot authenticate user 'admin@internal': \
         The username or password is incorrect. (0 s ago; next attempt in 5 s, to avoid locking the account) \
         (correlation id my-id)\nHint: check user name and password; after several wrong passwords, the account may be \
         locked"
    );
}

#[tokio::test]
async fn a_single_sign_on_that_repeats_the_password() {
    let body = format!(r#"{{"error":"invalid_grant","error_description":"{PASSWORD} is wrong"}}"#);
    let (_, text) = login(Reply::json(401, &body)).await;
    assert!(text.starts_with("GET /ovirt-engine/api/vms: login rejected: invalid_grant: *** is wrong"), "{text}");
}

#[tokio::test]
async fn a_single_sign_on_that_rejects_a_login_without_a_message() {
    let (error, text) = login(Reply::html(401, "Error")).await;
    let begin = "GET /ovirt-engine/api/vms: login rejected: https://localhost:PORT/ovirt-engine/sso/oauth/token \
        responded 401 (correlation id my-id)\nHint: check user name and password";
    assert!(text.starts_with(begin), "{text}");
    assert!(error.is_auth());
}

#[tokio::test]
async fn a_single_sign_on_that_returns_another_token_or_fails() {
    let (error, text) = login(Reply::json(200, r#"{"token":"hunter2"}"#)).await;
    let answer = "the response of https://localhost:PORT/ovirt-engine/sso/oauth/token has no `access_token`";
    assert_eq!(text, format!("GET /ovirt-engine/api/vms: login failed: {answer}"));
    assert!(!error.is_auth());
    let sso = Server::start(|_| Reply::json(200, "{}")).await;
    let credentials = Credentials::external_sso(format!("{}/token?realm=secret", sso.origin()), USER, PASSWORD);
    let connection = builder(&sso).credentials(credentials).build().unwrap();
    let (_, text) = failing(&sso, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login failed: the response of https://localhost:PORT/token has no \
         `access_token`; set its name with `token_name`"
    );
    let trouble = format!(r#"{{"error":"server_error","error_description":"no database for {PASSWORD}"}}"#);
    let (error, text) = login(Reply::json(500, &trouble)).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login failed: POST /ovirt-engine/sso/oauth/token: 500 Internal Server Error: \
         server_error: no database for *** (correlation id LOGIN-ID)"
    );
    assert!(!error.is_auth() && error.status() == Some(500));
}

#[tokio::test]
async fn a_login_at_a_server_other_than_an_engine() {
    let (error, text) = login(Reply::html(404, "Not Found")).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login failed: POST /ovirt-engine/sso/oauth/token: 404 Not Found, with an HTML \
         page titled \"Not Found\" (correlation id LOGIN-ID)\nHint: the URL of the connection must be that of the API, \
         usually https://engine.example.com/ovirt-engine/api"
    );
    assert!(!error.is_auth() && !error.is_not_found());
}

/// The request fails with the error of its login.
#[tokio::test]
async fn a_login_without_a_response() {
    let begin = "GET /ovirt-engine/api/vms: login failed: POST /ovirt-engine/sso/oauth/token: ";
    let gone = Server::start(|_| Reply::gone()).await;
    let connection = builder(&gone).retry(RetryPolicy::none()).build().unwrap();
    let (error, text) = failing(&gone, &connection, Method::Get, "vms").await;
    assert!(text.starts_with(&format!("{begin}the connection failed before the response was complete: ")), "{text}");
    assert!(error.is_retryable() && !error.is_connect() && !error.is_timeout() && !error.is_certificate());
    assert_eq!((error.correlation_id(), error.status(), error.attempts()), (Some("my-id"), None, Some(1)));

    let stranger = Server::start(|_| Reply::empty(200)).await;
    let connection = Connection::builder(stranger.url()).credentials(Credentials::password(USER, PASSWORD)).no_proxy();
    let (error, text) = failing(&stranger, &connection.build().unwrap(), Method::Get, "vms").await;
    assert!(text.starts_with(&format!("{begin}the certificate of https://localhost:PORT is not trusted: ")), "{text}");
    assert!(error.is_certificate() && error.is_connect() && !error.is_retryable() && !error.is_timeout());

    let slow = Server::start(|_| Reply::never()).await;
    let connection = builder(&slow).timeout(Duration::from_millis(60)).build().unwrap();
    let request = connection.raw(Method::Post, "vms").timeout(Duration::from_secs(20));
    let error = request.send().await.unwrap_err();
    assert!(error.to_string().contains("sso/oauth/token: no complete response within 60ms"), "{error}");
    assert!(error.is_timeout() && error.is_retryable() && !error.is_connect() && !error.is_auth());
}
