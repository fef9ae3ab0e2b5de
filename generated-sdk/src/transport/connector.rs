//! Opening connections: directly, through a proxy, or to a unix socket; with TLS for `https`.

use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tower_service::Service;

use crate::http::BoxFuture;

/// Probes of idle connections, which find out that a server or a firewall has dropped one.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const KEEP_ALIVE_PROBES: u32 = 3;

/// Data that was sent must be acknowledged within this time.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const ACKNOWLEDGED: Duration = Duration::from_secs(30);

type Cause = Box<dyn Error + Send + Sync>;

/// What to connect to.
pub(crate) enum Target {
    /// The server in the URL of a request.
    Url,
    /// A unix socket, whatever the URL is.
    #[cfg(all(unix, feature = "images"))]
    Socket(String),
}

/// Opens connections. Clones share the options.
#[derive(Clone)]
pub(super) struct Connector(Arc<Options>);

struct Options {
    http: HttpConnector,
    tls: Arc<rustls::ClientConfig>,
    proxy: Option<Arc<Matcher>>,
    target: Target,
    timeout: Duration,
}

impl Connector {
    /// `timeout` includes the connection to a proxy and the start of TLS.
    pub(super) fn new(
        tls: rustls::ClientConfig,
        proxy: Option<Arc<Matcher>>,
        target: Target,
        timeout: Duration,
    ) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(KEEP_ALIVE));
        http.set_keepalive_interval(Some(KEEP_ALIVE));
        http.set_keepalive_retries(Some(KEEP_ALIVE_PROBES));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        http.set_tcp_user_timeout(Some(ACKNOWLEDGED));
        http.set_connect_timeout(Some(timeout));
        Self(Arc::new(Options { http, tls: Arc::new(tls), proxy, target, timeout }))
    }
}

impl Options {
    async fn connect(&self, server: Uri) -> Result<Stream, Cause> {
        match &self.target {
            Target::Url => {}
            #[cfg(all(unix, feature = "images"))]
            Target::Socket(path) => {
                let socket = tokio::net::UnixStream::connect(path).await?;
                return Ok(Stream::new(hyper_util::rt::TokioIo::new(socket)));
            }
        }
        match self.proxy.as_ref().and_then(|proxy| proxy.intercept(&server)) {
            None => Ok(Stream::new(call(self.https(self.http.clone()), server).await?)),
            Some(proxy) if server.scheme() == Some(&Scheme::HTTPS) => {
                Ok(Stream::new(call(self.https(self.tunnel(&proxy)), server).await?))
            }
            Some(proxy) => {
                let stream = call(self.https(self.http.clone()), proxy.uri().clone()).await?;
                Ok(Stream { is_proxy: true, ..Stream::new(stream) })
            }
        }
    }

    /// Adds TLS for `https`.
    fn https<C>(&self, connector: C) -> HttpsConnector<C> {
        HttpsConnector::from((connector, Arc::clone(&self.tls)))
    }

    fn tunnel(&self, proxy: &Intercept) -> Tunnel<HttpsConnector<HttpConnector>> {
        let tunnel = Tunnel::new(proxy.uri().clone(), self.https(self.http.clone()));
        match proxy.basic_auth() {
            Some(authorization) => tunnel.with_auth(authorization.clone()),
            None => tunnel,
        }
    }
}

async fn call<S: Service<Uri>>(mut service: S, uri: Uri) -> Result<S::Response, S::Error> {
    poll_fn(|context| service.poll_ready(context)).await?;
    service.call(uri).await
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = Cause;
    type Future = BoxFuture<'static, Result<Stream, Cause>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cause>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let options = Arc::clone(&self.0);
        Box::pin(async move {
            match tokio::time::timeout(options.timeout, options.connect(server)).await {
                Ok(connected) => connected,
                Err(elapsed) => Err(io::Error::new(io::ErrorKind::TimedOut, elapsed).into()),
            }
        })
    }
}

/// A connection to a server or to a proxy.
pub(super) struct Stream {
    stream: Box<dyn ReadWrite>,
    /// Whether it leads to a proxy that receives the requests themselves, with whole URLs.
    is_proxy: bool,
}

impl Stream {
    fn new(stream: impl Read + Write + Send + Unpin + 'static) -> Self {
        Self { stream: Box::new(stream), is_proxy: false }
    }
}

trait ReadWrite: Read + Write + Send + Unpin {}

impl<S: Read + Write + Send + Unpin> ReadWrite for S {}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_proxy)
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write_vectored(context, data)
    }
}
