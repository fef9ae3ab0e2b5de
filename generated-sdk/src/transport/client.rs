//! The HTTP client: HTTP/1.1 over pooled connections.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue, PROXY_AUTHORIZATION};
use http::uri::Scheme;
use http::{HeaderMap, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
#[cfg(feature = "images")]
use hyper::body::Body as _;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use super::connector::{Connector, Target};
use super::failure;
use crate::error::Error;

/// A request with its body.
pub(crate) type Outgoing = http::Request<Full<Bytes>>;

/// Options of a client.
pub(crate) struct ClientOptions {
    pub(crate) tls: rustls::ClientConfig,
    /// Chooses the proxy of a request, if there is any.
    pub(crate) proxy: Option<Matcher>,
    pub(crate) target: Target,
    pub(crate) connect_timeout: Duration,
    /// The maximum number of idle connections to a server, and how long they are kept.
    pub(crate) max_idle: usize,
    pub(crate) idle_timeout: Duration,
    /// The maximum time of waiting for the response, and for each chunk of its body.
    pub(crate) read_timeout: Option<Duration>,
}

/// Sends requests over pooled connections. Clones share them. It neither follows redirects nor repeats requests.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: legacy::Client<Connector, Full<Bytes>>,
    proxy: Option<Arc<Matcher>>,
    read_timeout: Option<Duration>,
}

impl HttpClient {
    pub(crate) fn new(options: ClientOptions) -> Self {
        let proxy = options.proxy.map(Arc::new);
        let connector = Connector::new(options.tls, proxy.clone(), options.target, options.connect_timeout);
        let client = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            .pool_max_idle_per_host(options.max_idle)
            .build(connector);
        Self { client, proxy, read_timeout: options.read_timeout }
    }

    /// Sends a request and returns its response, whose body is not read yet.
    pub(crate) async fn send(&self, mut request: Outgoing) -> Result<IncomingResponse, Error> {
        if let Some(authorization) = self.proxy_authorization(request.uri()) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization);
        }
        request.headers_mut().entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        let response = in_time(self.read_timeout, self.client.request(request)).await?;
        let (parts, body) = response.map_err(failure::of_request)?.into_parts();
        Ok(IncomingResponse { status: parts.status, headers: parts.headers, body, read_timeout: self.read_timeout })
    }

    /// The credentials for a proxy that receives the request itself. Those for a tunnel are sent when it is opened.
    fn proxy_authorization(&self, uri: &Uri) -> Option<HeaderValue> {
        let proxy = self.proxy.as_ref().filter(|_| uri.scheme() == Some(&Scheme::HTTP))?;
        let mut authorization = proxy.intercept(uri)?.basic_auth()?.clone();
        authorization.set_sensitive(true);
        Some(authorization)
    }
}

/// A response whose body arrives in chunks.
pub(crate) struct IncomingResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Incoming,
    read_timeout: Option<Duration>,
}

impl IncomingResponse {
    /// The length of the rest of the body, if the server announced it.
    #[cfg(feature = "images")]
    pub(crate) fn content_length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// Returns the next chunk of the body; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            let frame = match in_time(self.read_timeout, self.body.frame()).await? {
                Some(frame) => frame.map_err(failure::of_body)?,
                None => return Ok(None),
            };
            // Trailers are ignored.
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }
}

async fn in_time<F: Future>(limit: Option<Duration>, future: F) -> Result<F::Output, Error> {
    match limit {
        Some(limit) => timeout(limit, future).await.map_err(|_| Error::timeout(limit)),
        None => Ok(future.await),
    }
}
