//! HTTP and TLS.

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::raw::{ADMIN, ask, connect, exchange};
use crate::{careful, engine, read};

#[tokio::test]
async fn the_authority_can_be_got_from_the_engine() {
    let engine = FakeEngine::start().await.unwrap();
    let path = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";
    let answer = ask(&engine, &format!("GET {path}"), &[], "").await;
    let (head, pem) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-type: application/x-x509-ca-cert"), "{head}");
    assert_eq!(pem, engine.ca_pem());
    let connection = Connection::builder(engine.url()).credentials(engine.credentials()).no_proxy();
    let stranger = connection.build().unwrap();
    assert!(read(&stranger).await.unwrap_err().is_certificate());
}

#[tokio::test]
async fn responses_have_the_time_of_the_engine() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    let date = async || {
        let answer = ask(&engine, "GET /ovirt-engine/services/health", &[], "").await;
        let dates: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("date: ")).collect();
        dates.join(", ")
    };
    assert_eq!(date().await, "Thu, 01 Jan 2026 00:00:00 GMT");
    engine.advance(Duration::from_millis(86_401_999));
    assert_eq!(date().await, "Fri, 02 Jan 2026 00:00:01 GMT");
    engine.advance(Duration::MAX);
    assert_eq!(date().await, "Fri, 31 Dec 9999 23:59:59 GMT");
}

#[tokio::test]
async fn the_certificate_has_all_names() {
    let engine = FakeEngine::builder().host_name("engine.example.com").host_name("192.0.2.7").start().await.unwrap();
    for name in ["localhost", "127.0.0.1", "::1", "engine.example.com", "192.0.2.7"] {
        connect(&engine, name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    connect(&engine, "other.example.com").await.unwrap_err();
}

#[tokio::test]
async fn a_wrong_url_meets_a_page() {
    let engine = FakeEngine::start().await.unwrap();
    let origin = engine.url().replace("/ovirt-engine/api", "");
    for path in ["/ovirt-engine/", "/api", "/"] {
        let connection = careful(&engine).url(format!("{origin}{path}")).build().unwrap();
        let error = read(&connection).await.unwrap_err();
        assert!(error.to_string().contains("too many redirects") || error.status() == Some(404), "{path}: {error}");
    }
}

#[tokio::test]
async fn every_request_gets_a_correlation_id() {
    let engine = FakeEngine::start().await.unwrap();
    let id = async |target: &str, header: &str| {
        let answer = ask(&engine, &format!("GET /ovirt-engine/api{target}"), &[ADMIN, header], "").await;
        answer.split("correlation-id: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned()
    };
    assert_eq!(id("", "Correlation-Id: of/mine").await, "ofmine");
    assert_eq!(id("?correlation_id=of%2Fmine", "X: y").await, "ofmine");
    assert_eq!(id(";correlation_id=mine", "X: y").await, "mine");
    assert_eq!(id("", &format!("Correlation-Id: {}", "x".repeat(50))).await, "x".repeat(36));
    assert_ne!(id("", "X: y").await, id("", "X: y").await);
}

#[tokio::test]
async fn connections_are_kept() {
    let engine = FakeEngine::start().await.unwrap();
    let mut line = connect(&engine, "localhost").await.unwrap();
    let mut text = Vec::new();
    for count in 1..=3 {
        let request = "GET /ovirt-engine/services/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        line.write_all(request.as_bytes()).await.unwrap();
        while String::from_utf8_lossy(&text).matches("Welcome to Health Status!").count() < count {
            assert_ne!(line.read_buf(&mut text).await.unwrap(), 0);
        }
    }
}

#[tokio::test]
async fn requests_can_be_pipelined() {
    let engine = FakeEngine::start().await.unwrap();
    let first = "GET /ovirt-engine/services/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = "GET /ovirt-engine/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\n\r\n";
    let (answers, _) = exchange(&engine, &format!("{first}{last}")).await;
    let answers = String::from_utf8(answers).unwrap();
    assert!(answers.find("Health Status").unwrap() < answers.find("<title>oVirt Engine").unwrap(), "{answers}");
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_that() {
    let engine = FakeEngine::start().await.unwrap();
    let request = "GET /ovirt-engine/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n";
    let (answer, _) = exchange(&engine, request).await;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    assert!(head.contains("content-encoding: gzip") && head.contains("vary: Accept-Encoding"), "{head}");
    let mut page = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&answer[end + 4..]), &mut page).unwrap();
    assert!(page.contains("<title>oVirt Engine</title>"));
    let plain = ask(&engine, "GET /ovirt-engine/", &["Accept: text/html"], "").await;
    assert!(plain.ends_with(&page) && !plain.contains("content-encoding"));
}

#[tokio::test]
async fn heads_come_without_a_body() {
    let engine = FakeEngine::start().await.unwrap();
    let answer = ask(&engine, "HEAD /ovirt-engine/", &["Accept: text/html"], "").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && body.is_empty(), "{answer}");
}

#[tokio::test]
async fn bodies_have_a_limit_and_may_come_in_chunks() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let long = format!("<vm><name>{}</name></vm>", "x".repeat(16 << 20));
    let error = connection.raw(Method::Post, "vms").body(long).send().await.unwrap_err();
    assert_eq!(error.status(), Some(413), "{error}");
    let request = format!(
        "POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: localhost\r\n{ADMIN}\r\nConnection: close\r\n\
         Content-Type: application/xml\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\n<v>\r\n4\r\n</v>\r\n0\r\n\r\n"
    );
    let (answer, _) = exchange(&engine, &request).await;
    assert!(String::from_utf8(answer).unwrap().contains("HTTP/1.1 "));
    assert_eq!(engine.assert_called("POST", "vms").text(), "<v></v>");
}

#[tokio::test]
async fn nonsense_does_not_end_the_server() {
    let engine = FakeEngine::start().await.unwrap();
    for nonsense in
        ["\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{1}\u{2}\u{3}\r\n\r\n", "GET /\u{fe} HTTP/1.1\r\n"]
    {
        let mut line = connect(&engine, "localhost").await.unwrap();
        line.write_all(nonsense.as_bytes()).await.unwrap();
        line.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer).await;
    }
    // And plain HTTP, where TLS is spoken.
    let mut tcp = tokio::net::TcpStream::connect(engine.address()).await.unwrap();
    tcp.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let _ = tcp.read_to_end(&mut Vec::new()).await;
    assert!(ask(&engine, "GET /ovirt-engine/services/health", &[], "").await.contains("DB Up!"));
}
