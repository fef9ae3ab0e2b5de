//! A hand-written HTTP/1.1 server with TLS. Server libraries can't misbehave as these tests require.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::Authority;

/// A received request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Values of headers with the same name are joined with commas.
    headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn is_login(&self) -> bool {
        self.path == "/ovirt-engine/sso/oauth/token"
    }
}

/// The response to a request, or the failure to send one.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    /// Closes the connection after this many bytes of the body.
    cut: Option<usize>,
    stuck: bool,
    never: bool,
    gone: bool,
    /// The time between repetitions of the body, without an end.
    endless: Option<Duration>,
}

impl Reply {
    pub(crate) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
            delay: Duration::ZERO,
            cut: None,
            stuck: false,
            never: false,
            gone: false,
            endless: None,
        }
    }

    pub(crate) fn xml(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/xml;charset=UTF-8", body)
    }

    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!("<!DOCTYPE HTML>\n<html><head><title>{title}</title></head><body><p>…</p></body></html>");
        Self::new(status, "text/html;charset=UTF-8", page)
    }

    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::new(status, "application/json", body)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { headers: Vec::new(), ..Self::new(status, "", "") }
    }

    pub(crate) fn never() -> Self {
        Self { never: true, ..Self::empty(200) }
    }

    /// Closes the connection without a response.
    pub(crate) fn gone() -> Self {
        Self { gone: true, ..Self::empty(200) }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    /// Repeats the body until the client closes the connection, with a pause between the repetitions.
    pub(crate) fn endless(mut self, pause: Duration) -> Self {
        self.endless = Some(pause);
        self
    }

    /// Sends nothing after this many bytes of the body, but keeps the connection open.
    pub(crate) fn stuck_after(mut self, bytes: usize) -> Self {
        self.stuck = true;
        self.cut_after(bytes)
    }
}

type Handler = dyn Fn(&Asked) -> Reply + Send + Sync;

struct Shared {
    handler: Box<Handler>,
    asked: Mutex<Vec<Asked>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    connections: AtomicUsize,
}

pub(crate) struct Server {
    address: SocketAddr,
    authority: String,
    scheme: &'static str,
    shared: Arc<Shared>,
}

impl Server {
    /// Starts a server at localhost, on a free port.
    pub(crate) async fn start(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let authority = Authority::new("tests");
        Self::with(&authority, Some(authority.server(&["localhost"], None)), handler).await
    }

    /// Starts a server without TLS.
    pub(crate) async fn plain(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(&Authority::new("none"), None, handler).await
    }

    pub(crate) async fn with(
        authority: &Authority,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::at(0, authority, tls, handler).await
    }

    /// Starts a server on a port.
    pub(crate) async fn at(
        port: u16,
        authority: &Authority,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            asked: Mutex::default(),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
        });
        let scheme = if tls.is_some() { "https" } else { "http" };
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream, tls.clone(), Arc::clone(&accepting)));
            }
        });
        Self { address, authority: authority.pem(), scheme, shared }
    }

    pub(crate) fn origin(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.port())
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/ovirt-engine/api", self.origin())
    }

    /// The certificate of the authority, as PEM text.
    pub(crate) fn authority(&self) -> String {
        self.authority.clone()
    }

    /// All requests received so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// The last received request.
    pub(crate) fn last(&self) -> Asked {
        self.asked().pop().unwrap()
    }

    /// Number of requests whose path ends with `path`.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with(path)).count()
    }

    pub(crate) fn logins(&self) -> usize {
        self.asked().iter().filter(|asked| asked.is_login()).count()
    }

    /// Largest number of concurrent requests.
    pub(crate) fn most_at_once(&self) -> usize {
        self.shared.most_at_once.load(Ordering::SeqCst)
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

async fn connection(stream: TcpStream, tls: Option<Arc<ServerConfig>>, shared: Arc<Shared>) {
    shared.connections.fetch_add(1, Ordering::SeqCst);
    match tls {
        None => serve(stream, &shared).await,
        Some(tls) => {
            if let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await {
                serve(stream, &shared).await;
            }
        }
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) {
    let mut buffer = Vec::new();
    while let Some(asked) = read(&mut stream, &mut buffer).await {
        let now = shared.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_at_once.fetch_max(now, Ordering::SeqCst);
        shared.asked.lock().unwrap().push(asked.clone());
        let reply = (shared.handler)(&asked);
        let goes_on = answer(&mut stream, &asked, reply).await;
        shared.at_once.fetch_sub(1, Ordering::SeqCst);
        if !goes_on {
            return;
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Asked> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
            buffer.drain(..end + 4);
            break head;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let mut lines = head.split("\r\n");
    let mut start = lines.next()?.split(' ');
    let (method, target) = (start.next()?.to_owned(), start.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers: HashMap<String, String> = HashMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let joined = headers.entry(name.to_ascii_lowercase()).or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(value.trim());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&buffer.drain(..length).collect::<Vec<u8>>()).into_owned();
    Some(Asked { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}

/// Sends the response; returns whether the connection stays open.
async fn answer(stream: &mut (impl AsyncWrite + Unpin), asked: &Asked, reply: Reply) -> bool {
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    if reply.never {
        std::future::pending::<()>().await;
    }
    if reply.gone {
        return false;
    }
    let mut head = format!("HTTP/1.1 {} -\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if reply.status != 204 && reply.endless.is_none() {
        head.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
    }
    head.push_str("\r\n");
    if let Some(pause) = reply.endless {
        let mut sent = stream.write_all(head.as_bytes()).await;
        while sent.is_ok() {
            sent = stream.write_all(&reply.body).await;
            if sent.is_ok() {
                sent = stream.flush().await;
            }
            tokio::time::sleep(pause).await;
        }
        return false;
    }
    let body: &[u8] = if asked.method == "HEAD" { &[] } else { &reply.body };
    let body = &body[..reply.cut.unwrap_or(body.len())];
    let written = stream.write_all(&[head.as_bytes(), body].concat()).await.is_ok() && stream.flush().await.is_ok();
    if reply.stuck {
        std::future::pending::<()>().await;
    }
    written && reply.cut.is_none()
}
