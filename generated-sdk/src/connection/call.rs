//! Requests as typed services make them.

use std::fmt;
use std::time::Duration;

use super::handle::Connection;
use super::options::timeout_problem;
use crate::correlation_id;
use crate::error::{Error, RequestContext, ServerFailure, is_page};
use crate::http::{Body, Headers, Method, Request, Response, Status};
use crate::markup::DataError;
use crate::transport::Transport as _;

/// A request, before it is sent.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Relative to the URL of the API, percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// How long all of it may take; that of the connection when absent.
    pub(crate) timeout: Option<Duration>,
    pub(crate) correlation_id: Option<String>,
}

impl fmt::Debug for Call {
    /// Headers and body may hold secrets: of the one the names are shown, of the other the length.
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

/// An answer of success, with all of its body.
#[derive(Debug)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// The one in effect: that which the engine says, else that which was sent.
    pub(crate) correlation_id: Option<String>,
    context: RequestContext,
}

impl RawReply {
    /// The error that the body can't be read.
    pub(crate) fn unreadable(&self, cause: DataError) -> Error {
        Error::unreadable(self.context.clone(), self.status, cause)
    }

    /// The error that what was asked for is not in the body.
    pub(crate) fn no_result(&self, tag: &'static str) -> Error {
        Error::no_result(self.context.clone(), self.status, tag)
    }

    /// The error that the operation failed, as the body says and the status does not.
    pub(crate) fn failed(&self) -> Error {
        Error::server(ServerFailure::new(self.context.clone(), self.status, &self.headers, &self.body))
    }

    /// The error that a body is not what it has to be.
    pub(crate) fn expect_document(&self) -> Result<(), Error> {
        let start = self.body.trim_ascii_start();
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
        if start.first() == Some(&b'<') {
            return Ok(());
        }
        Err(self.failed())
    }
}

/// An answer of success whose body comes in pieces.
#[derive(Debug)]
pub(crate) struct StreamingReply {
    status: u16,
    body: Body,
    context: RequestContext,
}

impl StreamingReply {
    /// The error that the body can't be read.
    pub(crate) fn unreadable(&self, cause: DataError) -> Error {
        Error::unreadable(self.context.clone(), self.status, cause)
    }

    /// The next piece of the body; `None` at the end. The timeout of the request holds for each piece.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.body.chunk().await.map_err(|error| Error::from(error).within(|| self.context.clone()))
    }
}

impl Connection {
    /// Sends a request. Every status that is no success is an error, and so is a page for people.
    pub(crate) async fn call(&self, call: Call) -> Result<RawReply, Error> {
        let (response, context) = self.exchange(call, false).await?;
        let Response { status, headers, body, .. } = response;
        let body = body.collect().await.map_err(|error| Error::from(error).within(|| context.clone()))?;
        if !Status(status).is_success() || is_page(&headers, &body) {
            return Err(Error::server(ServerFailure::new(context, status, &headers, &body)));
        }
        Ok(RawReply { status, headers, body, correlation_id: context.correlation_id.clone(), context })
    }

    /// Sends a request whose answer is read in pieces. What is an error of [`call`](Self::call) is one here.
    pub(crate) async fn call_streaming(&self, call: Call) -> Result<StreamingReply, Error> {
        let (response, context) = self.exchange(call, true).await?;
        let Response { status, headers, mut body, .. } = response;
        if !Status(status).is_success() || is_page(&headers, &[]) {
            // Of a page, the beginning is enough.
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
                let context = RequestContext { attempts: response.attempts, correlation_id, ..context };
                Ok((response, context))
            }
            Err(error) => Err(error.within(|| context)),
        }
    }

    /// The request that a call stands for, if it can be sent.
    pub(super) fn request(&self, call: Call, timeout: Duration, streaming: bool) -> Result<Request, Error> {
        let url = self.0.base.join(&call.path, &call.query).map_err(Error::request)?;
        if let Some(problem) = timeout_problem(timeout) {
            return Err(Error::request(format!("its timeout can't be: {problem}")));
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
        Ok(Request { headers, body: call.body.map(|body| body.into_bytes().into()), streaming, ..request })
    }
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

    /// Answers with the pieces of a body; without any more, it never ends.
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
            // Its place is free again.
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
            // While it is read, there is no room for another one.
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
            assert!(error.to_string().contains("with a page of HTML titled \"Welcome\""), "{error}");
        });
    }
}
