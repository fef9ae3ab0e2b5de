//! Sending the requests of typed services.

use std::fmt;
use std::time::Duration;

use tokio::runtime::Handle;

use super::handle::Connection;
use super::options::timeout_problem;
use crate::correlation_id;
use crate::error::{Error, RequestContext, ServerFailure, is_page};
use crate::http::{Body, Headers, Method, Request, Response, Status};
use crate::markup::DataError;
use crate::transport::Transport as _;

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
}

impl fmt::Debug for Call {
    /// Headers and body may contain secrets: shows only names of headers and the length of the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let mut shown = f.debug_struct("Call");
        shown.field("method", &self.method).field("path", &self.path).field("query", &self.query);
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
        }
    }
}

/// A successful response with its whole body.
#[derive(Debug)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// Its correlation ID is that of the response, otherwise that of the request.
    pub(crate) context: RequestContext,
}

impl RawReply {
    /// Returns the error for a body that can't be decoded.
    pub(crate) fn unreadable(&self, cause: DataError) -> Error {
        Error::unreadable(self.context.clone(), self.status, cause)
    }

    /// Returns the error for a body without the requested result.
    pub(crate) fn no_result(&self, tag: &'static str) -> Error {
        Error::no_result(self.context.clone(), self.status, tag)
    }

    /// Returns the error for a failed operation that is reported only in the body.
    pub(crate) fn failed(&self) -> Error {
        Error::server(ServerFailure::new(self.context.clone(), self.status, &self.headers, &self.body))
    }

    /// Returns the error for an unexpected body.
    pub(crate) fn expect_document(&self) -> Result<(), Error> {
        let start = self.body.trim_ascii_start();
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        if start.first() == Some(&b'<') {
            return Ok(());
        }
        Err(self.failed())
    }
}

/// A successful response whose body arrives in chunks.
#[derive(Debug)]
pub(crate) struct StreamingReply {
    status: u16,
    body: Body,
    context: RequestContext,
}

impl StreamingReply {
    /// Returns the error for a body that can't be decoded.
    pub(crate) fn unreadable(&self, cause: DataError) -> Error {
        Error::unreadable(self.context.clone(), self.status, cause)
    }

    /// Returns the next chunk of the body; `None` at the end. The timeout of the request applies to each chunk.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.body.chunk().await.map_err(|error| Error::from(error).within(|| self.context.clone()))
    }
}

impl Connection {
    /// Sends a request. A status code other than success is an error, and so is an HTML page.
    pub(crate) async fn call(&self, call: Call) -> Result<RawReply, Error> {
        let (response, context) = self.exchange(call, false).await?;
        let Response { status, headers, body, .. } = response;
        let body = body.collect().await.map_err(|error| Error::from(error).within(|| context.clone()))?;
        if !Status(status).is_success() || is_page(&headers, &body) {
            return Err(Error::server(ServerFailure::new(context, status, &headers, &body)));
        }
        Ok(RawReply { status, headers, body, context })
    }

    /// Sends a request and returns its response in chunks. The errors are those of [`call`](Self::call).
    pub(crate) async fn call_streaming(&self, call: Call) -> Result<StreamingReply, Error> {
        let (response, context) = self.exchange(call, true).await?;
        let Response { status, headers, mut body, .. } = response;
        if !Status(status).is_success() || is_page(&headers, &[]) {
            // The beginning of a page is enough for its title.
            let start = match status {
                200..300 => body.chunk().await.ok().flatten().unwrap_or_default(),
                _ => body.collect().await.map_err(|error| Error::from(error).within(|| context.clone()))?,
            };
            return Err(Error::server(ServerFailure::new(context, status, &headers, &start)));
        }
        Ok(StreamingReply { status, body, context })
    }

    async fn exchange(&self, call: Call, streaming: bool) -> Result<(Response, RequestContext), Error> {
        let timeout = call.timeout.unwrap_or(self.0.timeout);
        let request = self.request(call, timeout, streaming)?;
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
                let echoed = echoed.filter(|id| correlation_id::problem(id).is_none()).map(str::to_owned);
                let correlation_id = echoed.or_else(|| context.correlation_id.clone());
                let context = context.with(response.attempts, correlation_id);
                Ok((response, context))
            }
            Err(error) => Err(error.within(|| context)),
        }
    }

    /// Converts a call into a request, if it can be sent.
    pub(super) fn request(&self, call: Call, timeout: Duration, streaming: bool) -> Result<Request, Error> {
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
        let mut request = Request { headers, streaming, ..request };
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
    use crate::xml::{DecodeOptions, ItemDecoder};

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
            // Its slot is free again.
            connection.call(Call::new(Method::Get, "vms")).await.unwrap();
        });
    }

    #[test]
    fn each_piece_has_to_come_in_time() {
        let connection = connection(200, "application/xml", &["<vms>"], false);
        run(async {
            let mut reply = connection.call_streaming(Call::new(Method::Get, "vms")).await.unwrap();
            assert!(reply.chunk().await.unwrap().is_some());
            let error = reply.chunk().await.unwrap_err();
            assert!(error.is_timeout() && error.correlation_id() == Some("theirs"), "{error}");
            // Its slot is in use while the response is read.
            assert!(connection.call(Call::new(Method::Get, "vms")).await.unwrap_err().is_timeout());
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
