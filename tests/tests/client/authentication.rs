//! Login, token reuse and logout.

mod basic;
mod composed;
mod renewing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::credentials::{Authorization, CredentialProvider, LoginClient};
use ovirt_sdk::http::{BoxFuture, Headers, Method, Request, Response};
use ovirt_sdk::transport::{Recorder, Transport};
use ovirt_sdk::types::Host;
use ovirt_sdk::{Connection, Credentials, Error};
use tokio::task::JoinSet;

use crate::support::{Asked, Engine, PASSWORD, Reply, Server, USER, builder, connect};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

async fn get(connection: &Connection, path: &str) -> Result<u16, Error> {
    connection.raw(Method::Get, path).send().await.map(|response| response.status())
}

/// Sends `size` concurrent requests; returns their results.
async fn crowd(connection: &Connection, size: usize) -> Vec<Result<u16, Error>> {
    let mut tasks = JoinSet::new();
    for number in 0..size {
        let connection = connection.clone();
        tasks.spawn(async move { get(&connection, &format!("vms/{number}")).await });
    }
    tasks.join_all().await
}

#[tokio::test]
async fn one_login_serves_several_requests() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    for _ in 0..3 {
        connection.test().await.unwrap();
    }
    assert_eq!(server.logins(), 1);
    assert_eq!(server.last().header("authorization"), "Bearer token-1");
    assert_eq!(connection.authenticate().await.unwrap().as_str(), "token-1");
}

#[tokio::test]
async fn concurrent_requests_try_a_wrong_password_once() {
    let engine = Engine::slow(Duration::from_millis(10));
    let server = Server::start(engine.handler(api)).await;
    let connection = builder(&server).credentials(Credentials::password(USER, "wrong-password")).build().unwrap();
    for outcome in crowd(&connection, 100).await {
        let error = outcome.unwrap_err();
        assert!(error.is_auth() && !error.is_retryable() && error.status() == Some(400), "{error}");
        assert!(!error.to_string().contains("wrong-password"));
    }
    assert_eq!(server.logins(), 1);
    // The next login is delayed, and the error says so.
    let error = connection.test().await.unwrap_err();
    assert!(error.is_auth() && error.to_string().contains("to avoid locking the account"), "{error}");
    assert_eq!(server.logins(), 1);
}

/// A single sign-on that rejects every login and records the time of each attempt.
#[derive(Clone, Default)]
struct Refusing(Arc<std::sync::Mutex<Vec<tokio::time::Instant>>>);

impl Transport for Refusing {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        assert!(request.path().ends_with("/sso/oauth/token"));
        self.0.lock().unwrap().push(tokio::time::Instant::now());
        let body = br#"{"error_code":"access_denied","error":"No."}"#.to_vec();
        Box::pin(async move { Ok(Response::new(400, Headers::new(), body)) })
    }
}

/// The clock is paused, so the simulated hour takes no real time.
#[tokio::test(start_paused = true)]
async fn pauses_between_rejected_logins_grow() {
    let sso = Refusing::default();
    let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::password(USER, "wrong"))
        .transport(sso.clone())
        .build()
        .unwrap();
    let began = tokio::time::Instant::now();
    while began.elapsed() < Duration::from_secs(3600) {
        assert!(connection.test().await.unwrap_err().is_auth());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let times = sso.0.lock().unwrap().clone();
    let pauses: Vec<u64> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect();
    assert_eq!(pauses[..7], [5, 10, 20, 40, 80, 160, 300]);
    assert!(pauses[7..].iter().all(|pause| *pause == 300), "{pauses:?}");
}

#[tokio::test]
async fn a_login_without_a_response_times_out() {
    let engine = Engine::new();
    let first = AtomicBool::new(true);
    let inner = engine.handler(api);
    let server = Server::start(move |asked| match asked.is_login() && first.swap(false, Ordering::SeqCst) {
        true => Reply::never(),
        false => inner(asked),
    })
    .await;
    let connection = builder(&server).timeout(Duration::from_millis(700)).build().unwrap();
    let short = connection.raw(Method::Get, "vms").timeout(Duration::from_millis(50));
    assert!(short.send().await.unwrap_err().is_timeout());
    let patient = connection.raw(Method::Get, "vms").timeout(Duration::from_secs(10));
    assert_eq!(patient.send().await.unwrap().status(), 200);
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn login_requests_have_the_headers_of_the_connection() {
    let server = Server::start(Engine::new().handler(api)).await;
    let connection = builder(&server).header("X-Tenant", "blue").user_agent("nightly-report/2").build().unwrap();
    connection.test().await.unwrap();
    let login = server.asked().into_iter().find(Asked::is_login).unwrap();
    assert_eq!((login.header("x-tenant"), login.header("user-agent")), ("blue", "nightly-report/2"));
    assert_eq!(login.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(login.header("correlation-id").len(), 32);
    assert_ne!(login.header("correlation-id"), server.last().header("correlation-id"));
}

#[tokio::test]
async fn a_failed_logout_is_an_error_and_closes_the_connection() {
    let inner = Engine::new().handler(api);
    let server = Server::start(move |asked| match asked.path.ends_with("/sso-logout") {
        true => Reply::html(500, "Error"),
        false => inner(asked),
    })
    .await;
    let connection = connect(&server);
    connection.test().await.unwrap();
    let error = connection.close().await.unwrap_err();
    assert_eq!(error.status(), Some(500));
    assert!(error.to_string().starts_with("POST /ovirt-engine/services/sso-logout: 500"), "{error}");
    assert_eq!(server.last().body, "scope=ovirt-app-api&token=token-1");
    assert!(connection.test().await.unwrap_err().is_closed());
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_login_response_without_a_valid_token_is_an_error() {
    for (reply, refused) in [
        (Reply::json(200, r#"{"access_token":""}"#), false),
        (Reply::json(400, r#"{"access_token":"t"}"#), false),
        (Reply::json(200, r#"{"access_token":"t","error":"access_denied"}"#), true),
        (Reply::html(401, "Error"), true),
        (Reply::html(403, "Error"), true),
        (Reply::json(500, r#"{"error":"server_error"}"#), false),
    ] {
        let answer = reply.clone();
        let server = Server::start(move |asked| if asked.is_login() { answer.clone() } else { api(asked) }).await;
        let error = connect(&server).test().await.unwrap_err();
        assert_eq!(error.is_auth(), refused, "{reply:?}: {error}");
        let verdict = if refused { "login rejected: " } else { "login failed: " };
        assert!(error.to_string().contains(verdict), "{reply:?}: {error}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn closing_logs_out_and_dropping_does_not() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    connection.test().await.unwrap();
    drop(connection);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!((engine.valid(), server.count("/sso-logout")), (1, 0));

    let connection = connect(&server);
    let clone = connection.clone();
    clone.test().await.unwrap();
    connection.close().await.unwrap();
    assert_eq!((engine.valid(), server.count("/sso-logout")), (1, 1));
    assert!(server.last().body.contains("token=token-2"));
    let error = clone.test().await.unwrap_err();
    assert!(error.is_closed());
    assert_eq!(error.to_string(), "the request was not sent: the connection is closed");
    // Closing again sends nothing.
    connection.close().await.unwrap();
    assert_eq!(server.count("/sso-logout"), 1);
}

#[tokio::test]
async fn closing_waits_for_a_login_in_progress() {
    let engine = Engine::slow(Duration::from_millis(50));
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    let login = tokio::spawn({
        let connection = connection.clone();
        async move { connection.authenticate().await }
    });
    while server.logins() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    connection.close().await.unwrap();
    assert_eq!((engine.issued(), engine.valid()), (1, 0));
    login.await.unwrap().unwrap();
}

#[tokio::test]
async fn closing_without_a_login_sends_nothing() {
    let server = Server::start(Engine::new().handler(api)).await;
    connect(&server).close().await.unwrap();
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_token_from_the_user_is_neither_renewed_nor_revoked() {
    let engine = Engine::new();
    engine.accept("mine");
    let server = Server::start(engine.handler(api)).await;
    let connection = builder(&server).credentials(Credentials::token("mine")).build().unwrap();
    connection.test().await.unwrap();
    assert_eq!(connection.authenticate().await.unwrap().as_str(), "mine");
    connection.close().await.unwrap();
    assert_eq!((engine.valid(), server.asked().len()), (1, 1));

    let connection = builder(&server).credentials(Credentials::token("other")).build().unwrap();
    let error = connection.test().await.unwrap_err();
    assert!(error.is_auth() && !error.to_string().contains("other"), "{error}");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_token_in_an_array_and_with_escapes_is_read() {
    let server = Server::start(|asked| match asked.is_login() {
        true => Reply::json(200, r#"[ {"exp":"1", "access_token":"a\/b\u002bc=="} ]"#),
        false if asked.header("authorization") == "Bearer a/b+c==" => api(asked),
        false => Reply::html(401, "Error"),
    })
    .await;
    connect(&server).test().await.unwrap();
}

#[tokio::test]
async fn errors_about_login_responses_hide_the_token() {
    for reply in [
        Reply::json(202, r#"{"token":"hunter2"}"#),
        Reply::json(500, r#"{"access_token":"hunter2"}"#),
        Reply::json(302, r#"{"access_token":"hunter2"}"#),
        Reply::new(200, "text/plain", "hunter2"),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let text = connect(&server).test().await.unwrap_err().to_string();
        assert!(text.contains("login failed") && !text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn an_external_sso_has_its_own_urls_and_names() {
    let sso = Server::start(|asked| match asked.path.as_str() {
        "/auth/token" => Reply::json(200, r#"{"id_token":"external"}"#),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let engine = Engine::new();
    engine.accept("external");
    let server = Server::start(engine.handler(api)).await;
    let credentials = Credentials::external_sso(format!("{}/auth/token", sso.origin()), USER, PASSWORD)
        .token_name("id_token")
        .revoke_url(format!("{}/auth/revoke", sso.origin()));
    let connection =
        builder(&server).credentials(credentials).ca_pem(sso.authority()).header("X-For-Engine", "1").build().unwrap();
    connection.test().await.unwrap();
    connection.close().await.unwrap();
    let asked = sso.asked();
    assert_eq!(asked.iter().map(|asked| asked.path.as_str()).collect::<Vec<_>>(), ["/auth/token", "/auth/revoke"]);
    assert!(asked[0].body.contains("grant_type=password") && asked[1].body.contains("token=external"));
    assert!(asked.iter().all(|asked| asked.header("x-for-engine").is_empty()));
    assert_eq!(server.last().header("x-for-engine"), "1");
    assert_eq!(server.logins(), 0);
}

/// The engine can't revoke a token issued by another server.
#[tokio::test]
async fn an_external_sso_token_without_a_revoke_url_is_not_revoked() {
    let sso = Server::start(|_| Reply::json(200, r#"{"access_token":"external"}"#)).await;
    let engine = Engine::new();
    engine.accept("external");
    let server = Server::start(engine.handler(api)).await;
    let credentials = Credentials::external_sso(format!("{}/auth/token", sso.origin()), USER, PASSWORD);
    assert_eq!(
        format!("{:?}", Credentials::from(Credentials::external_sso("https://s/t", USER, PASSWORD))),
        "Credentials(external single sign-on)"
    );
    let connection = builder(&server).credentials(credentials).ca_pem(sso.authority()).build().unwrap();
    connection.test().await.unwrap();
    connection.close().await.unwrap();
    assert_eq!((sso.asked().len(), server.asked().len(), engine.valid()), (1, 1, 1));
}

/// A custom credential provider.
struct Own(AtomicUsize);

impl CredentialProvider for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        match self.0.load(Ordering::SeqCst) {
            0 => Vec::new(),
            _ => vec![("badge", "missing".to_owned())],
        }
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async move {
            assert!(client.api_url().ends_with("/ovirt-engine/api"));
            let request = client.request(Method::Get, &format!("{}?pin=4711", client.engine_url("/badge")))?;
            let response = client.send(request).await?;
            let badge = String::from_utf8_lossy(response.body().bytes().unwrap()).into_owned();
            Ok(Authorization::headers(Headers::from_iter([("X-Badge", badge)])))
        })
    }
}

#[tokio::test]
async fn custom_credential_providers_log_in() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/ovirt-engine/badge" => Reply::new(200, "text/plain", "number 6"),
        _ if asked.header("x-badge") == "number 6" => api(asked),
        _ => Reply::html(401, "Error"),
    })
    .await;
    let own = |missing| Credentials::provider(Own(AtomicUsize::new(missing)));
    let recorder = Recorder::new();
    let connection = builder(&server).credentials(own(0)).record(&recorder).build().unwrap();
    connection.test().await.unwrap();
    let recording = recorder.recording().to_string().to_lowercase();
    assert!(
        !recording.contains("x-badge") && !recording.contains("number 6") && !recording.contains("4711"),
        "{recording}"
    );
    let error = builder(&server).credentials(own(1)).build().unwrap_err();
    assert_eq!(error.to_string(), "invalid connection options:\n  badge: missing");
}

#[tokio::test]
async fn connections_to_two_engines_are_independent() {
    let (one, other) = (Engine::new(), Engine::new());
    other.accept("other");
    let (first, second) = (Server::start(one.handler(api)).await, Server::start(other.handler(api)).await);
    let to_first = connect(&first);
    let to_second = builder(&second).credentials(Credentials::token("other")).build().unwrap();
    let (left, right) = tokio::join!(crowd(&to_first, 20), crowd(&to_second, 20));
    assert!(left.iter().chain(&right).all(Result::is_ok));
    assert!(first.asked().iter().all(|asked| !asked.header("authorization").contains("other")));
    assert!(second.asked().iter().all(|asked| asked.header("authorization") == "Bearer other"));
    // The engines have different certificate authorities.
    assert!(builder(&second).ca_pem(first.authority()).build().is_ok());
    let stranger = Connection::builder(second.url()).credentials(Credentials::token("t")).ca_pem(first.authority());
    assert!(stranger.no_proxy().build().unwrap().test().await.unwrap_err().is_certificate());
}

#[test]
fn debug_output_hides_secrets() {
    let builder = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::password("admin@internal", "hunter2"));
    assert_eq!(format!("{builder:?}"), "ConnectionBuilder { credentials: Some(Credentials(password)), .. }");
    let connection = builder.build().unwrap();
    assert_eq!(format!("{connection:?}"), "Connection { url: \"https://engine.example.com/ovirt-engine/api\", .. }");
    let raw = connection.raw(Method::Post, "hosts").header("Cookie", "hunter2").body("<a>hunter2</a>");
    assert!(!format!("{raw:?}").contains("hunter2"), "{raw:?}");
    // `content` is secret only in files, but a query does not tell.
    for parameter in ["password", "content", "p:content"] {
        let raw = connection.raw(Method::Get, "hosts").query(parameter, "hunter2").query("search", "a");
        for shown in [format!("{raw:?}"), format!("{:?}", raw.inspect().unwrap())] {
            let query = format!("query: [(\"{parameter}\", \"***\"), (\"search\", \"a\")]");
            assert!(shown.contains(&query) && !shown.contains("hunter2"), "{shown}");
        }
    }
    let host = Host::new().name("node1").root_password("hunter2");
    let add = connection.system().hosts().add(host);
    let inspected = add.inspect().unwrap();
    let shown = format!("{add:?} {inspected:?}");
    assert!(shown.contains("<root_password>***</root_password>") && !shown.contains("hunter2"), "{shown}");
    assert!(inspected.body.unwrap().contains("hunter2"), "what would be sent is not changed");
    assert_eq!(format!("{:?}", ovirt_sdk::credentials::Token::from("hunter2")), "Token(***)");
    assert_eq!(format!("{:?}", Authorization::bearer("hunter2")), "[\"Authorization\"]");
    let sso = Credentials::external_sso("https://sso.example.com/token", "u", "hunter2");
    assert!(!format!("{sso:?}").contains("hunter2"));
    let headers = Headers::from_iter([("authorization", "Bearer hunter2"), ("Accept", "a/b")]);
    assert_eq!(format!("{headers:?}"), r#"{"authorization": "***", "Accept": "a/b"}"#);
}

/// Connections and their futures can move between threads.
#[test]
fn connections_are_send_and_sync() {
    fn needs<T: Send + Sync + Clone + 'static>() {}
    fn sends(_: impl Send) {}
    needs::<Connection>();
    let connection = Connection::builder("https://e/api").credentials(Credentials::token("t")).build().unwrap();
    sends(connection.raw(Method::Get, "vms").send());
    sends(connection.close());
}
