//! A server with prepared responses of an engine, so the measurements depend mainly on the clients.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use ovirt_sdk_tests::inventory;
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The file with the self-signed certificate.
pub(super) const AUTHORITY: &str = "ca.pem";

const API: &str = "/ovirt-engine/api";

/// Serves until the process ends; prints the URL of the API.
pub(super) fn run(folder: &Path) -> Result<(), Box<dyn Error>> {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    std::fs::write(folder.join(AUTHORITY), own.cert.pem())?;
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())?;
    let tls = TlsAcceptor::from(Arc::new(tls));
    let answers = Arc::new(answers()?);
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("https://localhost:{}{API}", listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let (tls, answers) = (tls.clone(), Arc::clone(&answers));
            // A client that disconnects is not an error.
            tokio::spawn(async move { drop(serve(stream, tls, &answers).await) });
        }
    })
}

/// The responses by path.
fn answers() -> Result<HashMap<String, Vec<u8>>, Box<dyn Error>> {
    let one = inventory::vms(1);
    let machine = one.split_once("<vm ").and_then(|(_, rest)| rest.rsplit_once("</vms>"));
    let machine = machine.ok_or("the inventory has no VM")?.0;
    let token = r#"{"access_token":"token","scope":"ovirt-app-api","exp":"9223372036854775807","token_type":"bearer"}"#;
    let xml = "application/xml;charset=UTF-8";
    let tag = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<tag href="{API}/tags/1" id="1">
    <name>production</name>
    <description>Virtual machines that customers use</description>
    <parent href="{API}/tags/00000000-0000-0000-0000-000000000000" id="00000000-0000-0000-0000-000000000000"/>
</tag>"#
    );
    let api = "<api><product_info><name>oVirt Engine</name></product_info></api>".to_owned();
    Ok([
        ("/ovirt-engine/sso/oauth/token", "application/json", token.to_owned()),
        ("/ovirt-engine/services/sso-logout", "application/json", "{}".to_owned()),
        (API, xml, api.clone()),
        (&format!("{API}/tags/1"), xml, tag),
        (&format!("{API}/vms/1"), xml, format!("<vm {machine}")),
        (&format!("{API}/vms"), xml, inventory::vms(inventory::LARGE)),
    ]
    .into_iter()
    .map(|(path, kind, body)| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        (path.to_owned(), (head + &body).into_bytes())
    })
    .collect())
}

async fn serve(stream: TcpStream, tls: TlsAcceptor, answers: &HashMap<String, Vec<u8>>) -> std::io::Result<()> {
    let mut stream = tls.accept(stream).await?;
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let whole = end + length.unwrap_or(0_usize);
        while buffer.len() < whole {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        buffer.drain(..whole);
        let target = head.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default().trim_end_matches('/');
        match answers.get(path) {
            Some(answer) => stream.write_all(answer).await?,
            None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await?,
        }
        stream.flush().await?;
    }
}
