//! Proxies that are invalid or reject the client, and other failures that no further attempt avoids.

use std::process::Command;
use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::{Connection, Credentials, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::proxy::Proxy;
use crate::support::{Authority, PASSWORD, Reply, Server, USER, builder, fast_retry};

async fn fails(builder: ovirt_sdk::ConnectionBuilder) -> Error {
    let connection = builder.retry(fast_retry()).build().unwrap();
    let error = connection.raw(Method::Get, "vms").send().await.unwrap_err();
    assert!(!error.is_retryable() && error.attempts() == Some(1), "{error}");
    error
}

#[tokio::test]
async fn a_proxy_that_rejects_the_password_is_asked_once() {
    let server = Server::start(|_| Reply::empty(200)).await;
    let proxy = Server::plain(|_| Reply::html(407, "Proxy Authentication Required")).await;
    let url = proxy.origin().replace("://", "://user:wrong@");
    for credentials in [Credentials::token("t"), Credentials::password(USER, PASSWORD)] {
        let before = proxy.asked().len();
        let error = fails(builder(&server).credentials(credentials).proxy(&url)).await;
        assert!(error.is_connect() && error.to_string().contains("proxy authorization required"), "{error}");
        assert!(!error.to_string().contains("wrong"), "{error}");
        assert_eq!(proxy.asked().len(), before + 1);
    }
}

/// The password of a proxy as it is sent: `user` and `p@ss`.
const PROXY_AUTHORIZATION: &str = "Basic dXNlcjpwQHNz";

#[tokio::test]
async fn a_tunnel_is_opened_with_the_password_of_the_proxy() {
    let authority = Authority::new("tests");
    let tls = || authority.server(&["localhost"], None);
    let server = Server::with(&authority, Some(tls()), |_| Reply::xml(200, "<api/>")).await;
    for (scheme, proxy) in [("http", Proxy::start().await), ("https", Proxy::over_tls(tls()).await)] {
        let url = format!("{scheme}://user:p%40ss@localhost:{}", proxy.port);
        let connection = builder(&server).credentials(Credentials::token("t")).proxy(url).build().unwrap();
        for _ in 0..2 {
            connection.raw(Method::Get, "").send().await.unwrap();
        }
        let heads = proxy.heads();
        assert_eq!(heads.len(), 1, "the connection is kept");
        assert!(heads[0].starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", server.port())), "{heads:?}");
        let authorization = format!("\r\nproxy-authorization: {PROXY_AUTHORIZATION}\r\n").to_ascii_lowercase();
        assert!(heads[0].to_ascii_lowercase().contains(&authorization), "{heads:?}");
        assert_eq!(server.last().header("proxy-authorization"), "");
        assert_eq!(server.last().path, "/ovirt-engine/api");
    }
}

#[tokio::test]
async fn a_proxy_receives_requests_without_tls_themselves() {
    let proxy = Server::plain(|_| Reply::xml(200, "<api/>")).await;
    for (user, authorization) in [("user:p%40ss@", PROXY_AUTHORIZATION), ("", "")] {
        let through = proxy.origin().replace("://", &format!("://{user}"));
        let connection = Connection::builder("http://engine.example.com/ovirt-engine/api").insecure(true);
        let connection = connection.credentials(Credentials::token("t")).proxy(through).build().unwrap();
        connection.raw(Method::Get, "vms").query("max", "1").send().await.unwrap();
        let asked = proxy.last();
        assert_eq!(asked.path, "http://engine.example.com/ovirt-engine/api/vms");
        assert_eq!((asked.query.as_str(), asked.header("host")), ("max=1", "engine.example.com"));
        assert_eq!(asked.header("proxy-authorization"), authorization);
    }
}

#[tokio::test]
async fn a_proxy_that_does_not_answer_ends_with_the_connect_timeout() {
    let silent = Server::plain(|_| Reply::never()).await;
    let server = Server::start(|_| Reply::empty(200)).await;
    let connection = builder(&server).credentials(Credentials::token("t")).proxy(silent.origin());
    let connection = connection.connect_timeout(Duration::from_millis(50)).retry(fast_retry().attempts(2));
    let error = connection.build().unwrap().raw(Method::Get, "vms").send().await.unwrap_err();
    assert!(error.is_connect() && error.is_timeout() && error.attempts() == Some(2), "{error}");
}

#[tokio::test]
async fn failures_of_names_and_tls_are_not_retried() {
    let token = || Credentials::token("t");
    for credentials in [token(), Credentials::password(USER, PASSWORD)] {
        let nowhere = Connection::builder("https://no-such-host.invalid/ovirt-engine/api").no_proxy();
        fails(nowhere.credentials(credentials)).await;
    }
    let server = Server::start(|_| Reply::empty(200)).await;
    let through = builder(&server).credentials(token()).proxy("http://no-such-host.invalid:3128");
    fails(through).await;
    fails(Connection::builder(server.url()).no_proxy().credentials(token())).await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read_buf(&mut Vec::new()).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
    let not_tls = Connection::builder(format!("https://localhost:{port}/ovirt-engine/api")).no_proxy();
    fails(not_tls.credentials(token())).await;

    let (authority, clients) = (Authority::new("servers"), Authority::new("clients"));
    let strict =
        Server::with(&authority, Some(authority.server(&["localhost"], Some(&clients))), |_| Reply::empty(200));
    fails(builder(&strict.await).credentials(token())).await;
}

/// Runs in a child process with its own environment; the test below starts it.
#[test]
fn proxy_child_process() {
    if std::env::var_os("OVIRT_SDK_TEST_PROXY_CHILD").is_none() {
        return;
    }
    let builder =
        || Connection::builder("https://engine.example.com/ovirt-engine/api").credentials(Credentials::token("t"));
    match builder().build() {
        Ok(_) => println!("built"),
        Err(error) => println!("{error}"),
    }
    // An option takes precedence over the environment.
    builder().no_proxy().build().unwrap();
    builder().proxy("http://proxy.example.com").build().unwrap();
}

fn build_with(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxies::proxy_child_process", "--nocapture"]);
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD"] {
        command.env_remove(name);
    }
    command.env("OVIRT_SDK_TEST_PROXY_CHILD", "1").envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_invalid_proxy_of_the_environment_is_an_error() {
    let invalid = "not a valid URL of a proxy, such as http://proxy.example.com:3128";
    let socks = "SOCKS proxies are not supported; use an HTTP proxy (http:// or https://)";
    for (name, value, problem) in [
        ("HTTPS_PROXY", "http://user:hunter2@proxy:99999", invalid),
        ("https_proxy", "http://", invalid),
        ("ALL_PROXY", "proxy:port", invalid),
        ("all_proxy", "socks5://user:hunter2@proxy", socks),
        ("HTTPS_PROXY", "socks5h://proxy:1080", socks),
        ("HTTPS_PROXY", "ftp://proxy", "the URL must begin with http:// or https:// and contain a host"),
    ] {
        let output = build_with(&[(name, value)]);
        assert!(output.contains(&format!("  {name}: {problem}; `no_proxy` disables the proxy")), "{output}");
        assert!(!output.contains("hunter2"), "{output}");
    }
    for good in [("HTTPS_PROXY", "http://user:pw@proxy:3128"), ("HTTPS_PROXY", "proxy:3128"), ("HTTPS_PROXY", "")] {
        assert!(build_with(&[good]).contains("built"), "{good:?}");
    }
}
