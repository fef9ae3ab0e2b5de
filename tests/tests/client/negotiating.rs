//! The HTTP part of Kerberos: exchanging SPNEGO tokens for a token of the single sign-on.

use std::sync::{Arc, Mutex};

use ovirt_sdk::credentials::Negotiation;
use ovirt_sdk::http::{BoxFuture, Headers, Request, Response};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::transport::{Recorder, Transport};
use ovirt_sdk::{Connection, Credentials, Error};
use tokio::task::JoinSet;

use crate::support::{Asked, Engine, Reply, Server, builder};

const ENDPOINT: &str = "/ovirt-engine/sso/oauth/token-http-auth";

/// `first ticket` and `second ticket` in Base64.
const FIRST: &str = "Negotiate Zmlyc3QgdGlja2V0";
const SECOND: &str = "Negotiate c2Vjb25kIHRpY2tldA==";

/// An engine whose single sign-on accepts tickets.
async fn kerberized(engine: &Engine, sso: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
    let issuing = engine.clone();
    let api = engine.handler(|_| Reply::xml(200, "<api/>"));
    Server::start(move |asked| {
        if asked.path != ENDPOINT {
            return api(asked);
        }
        let form = "grant_type=urn%3Aovirt%3Aparams%3Aoauth%3Agrant-type%3Ahttp&scope=ovirt-app-api";
        assert_eq!((asked.method.as_str(), asked.body.as_str()), ("POST", form));
        assert_eq!(asked.header("accept"), "application/json");
        let reply = sso(asked);
        issuing.accept("kerberos-token");
        reply
    })
    .await
}

fn token() -> Reply {
    Reply::json(200, r#"{"access_token":"kerberos-token","scope":"ovirt-app-api","token_type":"bearer"}"#)
}

fn challenge(value: &str) -> Reply {
    Reply::html(401, "401 Unauthorized").header("WWW-Authenticate", value)
}

/// Credentials that supply these tickets in order, and the negotiations they were called with.
fn tickets(tickets: &[&'static str]) -> (Credentials, Arc<Mutex<Vec<Negotiation>>>) {
    let asked: Arc<Mutex<Vec<Negotiation>>> = Arc::default();
    let (noted, tickets) = (Arc::clone(&asked), tickets.to_vec());
    let credentials = Credentials::negotiate(move |negotiation| {
        let mut noted = noted.lock().unwrap();
        let ticket = tickets.get(noted.len()).copied();
        noted.push(negotiation);
        async move {
            tokio::task::yield_now().await;
            ticket.map(|ticket| ticket.as_bytes().to_vec()).ok_or_else(|| Error::custom("no credentials cache found"))
        }
    });
    (credentials, asked)
}

fn connect(server: &Server, credentials: Credentials) -> Connection {
    builder(server).credentials(credentials).retry(RetryPolicy::none()).build().unwrap()
}

#[tokio::test]
async fn one_ticket_serves_concurrent_requests() {
    let engine = Engine::new();
    let server = kerberized(&engine, |asked| match asked.header("authorization") {
        // The server may offer other authentication schemes as well.
        "" => challenge("Basic realm=\"oVirt\"").header("WWW-Authenticate", "Negotiate"),
        FIRST => token().header("WWW-Authenticate", "Negotiate b2s="),
        other => panic!("{other}"),
    })
    .await;
    let (credentials, asked) = tickets(&["first ticket"]);
    let connection = connect(&server, credentials);
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let connection = connection.clone();
        tasks.spawn(async move { connection.test().await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.count("/token-http-auth"), 2, "the question, and the ticket");
    assert_eq!(connection.authenticate().await.unwrap().as_str(), "kerberos-token");
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].service.as_str(), asked[0].host.as_str()), ("HTTP@localhost", "localhost"));
    assert_eq!(asked[0].challenge, None);

    connection.close().await.unwrap();
    assert!(server.last().path.ends_with("/sso-logout") && server.last().body.contains("token=kerberos-token"));
    assert_eq!(engine.valid(), 0);
}

#[tokio::test]
async fn an_expired_token_is_renewed_with_another_ticket() {
    let engine = Engine::new();
    let server = kerberized(&engine, |asked| match asked.header("authorization") {
        "" => challenge("negotiate"),
        FIRST | SECOND => token(),
        other => panic!("{other}"),
    })
    .await;
    let (credentials, asked) = tickets(&["first ticket", "second ticket"]);
    let connection = connect(&server, credentials);
    connection.test().await.unwrap();
    engine.expire();
    connection.test().await.unwrap();
    assert_eq!((asked.lock().unwrap().len(), server.count("/token-http-auth")), (2, 4));
}

#[tokio::test]
async fn a_challenge_of_the_server_is_passed_to_the_credentials() {
    let server = kerberized(&Engine::new(), |asked| match asked.header("authorization") {
        "" => challenge("Negotiate"),
        // `go on` in Base64.
        FIRST => challenge("Negotiate Z28gb24="),
        SECOND => token(),
        other => panic!("{other}"),
    })
    .await;
    let (credentials, asked) = tickets(&["first ticket", "second ticket"]);
    connect(&server, credentials).test().await.unwrap();
    let challenges: Vec<_> = asked.lock().unwrap().iter().map(|asked| asked.challenge.clone()).collect();
    assert_eq!(challenges, [None, Some(b"go on".to_vec())]);
}

/// An engine at any address.
struct Anywhere;

impl Transport for Anywhere {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let (status, headers, body) = match (request.path() == ENDPOINT, request.headers().get("authorization")) {
            (true, None) => (401, Headers::from_iter([("WWW-Authenticate", "Basic realm=\"oVirt\", Negotiate")]), ""),
            (true, Some(_)) => (200, Headers::new(), r#"{"access_token":"t"}"#),
            (false, _) => (200, Headers::new(), "<api/>"),
        };
        Box::pin(async move { Ok(Response::new(status, headers, body.as_bytes().to_vec())) })
    }
}

#[tokio::test]
async fn schemes_may_share_a_header_and_hosts_may_be_addresses() {
    let (credentials, asked) = tickets(&["first ticket"]);
    let builder = Connection::builder("https://[2001:db8::1]/ovirt-engine/api").credentials(credentials);
    builder.transport(Anywhere).build().unwrap().test().await.unwrap();
    let asked = asked.lock().unwrap().clone();
    assert_eq!((asked[0].service.as_str(), asked[0].host.as_str()), ("HTTP@2001:db8::1", "2001:db8::1"));
}

#[tokio::test]
async fn the_number_of_negotiation_rounds_is_limited() {
    let server = kerberized(&Engine::new(), |asked| match asked.header("authorization") {
        "" => challenge("Negotiate"),
        _ => challenge("Negotiate Z28gb24="),
    })
    .await;
    let (credentials, asked) = tickets(&["first ticket"; 100]);
    let text = connect(&server, credentials).test().await.unwrap_err().to_string();
    assert!(text.contains("/token-http-auth requested more than 7 Negotiate tokens"), "{text}");
    assert_eq!(server.count("/token-http-auth"), 8);
    assert_eq!(asked.lock().unwrap().len(), 7);
}

async fn refused(reply: Reply, expected: &str, expected_tickets: usize) {
    let server = kerberized(&Engine::new(), move |asked| match asked.header("authorization") {
        "" if expected_tickets > 0 => challenge("Negotiate"),
        _ => reply.clone(),
    })
    .await;
    let (credentials, asked) = tickets(&["first ticket"]);
    let connection = connect(&server, credentials);
    let request = connection.raw(ovirt_sdk::http::Method::Get, "vms").correlation_id("my-id");
    let error = request.send().await.unwrap_err();
    let text = error.to_string().replace(&server.origin(), "ORIGIN");
    assert_eq!(
        text,
        format!(
            "GET /ovirt-engine/api/vms: login rejected: {expected} (correlation id my-id)\nHint: the engine's web \
             server must be configured for Kerberos, with a key for `HTTP/` and the host name in the URL, and the \
             engine must have a profile that accepts it"
        )
    );
    assert!(error.is_auth() && !error.is_retryable());
    // The next login is delayed, as after a wrong password.
    assert!(connection.test().await.unwrap_err().to_string().contains("next attempt in"));
    assert_eq!(asked.lock().unwrap().len(), expected_tickets);
}

#[tokio::test]
async fn rejected_negotiations_are_explained() {
    let target = format!("ORIGIN{ENDPOINT}");
    refused(challenge("Negotiate"), &format!("{target} rejected the Negotiate token (401)"), 1).await;
    refused(challenge("Negotiate ?"), &format!("{target} rejected the Negotiate token (401)"), 1).await;
    let body = r#"{"error_code":"access_denied","error":"Cannot authenticate user: no such profile."}"#;
    refused(Reply::json(400, body), "access_denied: Cannot authenticate user: no such profile.", 1).await;
    let takes = format!("{target} does not support Negotiate (401, it supports Bearer)");
    refused(challenge("Bearer realm=\"oVirt\""), &takes, 0).await;
    refused(Reply::html(401, "Error"), &format!("{target} does not support Negotiate (401)"), 0).await;
}

#[tokio::test]
async fn a_missing_ticket_is_an_error_and_the_next_login_is_not_delayed() {
    let server = kerberized(&Engine::new(), |_| challenge("Negotiate")).await;
    let (credentials, asked) = tickets(&[]);
    let connection = connect(&server, credentials);
    for attempt in 1..3 {
        let error = connection.test().await.unwrap_err();
        assert!(error.to_string().contains("login failed: no credentials cache found"), "{error}");
        assert!(!error.is_auth());
        assert_eq!(asked.lock().unwrap().len(), attempt);
    }
}

#[tokio::test]
async fn recordings_and_debug_output_hide_tickets() {
    let server = kerberized(&Engine::new(), |asked| match asked.header("authorization") {
        "" => challenge("Negotiate"),
        _ => token().header("WWW-Authenticate", "Negotiate b2s="),
    })
    .await;
    let (credentials, _) = tickets(&["first ticket"]);
    assert_eq!(format!("{credentials:?}"), "Credentials(negotiate)");
    let recorder = Recorder::new();
    let connection = builder(&server).credentials(credentials).record(&recorder).build().unwrap();
    connection.test().await.unwrap();
    let text = recorder.recording().to_string();
    assert_eq!(text.matches("> POST /ovirt-engine/sso/oauth/token-http-auth\n").count(), 2, "{text}");
    for secret in [FIRST, "Zmlyc3Q", "kerberos-token", "b2s="] {
        assert!(!text.contains(secret), "`{secret}` is in\n{text}");
    }
}
