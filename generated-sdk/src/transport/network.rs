//! The transport that sends requests over the network.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};

use super::gzip::Gunzip;
use super::proxy::Proxy;
use super::tls;
use super::traits::Transport;
use crate::error::{Error, TransportErrorKind, TransportFailure, causes, root_cause};
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
    client: reqwest::Client,
    compression: bool,
}

impl Network {
    /// Creates the transport, or returns the name of the invalid option and its problem.
    pub(crate) fn new(options: Options) -> Result<Self, (&'static str, String)> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(options.tls)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(options.max_connections);
        let builder = match options.proxy {
            Proxy::Environment => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Url(url) => {
                // The error of the proxy is dropped: its text can contain the password in the URL.
                let proxy = reqwest::Proxy::all(url).map_err(|_| ("proxy", "not a valid URL".to_owned()))?;
                builder.proxy(proxy)
            }
        };
        let client =
            builder.build().map_err(|error| ("url", format!("can't create an HTTP client: {}", root_cause(&error))))?;
        Ok(Self { client, compression: options.compression })
    }

    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let outgoing = self.client.request(method(request.method()), (*request.url).clone()).build();
        let mut outgoing = outgoing.map_err(|error| failure(error, false))?;
        add_headers(outgoing.headers_mut(), request.headers())
            .map_err(|cause| Error::transport(TransportErrorKind::Other, cause))?;
        if self.compression {
            outgoing.headers_mut().append(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        *outgoing.body_mut() = request.body().map(|body| body.to_vec().into());
        let incoming = self.client.execute(outgoing).await.map_err(|error| failure(error, false))?;
        let compressed = incoming.headers().get(CONTENT_ENCODING).is_some_and(|encoding| is_gzip(encoding.as_bytes()));
        let headers = headers(incoming.headers(), compressed);
        let status = incoming.status().as_u16();
        let gunzip = compressed.then(Gunzip::new);
        let body = Body::from_chunks(IncomingBody { response: incoming, gunzip, compressed: Vec::new(), ended: false });
        Ok(Response::new(status, headers, body))
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// A response body that is read from the network chunk by chunk.
struct IncomingBody {
    response: reqwest::Response,
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
                        let chunk = self.response.chunk().await.map_err(|error| failure(error, true))?;
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

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
        Method::Options => reqwest::Method::OPTIONS,
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

/// Converts an error of the HTTP client. `reading_body` is true after the headers of the response were received.
pub(crate) fn failure(error: reqwest::Error, reading_body: bool) -> Error {
    let error = error.without_url();
    if let Some(rejection) = tls::rejected_certificate(&error) {
        return Error::transport_failure(TransportFailure::certificate(
            rejection.problem,
            rejection.text,
            error.into(),
        ));
    }
    if tls::is_client_certificate_rejected(&error) {
        return Error::transport_failure(TransportFailure::client_certificate(error.into()));
    }
    if tls::is_old_protocol(&error) {
        return Error::transport_failure(TransportFailure::old_protocol(error.into()));
    }
    if error.is_connect() && !error.is_timeout() && is_permanent(&error) {
        return Error::transport_failure(TransportFailure::permanent(error.into()));
    }
    let kind = match () {
        () if error.is_connect() && error.is_timeout() => TransportErrorKind::ConnectTimeout,
        () if error.is_connect() => TransportErrorKind::Connect,
        () if error.is_timeout() => TransportErrorKind::Timeout,
        () if error.is_builder() => TransportErrorKind::Other,
        () if reading_body || error.is_body() || error.is_decode() || error.is_request() => TransportErrorKind::Broken,
        () => TransportErrorKind::Other,
    };
    Error::transport(kind, error)
}

/// Whether every attempt to connect would fail like this one: the name is unknown, the server does not speak TLS as
/// required, or the proxy rejects the password. The errors of the HTTP client are private types, so their texts decide.
fn is_permanent(error: &reqwest::Error) -> bool {
    let mut texts = causes(error).map(|cause| cause.to_string());
    texts.any(|text| text.starts_with("dns error") || text == "tunnel error: proxy authorization required")
        || tls::has_failed(error)
}
