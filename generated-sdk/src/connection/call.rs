//! Sending the requests of typed services.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::handle::Connection;
use super::options::timeout_problem;
use crate::correlation_id;
use crate::error::{Error, RequestContext, ServerFailure, is_failure, is_page, reports_failure};
use crate::http::{Body, BodySink, Delivery, Headers, Method, Request, Response, Status};
use crate::markup::DataError;
use crate::pipeline::logging::logs_bodies;
use crate::redaction;
use crate::secret::Secrets;
use crate::transport::Transport as _;
use crate::url;
use crate::xml::{self, DecodeOptions};

/// The maximum size of a streamed body that is not the expected document, in bytes.
const MAX_UNEXPECTED: u64 = 1 << 20;

/// A request to send.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Relative to the URL of the API, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// The total timeout; by default that of the connection.
    pub(crate) timeout: Option<Duration>,
    pub(crate) correlation_id: Option<String>,
    /// Whether the caller handles temporary conflicts; otherwise the pipeline does, if the request is idempotent.
    pub(crate) returns_conflicts: bool,
}

impl fmt::Debug for Call {
    /// Headers and body may contain secrets: shows only names of headers and the length of the body. Secret parameters
    /// are masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let mut shown = f.debug_struct("Call");
        shown.field("method", &self.method).field("path", &url::printable(&self.path));
        shown.field("query", &redaction::parameters(&self.query));
        shown.field("headers", &headers).field("body", &self.body.as_ref().map(String::len)).finish_non_exhaustive()
    }
}

impl Call {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            timeout: None,
            correlation_id: None,
            returns_conflicts: false,
        }
    }
}

/// A successful response.
#[derive(Debug)]
pub(crate) struct Received<B> {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: B,
    /// Its correlation ID is that of the response, otherwise that of the request.
    pub(crate) context: RequestContext,
    secrets: Secrets,
}

/// A successful response with its whole body.
pub(crate) type RawReply = Received<Vec<u8>>;

/// A successful response whose body arrives in chunks.
pub(crate) type StreamingReply = Received<Body>;

impl<B> Received<B> {
    /// Returns the error for a body that can't be decoded.
    pub(crate) fn unreadable(&self, cause: DataError) -> Error {
        Error::unreadable(self.context.clone(), self.status, cause.without_secrets(&self.secrets))
    }
}

impl RawReply {
    /// Returns the error for a failure that is reported only in the body.
    fn failed(mut self) -> Error {
        self.headers.hide(&self.secrets);
        let body = self.secrets.hide(String::from_utf8_lossy(&self.body).into_owned());
        Error::server(ServerFailure::new(self.context, self.status, &self.headers, body.as_bytes()))
    }

    /// Checks that the body is a document with this root. Any other one is not from an engine.
    pub(crate) fn expect_document(self, root: &str) -> Result<(), Error> {
        let start = self.body.trim_ascii_start();
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        if start.first() != Some(&b'<') {
            return Err(self.failed());
        }
        let checked = xml::utf8(&self.body).and_then(|body| {
            DecodeOptions::new().decode(body, |decoder| {
                decoder.root(root)?;
                decoder.pass()
            })
        });
        checked.map_err(|error| self.unreadable(error))
    }
}

impl StreamingReply {
    /// Returns the error for a body that is not the expected document, given its beginning. The document can report a
    /// failure.
    pub(crate) async fn unexpected(self, beginning: &str, cause: DataError) -> Error {
        let mut body = beginning.as_bytes().to_vec();
        let rest = MAX_UNEXPECTED.saturating_sub(body.len() as u64);
        // Without the rest, the beginning can be enough.
        if let Ok((rest, _)) = self.body.collect_up_to(rest).await {
            body.extend_from_slice(&rest);
        }
        let Self { status, headers, context, secrets, .. } = self;
        if reports_failure(context.method, &body) {
            return RawReply { status, headers, body, context, secrets }.failed();
        }
        Error::unreadable(context, status, cause.without_secrets(&secrets))
    }

    /// Returns the next chunk of the body; `None` at the end. The timeout of the request limits the total time of
    /// waiting for chunks.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.body.chunk().await.map_err(|error| Error::from(error).within(|| self.context.clone()))
    }
}

impl Connection {
    /// Sends a request. A status code other than success is an error. So are an HTML page, and a body that reports a
    /// failure.
    pub(crate) async fn call(&self, call: Call) -> Result<RawReply, Error> {
        self.call_with(call, Delivery::Whole).await
    }

    /// The same, but passes the body on to a sink if the sink expects it and nothing else reads it. The body of the reply
    /// is empty then.
    pub(crate) async fn call_into(&self, call: Call, sink: Arc<dyn BodySink>) -> Result<RawReply, Error> {
        let is_free = !self.0.reads_bodies && !logs_bodies();
        self.call_with(call, if is_free { Delivery::Sink(sink) } else { Delivery::Whole }).await
    }

    async fn call_with(&self, call: Call, delivery: Delivery) -> Result<RawReply, Error> {
        let (response, context) = self.exchange(call, delivery).await?;
        let Response { status, headers, body, secrets, .. } = response;
        let body = body.collect().await.map_err(|error| Error::from(error).within(|| context.clone()))?;
        let reply = RawReply { status, headers, body, context, secrets };
        let failed = is_failure(reply.context.method, status, &reply.headers, &reply.body);
        if failed { Err(reply.failed()) } else { Ok(reply) }
    }

    /// Sends a request and returns its response in chunks. The errors are those of [`call`](Self::call), except that
    /// the body is not checked.
    pub(crate) async fn call_streaming(&self, call: Call) -> Result<StreamingReply, Error> {
        let (response, context) = self.exchange(call, Delivery::Chunks).await?;
        let Response { status, headers, mut body, secrets, .. } = response;
        if !Status(status).is_success() || is_page(&headers, &[]) {
            // The beginning of a page is enough for its title.
            let body = match status {
                200..300 => body.chunk().await.ok().flatten().unwrap_or_default(),
                _ => body.collect().await.map_err(|error| Error::from(error).within(|| context.clone()))?,
            };
            return Err(RawReply { status, headers, body, context, secrets }.failed());
        }
        Ok(StreamingReply { status, headers, body, context, secrets })
    }

    async fn exchange(&self, call: Call, delivery: Delivery) -> Result<(Response, RequestContext), Error> {
        let timeout = call.timeout.unwrap_or(self.0.timeout);
        let request = Request { delivery, ..self.request(call, timeout)? };
        require_runtime()?;
        let context = RequestContext::new(&request);
        let sent = self.0.pipeline.send(request);
        let outcome = match tokio::time::timeout(timeout, sent).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::timeout(timeout)),
        };
        match outcome {
            Ok(response) => {
                let echoed = response.headers().get(correlation_id::HEADER);
                let echoed = echoed.filter(|id| correlation_id::problem(id).is_none()).map(Arc::from);
                let correlation_id = echoed.or_else(|| context.correlation_id.clone());
                let context = context.with(response.attempts, correlation_id);
                Ok((response, context))
            }
            Err(error) => Err(error.within(|| context)),
        }
    }

    /// Converts a call into a request, if it can be sent.
    pub(super) fn request(&self, call: Call, timeout: Duration) -> Result<Request, Error> {
        let url = self.0.base.join(&call.path, &call.query).map_err(Error::request)?;
        if let Some(problem) = timeout_problem(timeout) {
            return Err(Error::request(format!("invalid timeout: {problem}")));
        }
        let mut headers = Headers::new();
        for (name, value) in call.headers {
            if let Some(problem) = Headers::problem(&name, &value) {
                return Err(Error::request(problem));
            }
            headers.append(name, value);
        }
        let correlation_id = match call.correlation_id {
            Some(id) => match correlation_id::problem(&id) {
                Some(problem) => return Err(Error::request(problem)),
                None => id,
            },
            None => correlation_id::generate(),
        };
        let request = Request::new(call.method, url, correlation_id, timeout);
        let returns_conflicts = call.returns_conflicts;
        let mut request = Request { headers, returns_conflicts, max_body: self.0.max_body, ..request };
        if let Some(body) = call.body {
            request.set_body(body);
        }
        Ok(request)
    }
}

/// Returns an error without a tokio runtime, where timers and I/O would panic.
pub(super) fn require_runtime() -> Result<(), Error> {
    Handle::try_current().map(|_| ()).map_err(|_| Error::no_runtime())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::credentials::Credentials;
    use crate::http::{BodyError, BoxFuture, Chunks};
    use crate::pipeline::RetryPolicy;
    use crate::transport::Transport;
    use crate::types::Vm;
    use crate::xml::ItemDecoder;

    /// Responds with the chunks of a body, which stays open unless `ends` is set.
    struct Pieces {
        status: u16,
        kind: &'static str,
        pieces: Mutex<Vec<&'static str>>,
        ends: bool,
    }

    struct Coming(std::vec::IntoIter<&'static str>, bool);

    impl Chunks for Coming {
        fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>> {
            let next = self.0.next();
            let ends = self.1;
            Box::pin(async move {
                if next.is_none() && !ends {
                    std::future::pending::<()>().await;
                }
                Ok(next.map(|piece| piece.as_bytes().to_vec()))
            })
        }
    }

    impl Transport for Pieces {
        fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
            let pieces = self.pieces.lock().unwrap().clone();
            let body = Body::from_chunks(Coming(pieces.into_iter(), self.ends));
            let headers = Headers::from_iter([("Content-Type", self.kind), ("Correlation-Id", "theirs")]);
            Box::pin(async move { Ok(Response::new(self.status, headers, body)) })
        }
    }

    fn connection(status: u16, kind: &'static str, pieces: &[&'static str], ends: bool) -> Connection {
        Connection::builder("https://engine.example.com/ovirt-engine/api")
            .credentials(Credentials::token("t"))
            .timeout(Duration::from_millis(20))
            .max_connections(1)
            .retry(RetryPolicy::none())
            .transport(Pieces { status, kind, pieces: Mutex::new(pieces.to_vec()), ends })
            .build()
            .unwrap()
    }

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn items_are_there_before_the_answer_is_whole() {
        let pieces = ["<vms><vm id='1'/><vm id", "='2'></vm>", "</vms>"];
        let connection = connection(200, "application/xml", &pieces, true);
        run(async {
            let mut reply = connection.call_streaming(Call::new(Method::Get, "vms")).await.unwrap();
            assert_eq!((reply.status, reply.context.correlation_id.as_deref()), (200, Some("theirs")));
            let mut decoder = ItemDecoder::<Vm>::new(DecodeOptions::new());
            decoder.feed(&reply.chunk().await.unwrap().unwrap()).unwrap();
            assert_eq!(decoder.next(false).unwrap().unwrap().id.as_deref(), Some("1"));
            assert!(decoder.next(false).unwrap().is_none());
            while let Some(piece) = reply.chunk().await.unwrap() {
                decoder.feed(&piece).unwrap();
            }
            assert_eq!(decoder.next(true).unwrap().unwrap().id.as_deref(), Some("2"));
            assert!(decoder.next(true).unwrap().is_none());
            drop(reply);
            connection.call(Call::new(Method::Get, "vms")).await.unwrap();
        });
    }

    #[test]
    fn the_pieces_have_to_come_in_time() {
        let connection = connection(200, "application/xml", &["<vms>"], false);
        run(async {
            let mut reply = connection.call_streaming(Call::new(Method::Get, "vms")).await.unwrap();
            assert!(reply.chunk().await.unwrap().is_some());
            // The only slot is free while the response is read.
            assert!(connection.call_streaming(Call::new(Method::Get, "vms")).await.is_ok());
            let error = reply.chunk().await.unwrap_err();
            assert!(error.is_timeout() && error.correlation_id() == Some("theirs"), "{error}");
            // The time of all waits counts, not each on its own.
            let again = reply.chunk().await.unwrap_err();
            assert!(again.is_timeout(), "{again}");
        });
    }

    #[test]
    fn failures_are_errors_before_the_first_piece() {
        run(async {
            let fault = connection(400, "application/xml", &["<fault><reason>", "No</reason></fault>"], true);
            let error = fault.call_streaming(Call::new(Method::Get, "vms")).await.unwrap_err();
            assert_eq!(error.fault().and_then(|fault| fault.reason.as_deref()), Some("No"));
            let page = connection(200, "text/html", &["<html><title>Welcome</title>", "…"], true);
            let error = page.call_streaming(Call::new(Method::Get, "vms")).await.unwrap_err();
            assert!(error.to_string().contains("with an HTML page titled \"Welcome\""), "{error}");
        });
    }
}
