//! TLS with nothing on top of it.

use std::io;
use std::sync::Arc;

use ovirt_fake_engine::FakeEngine;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// The header of somebody who may do everything.
pub(crate) const ADMIN: &str = "Authorization: Basic YWRtaW5AaW50ZXJuYWw6c2VjcmV0";

/// A connection to a server, by one of its names.
pub(crate) async fn connect(engine: &FakeEngine, name: &str) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(engine.ca_pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(engine.address()).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name.to_owned()).unwrap(), tcp).await
}

/// What a server answers until it hangs up; and how that ended.
pub(crate) async fn exchange(engine: &FakeEngine, request: &str) -> (Vec<u8>, io::Result<()>) {
    let mut line = connect(engine, "localhost").await.unwrap();
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let end = line.read_to_end(&mut answer).await.map(drop);
    (answer, end)
}

/// One request of its own, and its answer as text.
pub(crate) async fn ask(engine: &FakeEngine, line: &str, headers: &[&str], body: &str) -> String {
    let mut request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body);
    String::from_utf8(exchange(engine, &request).await.0).unwrap()
}
