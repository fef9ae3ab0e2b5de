//! Each option does what it says, and nothing does it without the option.

use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use ovirt_sdk::pipeline::{Method, RetryPolicy};
use ovirt_sdk::{Connection, Credentials};
use tokio::task::JoinSet;

use crate::support::proxy::Proxy;
use crate::support::{Asked, Engine, PASSWORD, Reply, Server, USER, builder};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

fn token(server: &Server) -> ovirt_sdk::ConnectionBuilder {
    builder(server).credentials(Credentials::token("t"))
}

#[tokio::test]
async fn requests_have_the_headers_of_the_api_and_those_of_the_user() {
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
async fn compressed_answers_are_decompressed() {
    let document = format!("<vms>{}</vms>", "<vm/>".repeat(1000));
    let sent = document.clone();
    let server = Server::start(move |asked| match asked.header("accept-encoding") {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(sent.as_bytes()).unwrap();
            Reply::xml(200, encoder.finish().unwrap()).header("Content-Encoding", "gzip")
        }
        _ => Reply::xml(200, sent.clone()),
    })
    .await;
    for compression in [true, false] {
        let connection = token(&server).compression(compression).build().unwrap();
        let response = connection.raw(Method::Get, "vms").send().await.unwrap();
        assert_eq!(response.text(), document);
        assert_eq!(server.last().header("accept-encoding"), if compression { "gzip" } else { "" });
    }
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
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

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start(api).await;
    let connection = token(&server).build().unwrap();
    for _ in 0..10 {
        connection.test().await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn time_is_limited_for_all_and_for_each() {
    let server = Server::start(|_| Reply::never()).await;
    let connection = token(&server).timeout(Duration::from_millis(100)).build().unwrap();
    let began = Instant::now();
    let error = connection.test().await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable() && !error.is_connect(), "{error}");
    assert!(began.elapsed() >= Duration::from_millis(100) && began.elapsed() < Duration::from_secs(10));

    let patient = token(&server).build().unwrap();
    let request = patient.raw(Method::Get, "vms").timeout(Duration::from_millis(50));
    let error = request.send().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("within 50ms"), "{error}");
}

#[tokio::test]
async fn time_for_connecting_is_limited() {
    // Connections are taken, and nothing is ever said.
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

/// Runs in a process of its own, with an environment of its own; see the tests after it.
#[tokio::test]
async fn child_of_the_environment() {
    if std::env::var_os("OVIRT_SDK_TEST_CHILD").is_none() {
        return;
    }
    let builder = ovirt_sdk::ConnectionBuilder::from_env();
    let builder = if std::env::var_os("OVIRT_SDK_TEST_NO_PROXY").is_some() { builder.no_proxy() } else { builder };
    builder.build().unwrap().test().await.unwrap();
}

/// Runs the test above with an environment; whether it went well, off the thread of the server.
async fn child(variables: &[(&str, &str)]) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "options::child_of_the_environment"]).env("OVIRT_SDK_TEST_CHILD", "1");
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(name);
    }
    for name in ["OVIRT_URL", "OVIRT_USERNAME", "OVIRT_PASSWORD", "OVIRT_TOKEN", "OVIRT_CAFILE", "OVIRT_INSECURE"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    tokio::task::spawn_blocking(move || command.output().unwrap().status.success()).await.unwrap()
}

#[tokio::test]
async fn the_environment_says_how_to_connect_and_through_which_proxy() {
    let (server, proxy) = (Server::start(api).await, Proxy::start().await);
    let url = server.url();
    let base = [("OVIRT_URL", url.as_str()), ("OVIRT_TOKEN", "from-the-environment"), ("OVIRT_INSECURE", "true")];
    assert!(child(&base).await);
    assert_eq!(server.last().header("authorization"), "Bearer from-the-environment");
    assert_eq!(proxy.heads().len(), 0);

    let through = format!("http://127.0.0.1:{}", proxy.port);
    let with_proxy = [&base[..], &[("HTTPS_PROXY", through.as_str())]].concat();
    assert!(child(&with_proxy).await);
    assert_eq!(proxy.heads().len(), 1);
    assert!(child(&[&with_proxy[..], &[("NO_PROXY", "localhost")]].concat()).await);
    assert_eq!(proxy.heads().len(), 1);
    assert!(child(&[&with_proxy[..], &[("OVIRT_SDK_TEST_NO_PROXY", "1")]].concat()).await);
    assert_eq!(proxy.heads().len(), 1, "`no_proxy` goes before the environment");

    assert!(!child(&base[..2]).await, "without OVIRT_INSECURE the server is not trusted");
    assert!(!child(&base[1..]).await, "without OVIRT_URL there is nowhere to go");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn the_environment_has_user_password_and_authority() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), server.authority()).unwrap();
    let (url, path) = (server.url(), file.path().to_str().unwrap());
    let all = [
        ("OVIRT_URL", url.as_str()),
        ("OVIRT_USERNAME", USER),
        ("OVIRT_PASSWORD", PASSWORD),
        ("OVIRT_CAFILE", path),
        // What is empty counts as absent.
        ("OVIRT_TOKEN", ""),
        ("OVIRT_INSECURE", ""),
    ];
    assert!(child(&all).await);
    assert_eq!((engine.issued(), server.asked().len()), (1, 2));
    for missing in 0..4 {
        let others: Vec<_> =
            all.into_iter().enumerate().filter(|(index, _)| *index != missing).map(|(_, it)| it).collect();
        assert!(!child(&others).await, "without {}", all[missing].0);
    }
    assert_eq!(server.asked().len(), 2);
    // A token goes before them.
    engine.accept("given");
    assert!(child(&[&all[..4], &[("OVIRT_TOKEN", "given")]].concat()).await);
    assert_eq!((engine.issued(), server.last().header("authorization")), (1, "Bearer given"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
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
    let expected = "the connection can't be made:
  url: it names no host; usually it is https://engine.example.com/ovirt-engine/api
  username: it is missing
  timeout: it has to be longer than nothing and at most a year
  max_connections: it has to be at least 1
  header: `X Tenant` is no name of a header
  header: the value of `X-Tenant` has a line break or control character
  header: `Authorization` is set by the credentials, not as a header
  user_agent: it is empty or has control characters
  proxy: its URL has to begin with http:// or https:// and name a host
  ca_file: `/nowhere/ca.pem` can't be read: No such file or directory (os error 2)";
    assert_eq!(error.to_string(), expected);
    let readable = "with http:// anybody can read the credentials; use https://, or say `insecure` too";
    let sso = || Credentials::external_sso("http://sso.example.com/token", USER, PASSWORD);
    let with_sso = || Connection::builder("https://engine.example.com/ovirt-engine/api").credentials(sso());
    let error = with_sso().proxy("10.0.0.1:3128").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the connection can't be made:\n  sso_url: {readable}\n  proxy: its URL has to begin with http:// or \
             https:// and name a host"
        )
    );
    assert!(with_sso().insecure(true).build().is_ok());
    let missing = Connection::builder("").build().unwrap_err().to_string();
    assert_eq!(
        missing,
        "the connection can't be made:\n  url: it is missing; usually it is \
         https://engine.example.com/ovirt-engine/api\n  credentials: they are missing"
    );
}
