//! The effect of each connection option, and the behavior without it.

mod environment;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ovirt_sdk::http::{BoxFuture, Headers, Method, Request, Response};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::transport::Transport;
use ovirt_sdk::{Connection, Credentials, Error};
use tokio::task::JoinSet;

use crate::support::proxy::Proxy;
use crate::support::{Asked, PASSWORD, Reply, Server, USER, builder};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

fn token(server: &Server) -> ovirt_sdk::ConnectionBuilder {
    builder(server).credentials(Credentials::token("t"))
}

#[tokio::test]
async fn requests_have_the_headers_of_the_api_and_of_the_user() {
    let server = Server::start(api).await;
    token(&server).build().unwrap().test().await.unwrap();
    let plain = server.last();
    let version = concat!("ovirt-sdk-rust/", env!("CARGO_PKG_VERSION"));
    for (name, value) in [
        ("accept", "application/xml"),
        ("version", "4"),
        ("accept-language", "en-US"),
        ("accept-encoding", "gzip"),
        ("user-agent", version),
        ("authorization", "Bearer t"),
        ("content-type", ""),
        ("filter", ""),
        ("all-content", ""),
        ("prefer", ""),
        ("x-tenant", ""),
    ] {
        assert_eq!(plain.header(name), value, "{name}");
    }
    assert!((1..=36).contains(&plain.header("correlation-id").len()));

    let connection = token(&server)
        .header("X-Tenant", "blue")
        .header("Accept-Language", "cs")
        .user_agent("nightly-report/2")
        .filter(true)
        .all_content(true)
        .compression(false)
        .build()
        .unwrap();
    let request = connection.raw(Method::Put, "vms/1").header("x-tenant", "red").header("Accept", "text/xml");
    request.query("current", "true").body("<vm/>").correlation_id("my-id_1").send().await.unwrap();
    let asked = server.last();
    for (name, value) in [
        ("x-tenant", "red"),
        ("accept", "text/xml"),
        ("accept-language", "cs"),
        ("accept-encoding", ""),
        ("user-agent", "nightly-report/2"),
        ("content-type", "application/xml"),
        ("filter", "true"),
        ("all-content", "true"),
        ("correlation-id", "my-id_1"),
    ] {
        assert_eq!(asked.header(name), value, "{name}");
    }
    assert_eq!((asked.method.as_str(), asked.query.as_str(), asked.body.as_str()), ("PUT", "current=true", "<vm/>"));
}

#[tokio::test]
async fn user_agents_can_be_added() {
    let server = Server::start(api).await;
    let own = concat!("ovirt-sdk-rust/", env!("CARGO_PKG_VERSION"));
    let added = token(&server).add_user_agent("nightly-report/2").add_user_agent("(cron)");
    added.build().unwrap().test().await.unwrap();
    assert_eq!(server.last().header("user-agent"), format!("{own} nightly-report/2 (cron)"));
    let replaced = token(&server).user_agent("mine/1").add_user_agent("more/2");
    replaced.build().unwrap().test().await.unwrap();
    assert_eq!(server.last().header("user-agent"), "mine/1 more/2");
    let error = token(&server).add_user_agent("a\nb").build().unwrap_err();
    assert!(error.to_string().contains("user_agent: "), "{error}");
}

#[tokio::test]
async fn the_port_replaces_that_of_the_url() {
    let server = Server::start(api).await;
    for url in ["https://localhost/ovirt-engine/api", "https://localhost:1/ovirt-engine/api/v4"] {
        let connection = token(&server).url(url).port(server.port()).build().unwrap();
        connection.test().await.unwrap();
        assert!(connection.url().starts_with(&server.origin()), "{}", connection.url());
    }
    let default = token(&server).url("https://localhost:1/ovirt-engine/api").port(443).build().unwrap();
    assert_eq!(default.url(), "https://localhost/ovirt-engine/api");
    let error = token(&server).port(0).build().unwrap_err();
    assert_eq!(error.to_string(), "invalid connection options:\n  port: must be at least 1");
}

#[tokio::test]
async fn headers_with_the_same_name_are_all_sent() {
    let server = Server::start(api).await;
    let connection = token(&server).header("X-Tenant", "blue").header("X-Tenant", "green").build().unwrap();
    connection.test().await.unwrap();
    assert_eq!(server.last().header("x-tenant"), "blue, green");
    assert_eq!(server.last().header("accept"), "application/xml");
}

#[tokio::test]
async fn the_last_value_of_an_option_wins() {
    let server = Server::start(api).await;
    let connection = Connection::builder("https://no-such-host.invalid/ovirt-engine/api")
        .credentials(Credentials::token("first"))
        .ca_pem(server.authority())
        .no_proxy()
        .url(server.url())
        .credentials(Credentials::token("last"))
        .build()
        .unwrap();
    assert_eq!(connection.url(), server.url());
    connection.test().await.unwrap();
    assert_eq!(server.last().header("authorization"), "Bearer last");
}

#[tokio::test]
async fn compressed_responses_are_decompressed() {
    let document = format!("<vms>{}</vms>", "<vm/>".repeat(1000));
    let sent = document.clone();
    // All names of the same encoding; the server uses them in turn.
    let mut names = ["gzip", "x-gzip", "GZIP"].into_iter().cycle();
    let names = std::sync::Mutex::new(move || names.next().unwrap());
    let server = Server::start(move |asked| match asked.header("accept-encoding") {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(sent.as_bytes()).unwrap();
            let name = (names.lock().unwrap())();
            Reply::xml(200, encoder.finish().unwrap()).header("Content-Encoding", name)
        }
        _ => Reply::xml(200, sent.clone()),
    })
    .await;
    for compression in [true, true, true, false] {
        let connection = token(&server).compression(compression).build().unwrap();
        let response = connection.raw(Method::Get, "vms").send().await.unwrap();
        assert_eq!(response.text(), document);
        // Headers that describe the compressed body are removed.
        let length = response.headers().get("content-length").map(|length| length.parse());
        assert_eq!(length, (!compression).then_some(Ok(document.len())));
        assert_eq!(response.headers().get("content-encoding"), None);
        assert_eq!(server.last().header("accept-encoding"), if compression { "gzip" } else { "" });
    }
}

#[tokio::test]
async fn concurrent_requests_are_limited() {
    let server = Server::start(|asked| api(asked).after(Duration::from_millis(10))).await;
    for (max, expected) in [(3, 3), (20, 20)] {
        let connection = token(&server).max_connections(max).build().unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let connection = connection.clone();
            tasks.spawn(async move { connection.test().await });
        }
        assert!(tasks.join_all().await.iter().all(Result::is_ok));
        assert!(server.most_at_once() <= expected && server.most_at_once() > expected / 3);
    }
}

/// Delays each response and counts the concurrent requests.
#[derive(Clone, Default)]
struct Keeping {
    time: Duration,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Transport for Keeping {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(self.time).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            Ok(Response::new(200, Headers::new(), b"<api/>".to_vec()))
        })
    }
}

/// The clock is paused, so waiting takes no real time.
#[tokio::test(start_paused = true)]
async fn limits_have_defaults() {
    let url = "https://engine.example.com/ovirt-engine/api";
    let slow = |time| {
        let transport = Keeping { time, ..Keeping::default() };
        let builder = Connection::builder(url).credentials(Credentials::token("t")).transport(transport.clone());
        (builder.retry(RetryPolicy::none()).build().unwrap(), transport)
    };
    let (connection, transport) = slow(Duration::from_secs(1));
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let connection = connection.clone();
        tasks.spawn(async move { connection.test().await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(transport.most.load(Ordering::SeqCst), 64);

    let began = tokio::time::Instant::now();
    let (connection, _) = slow(Duration::from_secs(100_000));
    assert!(connection.test().await.unwrap_err().is_timeout());
    assert_eq!(began.elapsed().as_secs(), 300);

    // The listener accepts connections but never sends anything.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://127.0.0.1:{}/ovirt-engine/api", listener.local_addr().unwrap().port());
    let builder = Connection::builder(url).credentials(Credentials::token("t")).no_proxy();
    let began = tokio::time::Instant::now();
    let error = builder.retry(RetryPolicy::none()).build().unwrap().test().await.unwrap_err();
    assert!(error.is_timeout() && error.is_connect(), "{error}");
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn idle_connections_are_closed_before_the_server_closes_them() {
    let server = Server::start(api).await;
    let connection = token(&server).build().unwrap();
    for (rest, connections) in [(3, 1), (5, 2)] {
        connection.test().await.unwrap();
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(rest)).await;
        tokio::time::resume();
        connection.test().await.unwrap();
        assert_eq!(server.connections(), connections, "after {rest} s");
    }
}

#[tokio::test]
async fn connections_are_reused() {
    let server = Server::start(api).await;
    let connection = token(&server).build().unwrap();
    for _ in 0..10 {
        connection.test().await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn timeouts_apply_per_connection_and_per_request() {
    let server = Server::start(|_| Reply::never()).await;
    let connection = token(&server).timeout(Duration::from_millis(100)).build().unwrap();
    let began = Instant::now();
    let error = connection.test().await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable() && !error.is_connect(), "{error}");
    assert!(began.elapsed() >= Duration::from_millis(100) && began.elapsed() < Duration::from_millis(1900));

    let patient = token(&server).build().unwrap();
    let request = patient.raw(Method::Get, "vms").timeout(Duration::from_millis(50));
    let error = request.send().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("within 50ms"), "{error}");
}

#[tokio::test]
async fn the_connect_timeout_takes_effect() {
    // The listener accepts connections but never sends anything.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://127.0.0.1:{}/ovirt-engine/api", listener.local_addr().unwrap().port());
    let connection = Connection::builder(url)
        .credentials(Credentials::token("t"))
        .no_proxy()
        .connect_timeout(Duration::from_millis(50))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let began = Instant::now();
    let error = connection.test().await.unwrap_err();
    assert!(error.is_timeout() && error.is_connect(), "{error}");
    assert!(began.elapsed() < Duration::from_secs(9));
}

#[tokio::test]
async fn a_proxy_is_used_with_its_password() {
    let (server, proxy) = (Server::start(api).await, Proxy::start().await);
    let url = format!("http://user:secret@127.0.0.1:{}", proxy.port);
    token(&server).proxy(url).build().unwrap().test().await.unwrap();
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", server.port())), "{}", heads[0]);
    assert!(heads[0].to_lowercase().contains("proxy-authorization: basic dxnlcjpzzwnyzxq="), "{}", heads[0]);
    token(&server).no_proxy().build().unwrap().test().await.unwrap();
    assert_eq!(proxy.heads().len(), 1);
}

#[test]
fn each_option_is_checked() {
    let good =
        || Connection::builder("https://engine.example.com/ovirt-engine/api").credentials(Credentials::token("t"));
    let to = |url: &str| Connection::builder(url).credentials(Credentials::token("t"));
    let sso = |url: &str| Credentials::external_sso(url, "u", "p");
    for (builder, expected) in [
        (
            to("engine.example.com/api"),
            "url: must begin with https://; usually it is https://engine.example.com/ovirt-engine/api",
        ),
        (to("ftp://engine.example.com/api"), "url: the scheme must be https, not ftp"),
        (
            to("https:///ovirt-engine/api"),
            "url: must contain a host name; usually it is https://engine.example.com/ovirt-engine/api",
        ),
        (to("https://u:hunter2@e/api"), "url: must not contain a user name or a password; give them as `credentials`"),
        (to("https://e/api?max=1"), "url: must not contain `?` or `#`"),
        (to("https://e/api#vms"), "url: must not contain `?` or `#`"),
        (good().connect_timeout(Duration::ZERO), "connect_timeout: must be greater than 0 and at most a year"),
        (good().connect_timeout(Duration::MAX), "connect_timeout: must be greater than 0 and at most a year"),
        (good().timeout(Duration::ZERO), "timeout: must be greater than 0 and at most a year"),
        (good().timeout(Duration::MAX), "timeout: must be greater than 0 and at most a year"),
        (good().max_connections(usize::MAX), "max_connections: too large"),
        (good().user_agent("a\nb"), "user_agent: empty, or contains control characters"),
        (
            good().proxy("proxy.example.com:3128"),
            "proxy: the URL must begin with http:// or https:// and contain a host",
        ),
        (good().proxy("3128"), "proxy: the URL must begin with http:// or https:// and contain a host"),
        (good().credentials(Credentials::token("")), "token: missing"),
        (good().credentials(Credentials::token("a b")), "token: contains spaces or other characters that no token has"),
        (good().credentials(Credentials::password("u", "")), "password: missing"),
        (good().credentials(Credentials::basic("", "p")), "username: missing"),
        (
            good().credentials(Credentials::basic("a:b", "p")),
            "username: must not contain `:`, which basic authentication can't send",
        ),
        (good().credentials(Credentials::session("u", "")), "password: missing"),
        (good().credentials(sso("ftp://sso.example.com")), "sso_url: the scheme must be https, not ftp"),
        (good().credentials(sso("sso")), "sso_url: must begin with https://"),
        (good().credentials(sso("https://u:p@sso")), "sso_url: must not contain a user name or a password"),
        (good().credentials(sso("https://sso").revoke_url("x")), "sso_revoke_url: must begin with https://"),
        (good().credentials(sso("https://sso").token_name("")), "sso_token_name: empty"),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), format!("invalid connection options:\n  {expected}"));
    }
    good().build().unwrap();
}

#[test]
fn all_invalid_options_are_reported_at_once() {
    let error = Connection::builder("https://")
        .credentials(Credentials::password("", "secret"))
        .ca_file("/nowhere/ca.pem")
        .proxy("socks5://proxy.example.com")
        .timeout(Duration::ZERO)
        .max_connections(0)
        .header("X Tenant", "secret")
        .header("X-Tenant", "secret\r\nX-Other: 1")
        .header("authorization", "Bearer secret")
        .user_agent("")
        .build()
        .unwrap_err();
    assert!(error.is_invalid_option());
    assert_eq!(
        error.problems().map(|(option, _)| option).collect::<Vec<_>>(),
        [
            "url",
            "username",
            "timeout",
            "max_connections",
            "header",
            "header",
            "header",
            "user_agent",
            "proxy",
            "ca_file",
        ]
    );
    let expected = "invalid connection options:
  url: must contain a host name; usually it is https://engine.example.com/ovirt-engine/api
  username: missing
  timeout: must be greater than 0 and at most a year
  max_connections: must be at least 1
  header: `X Tenant` is not a valid header name
  header: the value of `X-Tenant` contains a line break or control character
  header: `Authorization` can't be set as a header; use `credentials`
  user_agent: empty, or contains control characters
  proxy: SOCKS proxies are not supported; use an HTTP proxy (http:// or https://)
  ca_file: can't read `/nowhere/ca.pem`: No such file or directory (os error 2)";
    assert_eq!(error.to_string(), expected);
    let readable = "http:// exposes the credentials; use https://, or set `insecure` as well";
    let sso = || Credentials::external_sso("http://sso.example.com/token", USER, PASSWORD);
    let with_sso = || Connection::builder("https://engine.example.com/ovirt-engine/api").credentials(sso());
    let error = with_sso().proxy("10.0.0.1:3128").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "invalid connection options:\n  sso_url: {readable}\n  proxy: the URL must begin with http:// or \
             https:// and contain a host"
        )
    );
    assert!(with_sso().insecure(true).build().is_ok());
    let missing = Connection::builder("").build().unwrap_err().to_string();
    assert_eq!(
        missing,
        "invalid connection options:\n  url: missing; usually it is \
         https://engine.example.com/ovirt-engine/api\n  credentials: missing"
    );
}
