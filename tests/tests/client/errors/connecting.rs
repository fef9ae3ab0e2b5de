//! Error texts of requests that get no response.

use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{answered, failing};
use crate::support::{Asked, Authority, Reply, Server, builder};

#[tokio::test]
async fn an_untrusted_certificate() {
    let server = Server::start(|_| Reply::empty(200)).await;
    let connection = Connection::builder(server.url()).credentials(Credentials::token("t")).no_proxy().build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: not issued by a trusted \
         authority (UnknownIssuer) (correlation id my-id)\nHint: fetch the engine's CA certificate with `curl --insecure \
         --output ca.pem 'https://localhost:PORT/ovirt-engine/services/pki-resource?resource=ca-certificate&format=\
         X509-PEM-CA'`, verify its fingerprint, and set it as `ca_file`"
    );
    assert!(error.is_certificate());
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let authority = Authority::new("tests");
    let tls = authority.server(&["engine.example.com"], None);
    let server = Server::with(&authority, Some(tls), |_: &Asked| Reply::empty(200)).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let (_, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: not valid for \
         `localhost`, only for `engine.example.com` (correlation id my-id)\nHint: the URL must use a name in the \
         certificate; certificates of old engines without subject alternative names must be replaced"
    );
}

#[tokio::test]
async fn a_self_signed_certificate_that_is_no_authority() {
    let (pem, tls) = Authority::self_signed(&["localhost"]);
    let server = Server::with(&Authority::new("other"), Some(tls), |_: &Asked| Reply::xml(200, "<api/>")).await;
    let trusting = |pem: String| builder(&server).ca_pem(pem).credentials(Credentials::token("t")).build().unwrap();
    let (error, text) = failing(&server, &trusting(server.authority()), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: self-signed, not issued by \
         an authority (correlation id my-id)\nHint: fetch the certificate with `openssl s_client -connect \
         localhost:PORT </dev/null | openssl x509 -out ca.pem`, verify its fingerprint, and set it as `ca_file`"
    );
    assert!(error.is_certificate());
    // The hint helps.
    trusting(pem).test().await.unwrap();
}

#[tokio::test]
async fn the_certificate_of_the_server_in_place_of_its_authority() {
    let authority = Authority::new("tests");
    let (pem, tls) = authority.server_with_pem(&["localhost"]);
    let server = Server::with(&Authority::new("other"), Some(tls), |_: &Asked| Reply::empty(200)).await;
    let connection = builder(&server).ca_pem(pem).credentials(Credentials::token("t")).build().unwrap();
    let (_, text) = failing(&server, &connection, Method::Get, "vms").await;
    let begin = "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: `ca_file` contains \
        the certificate of the server, not that of its authority (correlation id my-id)\nHint: fetch the engine's CA \
        certificate with ";
    assert!(text.starts_with(begin), "{text}");
}

/// An alert of TLS 1.0, and the beginning of a handshake with it.
#[tokio::test]
async fn a_server_with_an_old_version_of_tls() {
    let alert = vec![0x15, 3, 1, 0, 2, 2, 70];
    let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2F, 0]);
    for answer in [alert, hello] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read_buf(&mut Vec::new()).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.read_buf(&mut Vec::new()).await;
            }
        });
        let to = Connection::builder(format!("https://127.0.0.1:{port}/ovirt-engine/api")).no_proxy();
        let (error, text) = unreachable(to, port).await;
        assert_eq!(
            text,
            "GET /ovirt-engine/api/vms: can't reach https://127.0.0.1:PORT: the server supports only TLS 1.1 or older \
             (correlation id my-id)\nHint: the SDK requires TLS 1.2 or newer; enable it on the server, or update the \
             server"
        );
        assert!(error.is_connect());
    }
}

#[tokio::test]
async fn an_expired_or_not_yet_valid_certificate() {
    for (years, what, hint) in [
        (
            (1990, 1991),
            "expired at 1991-01-01T00:00:00.000Z",
            "`engine-setup` on the engine renews expired certificates",
        ),
        (
            (4000, 4001),
            "not valid before 4000-01-01T00:00:00.000Z; the local time is TODAY",
            "check the local clock, and the clock of the engine",
        ),
    ] {
        let authority = Authority::new("tests");
        let tls = authority.server_of_years(&["localhost"], years);
        let server = Server::with(&authority, Some(tls), |_: &Asked| Reply::empty(200)).await;
        let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
        let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
        let text = match text.split_once("the local time is ") {
            Some((before, after)) => {
                format!("{before}the local time is TODAY{}", after.split_at("2000-01-01T00:00:00.000Z".len()).1)
            }
            None => text,
        };
        assert_eq!(
            text,
            format!(
                "GET /ovirt-engine/api/vms: the certificate of https://localhost:PORT is not trusted: {what} \
                 (correlation id my-id)\nHint: {hint}"
            )
        );
        assert!(error.is_certificate());
    }
}

/// Sends a request that can't reach the server; returns the error and its text, with `PORT` in place of the port.
async fn unreachable(connection: ovirt_sdk::ConnectionBuilder, port: u16) -> (Error, String) {
    let connection = connection.credentials(Credentials::token("t")).retry(RetryPolicy::none()).build().unwrap();
    let error = connection.raw(Method::Get, "vms").correlation_id("my-id").send().await.unwrap_err();
    let text = error.to_string().replace(&format!(":{port}"), ":PORT");
    (error, text)
}

#[tokio::test]
async fn failures_of_a_proxy() {
    let server = Server::start(|_| Reply::empty(200)).await;
    let through = |proxy: String| unreachable(builder(&server).proxy(proxy), server.port());
    let begin = "GET /ovirt-engine/api/vms: can't reach https://localhost:PORT through the proxy: ";
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://user:hunter2@127.0.0.1:{}", listener.local_addr().unwrap().port());
    drop(listener);
    let (error, text) = through(gone).await;
    assert_eq!(
        text,
        format!(
            "{begin}Connection refused (os error 111) (correlation id my-id)\nHint: the option `proxy` or else the \
             environment (HTTPS_PROXY, ALL_PROXY) sets the proxy; `no_proxy` disables it"
        )
    );
    assert!(error.is_connect());
    let closed = Server::plain(|_| Reply::html(407, "Access Denied")).await;
    let (_, text) = through(closed.origin()).await;
    assert_eq!(
        text,
        format!(
            "{begin}tunnel error: proxy authorization required (correlation id my-id)\nHint: the proxy requires a user \
             name and a password; put them into its URL, as in http://user:password@proxy.example.com:3128"
        )
    );
    let strict = Server::plain(|_| Reply::html(403, "Forbidden")).await;
    let (_, text) = through(strict.origin()).await;
    assert_eq!(
        text,
        format!(
            "{begin}tunnel error: unsuccessful (correlation id my-id)\nHint: the proxy does not allow connections to \
             that server, or can't reach it"
        )
    );
}

#[tokio::test]
async fn a_server_that_does_not_respond_or_does_not_use_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = |port: u16| Connection::builder(format!("https://127.0.0.1:{port}/ovirt-engine/api")).no_proxy();
    let (error, text) = unreachable(to(port).connect_timeout(Duration::from_millis(50)), port).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: can't reach https://127.0.0.1:PORT: timed out (correlation id my-id)\nHint: check host, \
         port and firewalls, and whether a `proxy` is required; for slow networks, increase `connect_timeout`"
    );
    assert!(error.is_timeout() && error.is_connect());

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read_buf(&mut Vec::new()).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    });
    let (_, text) = unreachable(to(port), port).await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: can't reach https://127.0.0.1:PORT: received corrupt message of type \
         InvalidContentType (correlation id my-id)\nHint: the service on that port does not use TLS; check the port"
    );
    let server = Server::start(|_| Reply::empty(200)).await;
    let plain = Connection::builder(server.url().replace("https:", "http:")).insecure(true).no_proxy();
    let (_, text) = unreachable(plain, server.port()).await;
    assert!(text.ends_with("\nHint: if the server expects TLS, the URL must begin with https://"), "{text}");
}

#[tokio::test]
async fn a_server_that_requires_a_client_certificate() {
    let (authority, clients) = (Authority::new("servers"), Authority::new("clients"));
    let tls = authority.server(&["localhost"], Some(&clients));
    let server = Server::with(&authority, Some(tls), |_: &Asked| Reply::empty(200)).await;
    let hint = "\nHint: the server requires a client certificate that it trusts; set `client_certificate_file`";
    let stranger = Authority::new("strangers").client("automation");
    let builders = [builder(&server), builder(&server).client_certificate_pem(stranger)];
    for (builder, alert) in builders.into_iter().zip(["CertificateRequired", "UnknownCA"]) {
        let connection = builder.credentials(Credentials::token("t")).build().unwrap();
        let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
        let begin = "GET /ovirt-engine/api/vms: the request can't be sent: received fatal alert: ";
        assert_eq!(text, format!("{begin}{alert} (correlation id my-id){hint}"));
        assert!(!error.is_retryable() && error.attempts() == Some(1), "not transient");
    }
}

#[tokio::test]
async fn an_unknown_host() {
    let nowhere = Connection::builder("https://no-such-host.invalid/ovirt-engine/api").no_proxy();
    let (error, text) = unreachable(nowhere, 0).await;
    assert!(text.starts_with("GET /ovirt-engine/api/vms: can't reach https://no-such-host.invalid: "), "{text}");
    assert!(text.ends_with("\nHint: check the host name and the DNS configuration"), "{text}");
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_refused_connection() {
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
        "GET /ovirt-engine/api/vms: can't reach https://127.0.0.1:PORT: Connection refused (os error 111) \
         (correlation id my-id)\nHint: the host is reachable, but nothing listens on that port; check the URL, and that \
         the engine is running"
    );
}

#[tokio::test]
async fn a_request_that_takes_too_long() {
    let server = Server::start(|_| Reply::never()).await;
    let connection = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_millis(60));
    let (_, text) = failing(&server, &connection.build().unwrap(), Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: no complete response within 60ms (correlation id my-id)\nHint: increase `timeout` of \
         the request or the connection"
    );
}

#[tokio::test]
async fn a_login_that_takes_too_long() {
    let server = Server::start(|_| Reply::never()).await;
    let connection = builder(&server).timeout(Duration::from_millis(60)).build().unwrap();
    let (error, text) = failing(&server, &connection, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: login failed: no complete response within 60ms\nHint: increase `timeout` of the \
         request or the connection"
    );
    assert!(error.is_timeout());
}

#[tokio::test]
async fn a_request_that_waits_too_long_for_a_free_connection() {
    let server = Server::start(|_| Reply::never()).await;
    let connection = builder(&server).credentials(Credentials::token("t")).max_connections(1).build().unwrap();
    let other = tokio::spawn({
        let connection = connection.clone();
        async move { connection.test().await }
    });
    while server.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let request = connection.raw(Method::Get, "vms").correlation_id("my-id").timeout(Duration::from_millis(60));
    let error = request.send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /ovirt-engine/api/vms: no complete response within 60ms: not sent, because another request was in \
         progress (`max_connections` is 1) (correlation id my-id)\nHint: increase `timeout` of the request or the \
         connection"
    );
    assert!(error.is_timeout() && server.asked().len() == 1);
    other.abort();
}

#[tokio::test]
async fn a_truncated_response() {
    let reply = Reply::xml(200, "<vms><vm/></vms>").cut_after(5);
    let (error, text) = answered(reply, Method::Get, "vms").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms: the connection failed before the response was complete: closed by the peer \
         (correlation id my-id)"
    );
    assert!(error.downcast_ref::<std::io::Error>().is_some());
}
