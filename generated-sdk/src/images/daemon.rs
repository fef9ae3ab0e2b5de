//! The HTTP interface of the imageio daemon: one image under one ticket.

use ::http::Method;
use ::http::header::{ALLOW, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use ::http::request::Builder;
use ::url::Url;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::Value;

use super::checksum;
use super::extent::{DaemonExtent, Extent};
use super::failure::Failure;
use crate::secret::Secrets;
use crate::transport::client::{HttpClient, IncomingResponse};

/// The longest text of an error that is read.
const MAX_ERROR: usize = 4096;

/// The longest answer with extents or options that is read. A terabyte in extents of 64 KiB takes about 1 GB, but
/// usual images have thousands of extents, not millions.
const MAX_ANSWER: usize = 256 << 20;

/// What a daemon can do with an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Capabilities {
    pub(super) extents: bool,
    pub(super) zero: bool,
    pub(super) flush: bool,
    pub(super) checksum: bool,
    pub(super) max_readers: usize,
    pub(super) max_writers: usize,
    /// The address of the daemon's unix socket, for clients on the same host.
    pub(super) unix_socket: Option<String>,
}

impl Capabilities {
    /// An old daemon that only knows GET and PUT.
    fn none() -> Self {
        Self {
            extents: false,
            zero: false,
            flush: false,
            checksum: false,
            max_readers: 1,
            max_writers: 1,
            unix_socket: None,
        }
    }

    fn parse(options: &Value) -> Self {
        let has = |name: &str| {
            let features = options.get("features").and_then(Value::as_array);
            features.is_some_and(|features| features.iter().any(|feature| feature.as_str() == Some(name)))
        };
        let count = |name: &str| {
            let count = options.get(name).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
            count.unwrap_or(1).max(1)
        };
        Self {
            extents: has("extents"),
            zero: has("zero"),
            flush: has("flush"),
            checksum: has("checksum"),
            max_readers: count("max_readers"),
            max_writers: count("max_writers"),
            unix_socket: options.get("unix_socket").and_then(Value::as_str).map(str::to_owned),
        }
    }
}

/// An image that a daemon serves.
#[derive(Clone)]
pub(super) struct Daemon {
    client: HttpClient,
    url: Url,
    /// The ticket, which texts of daemons repeat.
    secrets: Secrets,
}

impl Daemon {
    pub(super) fn new(client: HttpClient, url: Url) -> Self {
        let mut secrets = Secrets::default();
        if let Some(ticket) = url.path_segments().and_then(|mut segments| segments.next_back()) {
            secrets.add(ticket);
        }
        Self { client, url, secrets }
    }

    pub(super) async fn capabilities(&self) -> Result<Capabilities, Failure> {
        let response = self.send(self.request(Method::OPTIONS, &self.url), Bytes::new()).await?;
        match response.status.as_u16() {
            // Daemons before 1.3 and their proxies.
            204 | 405 => return Ok(Capabilities::none()),
            200 => {}
            _ => return Err(self.failed(response).await),
        }
        if response.headers.get(ALLOW).is_none() {
            return Err(Failure::protocol("the answer to OPTIONS isn't from an imageio daemon"));
        }
        Ok(Capabilities::parse(&json(response).await?))
    }

    /// The extents of the image; those that changed since the checkpoint if `dirty`.
    pub(super) async fn extents(&self, dirty: bool) -> Result<Vec<Extent>, Failure> {
        let mut url = self.below("extents")?;
        url.query_pairs_mut().append_pair("context", if dirty { "dirty" } else { "zero" });
        let response = self.answer(self.request(Method::GET, &url), Bytes::new()).await?;
        let bytes = body(response).await?;
        let extents: Vec<DaemonExtent> =
            serde_json::from_slice(&bytes).map_err(|error| Failure::protocol(format!("invalid extents: {error}")))?;
        Ok(extents.into_iter().map(Extent::from).collect())
    }

    /// The size of the data that a GET returns.
    pub(super) async fn size(&self) -> Result<u64, Failure> {
        let response = self.send(self.request(Method::GET, &self.url).header(RANGE, "bytes=0-0"), Bytes::new()).await?;
        let sizes = response.headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let size = sizes.as_deref().and_then(|range| range.rsplit_once('/')?.1.parse().ok());
        match (response.status.as_u16(), size) {
            // An empty image has no byte 0.
            (206 | 416, Some(size)) => Ok(size),
            (200, _) => {
                let size = response.content_length();
                size.ok_or_else(|| Failure::protocol("the daemon did not tell the size of the image"))
            }
            _ => Err(self.failed(response).await),
        }
    }

    /// Fills a buffer with the data at an offset.
    pub(super) async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Failure> {
        let Some(last) = (buffer.len() as u64).checked_sub(1) else { return Ok(()) };
        let range = format!("bytes={offset}-{}", offset.saturating_add(last));
        let request = self.request(Method::GET, &self.url).header(RANGE, range);
        let mut response = self.answer(request, Bytes::new()).await?;
        let mut rest = &mut *buffer;
        while let Some(chunk) = response.chunk().await? {
            let Some((target, after)) = rest.split_at_mut_checked(chunk.len()) else {
                return Err(Failure::protocol("the daemon sent more data than requested"));
            };
            target.copy_from_slice(&chunk);
            rest = after;
        }
        match rest.len() {
            0 => Ok(()),
            missing => Err(Failure::broken(format!("{missing} bytes of {offset}… are missing in the answer"))),
        }
    }

    /// Writes data at an offset. Without `flush`, only [`flush`](Self::flush) guarantees that it is stored.
    pub(super) async fn write(&self, offset: u64, data: Bytes, flush: bool) -> Result<(), Failure> {
        let Some(last) = (data.len() as u64).checked_sub(1) else { return Ok(()) };
        let range = format!("bytes {offset}-{}/*", offset.saturating_add(last));
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("flush", if flush { "y" } else { "n" });
        let request = self.request(Method::PUT, &url).header(CONTENT_RANGE, range);
        let request = request.header(CONTENT_TYPE, "application/octet-stream");
        self.answer(request, data).await.map(drop)
    }

    /// Makes a range read as zeros.
    pub(super) async fn zero(&self, offset: u64, size: u64) -> Result<(), Failure> {
        self.patch(&serde_json::json!({ "op": "zero", "offset": offset, "size": size, "flush": false })).await
    }

    /// Returns when everything that was written is stored.
    pub(super) async fn flush(&self) -> Result<(), Failure> {
        self.patch(&serde_json::json!({ "op": "flush" })).await
    }

    async fn patch(&self, operation: &Value) -> Result<(), Failure> {
        let request = self.request(Method::PATCH, &self.url).header(CONTENT_TYPE, "application/json");
        self.answer(request, operation.to_string().into()).await.map(drop)
    }

    /// The checksum of the image, in hexadecimal. See [`Checksum`](checksum::Checksum).
    pub(super) async fn checksum(&self) -> Result<String, Failure> {
        let mut url = self.below("checksum")?;
        url.query_pairs_mut()
            .append_pair("algorithm", checksum::ALGORITHM)
            .append_pair("block_size", &checksum::BLOCK_SIZE.to_string());
        let answer = json(self.answer(self.request(Method::GET, &url), Bytes::new()).await?).await?;
        let text = answer.get("checksum").and_then(Value::as_str);
        text.map(str::to_owned).ok_or_else(|| Failure::protocol("an answer without a checksum"))
    }

    /// Sends a request and returns the response, unless it reports an error.
    async fn answer(&self, request: Builder, body: Bytes) -> Result<IncomingResponse, Failure> {
        let response = self.send(request, body).await?;
        if response.status.is_success() { Ok(response) } else { Err(self.failed(response).await) }
    }

    async fn failed(&self, response: IncomingResponse) -> Failure {
        let status = response.status.as_u16();
        let text = limited(response, MAX_ERROR).await.unwrap_or_default();
        Failure::status(status, &self.secrets.hide(String::from_utf8_lossy(&text).into_owned()))
    }

    fn below(&self, name: &str) -> Result<Url, Failure> {
        let mut url = self.url.clone();
        url.path_segments_mut().map_err(|()| Failure::protocol("the transfer URL has no path"))?.push(name);
        Ok(url)
    }

    fn request(&self, method: Method, url: &Url) -> Builder {
        ::http::Request::builder().method(method).uri(url.as_str())
    }

    async fn send(&self, request: Builder, body: Bytes) -> Result<IncomingResponse, Failure> {
        let request = request.body(Full::new(body));
        let request = request.map_err(|error| Failure::protocol(format!("the transfer URL is not valid: {error}")))?;
        Ok(self.client.send(request).await?)
    }
}

async fn json(response: IncomingResponse) -> Result<Value, Failure> {
    let bytes = body(response).await?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::protocol(format!("not valid JSON: {error}")))
}

/// The body of an answer; fails if it is too long.
async fn body(response: IncomingResponse) -> Result<Vec<u8>, Failure> {
    let body = limited(response, MAX_ANSWER + 1).await?;
    if body.len() > MAX_ANSWER { Err(Failure::protocol("the answer is too long")) } else { Ok(body) }
}

/// The body up to a limit; what follows is dropped.
async fn limited(mut response: IncomingResponse, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() == limit {
            break;
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::connection::Connection;
    use crate::credentials::Credentials;

    /// The size that a daemon with an answer tells.
    async fn size(answer: &'static str) -> Result<u64, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/images/ticket", listener.local_addr().unwrap())).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let connection = Connection::builder("https://engine.example.com/ovirt-engine/api").no_proxy();
        let connection = connection.credentials(Credentials::password("admin@internal", "secret")).build().unwrap();
        let size = Daemon::new(connection.direct().unwrap().remote(), url).size().await;
        server.join().unwrap();
        size
    }

    #[tokio::test]
    async fn an_answer_without_a_length_tells_no_size() {
        assert_eq!(size("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc").await.unwrap(), 3);
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        let failure = size(chunks).await.unwrap_err();
        assert_eq!(failure.to_string(), "the daemon did not tell the size of the image");
    }

    #[test]
    fn options_without_limits_mean_one_connection() {
        let options = serde_json::json!({ "features": ["extents", "zero"], "unix_socket": "\u{0}/org/ovirt/imageio" });
        let capabilities = Capabilities::parse(&options);
        assert_eq!((capabilities.extents, capabilities.zero, capabilities.flush), (true, true, false));
        assert_eq!((capabilities.max_readers, capabilities.max_writers), (1, 1));
        assert_eq!(capabilities.unix_socket.as_deref(), Some("\0/org/ovirt/imageio"));
        assert_eq!(Capabilities::parse(&Value::Null), Capabilities::none());
        let options = serde_json::json!({ "max_readers": 8, "max_writers": 0 });
        assert_eq!(Capabilities::parse(&options).max_readers, 8);
        assert_eq!(Capabilities::parse(&options).max_writers, 1);
    }
}
