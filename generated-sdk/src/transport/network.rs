//! The transport that sends requests over the network.

use std::sync::Arc;
use std::time::Duration;

use ::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderName, HeaderValue};
use ::http::{HeaderMap, Uri};
use bytes::Bytes;
use http_body_util::Full;
use zeroize::Zeroizing;

use super::client::{ClientOptions, HttpClient, IncomingResponse, Outgoing};
use super::connector::Target;
use super::gzip::Gunzip;
use super::proxy::Proxy;
use super::traits::Transport;
use crate::error::{Error, TransportErrorKind};
use crate::http::{Body, BodyError, BoxFuture, Chunks, Headers, Method, Request, Response};

/// Idle connections are closed after this time: before the engine's web server closes them, by default after 5 s.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Options of the network.
pub(crate) struct Options {
    pub(crate) tls: rustls::ClientConfig,
    pub(crate) proxy: Proxy,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_connections: usize,
    pub(crate) compression: bool,
}

/// Sends requests with HTTP/1.1, usually over TLS.
pub(crate) struct Network {
    client: HttpClient,
    compression: bool,
}

impl Network {
    pub(crate) fn new(options: Options) -> Self {
        let client = HttpClient::new(ClientOptions {
            tls: options.tls,
            proxy: options.proxy.matcher(),
            target: Target::Url,
            connect_timeout: options.connect_timeout,
            max_idle: options.max_connections,
            idle_timeout: IDLE_TIMEOUT,
            read_timeout: None,
        });
        Self { client, compression: options.compression }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let outgoing = self.outgoing(&request).map_err(|cause| Error::transport(TransportErrorKind::Other, cause))?;
        let incoming = self.client.send(outgoing).await?;
        let compressed = incoming.headers.get(CONTENT_ENCODING).is_some_and(|encoding| is_gzip(encoding.as_bytes()));
        let headers = headers(&incoming.headers, compressed);
        let status = incoming.status.as_u16();
        let gunzip = compressed.then(Gunzip::new);
        let body = Body::from_chunks(IncomingBody { response: incoming, gunzip, compressed: Vec::new(), ended: false });
        Ok(Response::new(status, headers, body))
    }

    fn outgoing(&self, request: &Request) -> Result<Outgoing, ::http::Error> {
        let body = request.body.as_ref().map(|body| Bytes::from_owner(SharedBody(Arc::clone(body))));
        let mut outgoing = Outgoing::new(Full::new(body.unwrap_or_default()));
        *outgoing.method_mut() = method(request.method());
        *outgoing.uri_mut() = Uri::try_from(request.url())?;
        add_headers(outgoing.headers_mut(), request.headers())?;
        if self.compression {
            outgoing.headers_mut().append(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Ok(outgoing)
    }
}

/// The body of a request, which is neither copied nor left in memory.
struct SharedBody(Arc<Zeroizing<Vec<u8>>>);

impl AsRef<[u8]> for SharedBody {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// A response body that is read from the network chunk by chunk.
struct IncomingBody {
    response: IncomingResponse,
    gunzip: Option<Gunzip>,
    /// The compressed data that has not been decompressed yet.
    compressed: Vec<u8>,
    ended: bool,
}

impl Chunks for IncomingBody {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>> {
        Box::pin(async move {
            while !self.ended {
                let chunk = match (&mut self.gunzip, self.compressed.is_empty()) {
                    (Some(gunzip), false) => gunzip.feed_some(&mut self.compressed),
                    (gunzip, _) => {
                        let chunk = self.response.chunk().await?;
                        self.ended = chunk.is_none();
                        match (gunzip, chunk) {
                            (None, chunk) => Ok(chunk.map(Vec::from).unwrap_or_default()),
                            (Some(gunzip), None) => gunzip.finish(),
                            (Some(_), Some(chunk)) => {
                                self.compressed = chunk.into();
                                continue;
                            }
                        }
                    }
                };
                let chunk = chunk.map_err(|cause| Error::transport(TransportErrorKind::Broken, cause))?;
                if !chunk.is_empty() {
                    return Ok(Some(chunk));
                }
            }
            Ok(None)
        })
    }
}

fn method(method: Method) -> ::http::Method {
    match method {
        Method::Get => ::http::Method::GET,
        Method::Head => ::http::Method::HEAD,
        Method::Post => ::http::Method::POST,
        Method::Put => ::http::Method::PUT,
        Method::Delete => ::http::Method::DELETE,
        Method::Options => ::http::Method::OPTIONS,
    }
}

/// Whether a content encoding is gzip. `x-gzip` is an old name of it (RFC 9110).
fn is_gzip(encoding: &[u8]) -> bool {
    let encoding = encoding.trim_ascii();
    encoding.eq_ignore_ascii_case(b"gzip") || encoding.eq_ignore_ascii_case(b"x-gzip")
}

/// Adds the headers of a request to those of the HTTP client.
fn add_headers(map: &mut HeaderMap, headers: &Headers) -> Result<(), ::http::Error> {
    // One more for the encodings.
    map.reserve(headers.len() + 1);
    for (name, value, secret) in headers.iter_with_secrecy() {
        let mut value = HeaderValue::from_str(value)?;
        value.set_sensitive(secret);
        map.append(HeaderName::from_bytes(name.as_bytes())?, value);
    }
    Ok(())
}

/// The headers. If the body was compressed, the encoding and the length are omitted: they don't apply to the
/// decompressed body.
fn headers(map: &HeaderMap, compressed: bool) -> Headers {
    let mut headers = Headers::with_capacity(map.len());
    for (name, value) in map {
        if !compressed || (*name != CONTENT_ENCODING && *name != CONTENT_LENGTH) {
            headers.append_text(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        }
    }
    headers
}
