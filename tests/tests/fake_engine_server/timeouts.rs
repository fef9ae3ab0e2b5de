//! Clients that send or read too slowly, and clients without TLS.

use std::time::{Duration, Instant};

use ovirt_fake_engine::FakeEngine;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::raw::{ADMIN, ask, connect};

#[tokio::test]
async fn slow_bodies_time_out() {
    let engine = FakeEngine::builder().body_timeout(Duration::from_millis(300)).start().await.unwrap();
    let mut line = connect(&engine, "localhost").await.unwrap();
    let head = format!(
        "POST /ovirt-engine/api/tags HTTP/1.1\r\nHost: localhost\r\n{ADMIN}\r\nContent-Length: 100\r\n\r\n<tag>"
    );
    line.write_all(head.as_bytes()).await.unwrap();
    let began = Instant::now();
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && began.elapsed() < Duration::from_secs(20), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let engine = FakeEngine::builder().vms(300).body_timeout(Duration::from_millis(300)).start().await.unwrap();
    let mut line = connect(&engine, "localhost").await.unwrap();
    let request = format!("GET /ovirt-engine/api/vms HTTP/1.1\r\nHost: localhost\r\n{ADMIN}\r\n\r\n");
    // Responses that nobody reads fill the buffers of both sides.
    let mut is_broken = false;
    for _ in 0..200 {
        is_broken |= line.write_all(request.as_bytes()).await.is_err();
        if is_broken {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut bytes = Vec::new();
    is_broken |= tokio::time::timeout(Duration::from_secs(20), line.read_to_end(&mut bytes)).await.is_ok();
    assert!(is_broken);
}

#[tokio::test]
async fn the_authority_is_available_without_tls() {
    let engine = FakeEngine::start().await.unwrap();
    let plain = async |target: &str| {
        let mut tcp = TcpStream::connect(engine.address()).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = plain("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(engine.ca_pem()), "{answer}");
    let answer = plain("/ovirt-engine/api/vms?max=1").await;
    let secure = format!("location: https://{}/ovirt-engine/api/vms?max=1\r\n", engine.address());
    assert!(answer.starts_with("HTTP/1.1 302") && answer.contains(&secure), "{answer}");
    assert!(ask(&engine, "GET /ovirt-engine/services/health", &[], "").await.contains("DB Up!"));
}

#[tokio::test]
async fn the_server_sends_the_chain_of_its_certificates() {
    let engine = FakeEngine::start().await.unwrap();
    let line = connect(&engine, "localhost").await.unwrap();
    let chain = line.get_ref().1.peer_certificates().unwrap();
    let authority = CertificateDer::from_pem_slice(engine.ca_pem().as_bytes()).unwrap();
    assert_eq!((chain.len(), &chain[1]), (2, &authority));
}
