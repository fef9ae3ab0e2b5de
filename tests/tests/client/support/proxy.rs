//! An HTTP proxy that connects to the requested address or to a fixed port.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub(crate) async fn start() -> Self {
        Self::with(None, as_requested).await
    }

    /// A proxy that itself is reached with TLS.
    pub(crate) async fn over_tls(tls: Arc<ServerConfig>) -> Self {
        Self::with(Some(tls.into()), as_requested).await
    }

    /// A proxy that always connects to this port.
    pub(crate) async fn to(port: u16) -> Self {
        Self::with(None, move |_| format!("127.0.0.1:{port}")).await
    }

    async fn with(tls: Option<TlsAcceptor>, target: impl Fn(&str) -> String + Copy + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (noted, tls) = (Arc::clone(&noted), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => connect(tls.accept(client).await.unwrap(), &noted, target).await,
                        None => connect(client, &noted, target).await,
                    }
                });
            }
        });
        Self { port, heads }
    }

    /// The heads of the `CONNECT` requests.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn as_requested(target: &str) -> String {
    target.replace("localhost", "127.0.0.1")
}

async fn connect(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    heads: &Mutex<Vec<String>>,
    target: impl Fn(&str) -> String,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let target = target(head.split(' ').nth(1).unwrap());
    heads.lock().unwrap().push(head);
    let mut server = TcpStream::connect(target).await.unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    client.flush().await.unwrap();
    let _ = copy_bidirectional(&mut client, &mut server).await;
}
