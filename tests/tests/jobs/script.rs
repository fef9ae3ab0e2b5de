//! An engine that follows a script, in the same process, so that tests can run in virtual time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use ovirt_sdk::http::{BoxFuture, Headers, Request, Response};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::transport::Transport;
use ovirt_sdk::{Connection, Credentials, Error, TransportErrorKind};

/// The path of the API.
pub(crate) const BASE: &str = "/ovirt-engine/api/";

/// The response to a request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A status code and a body.
    Answer(u16, String),
    /// An HTML page.
    Page(u16),
    /// The connection is refused.
    Refused,
    /// There is no answer.
    Silence,
}

impl Step {
    pub(crate) fn xml(text: impl Into<String>) -> Self {
        Self::Answer(200, text.into())
    }
}

/// Answers requests by their path below the API and their query.
pub(crate) type Respond = dyn FnMut(&str, &str) -> Step + Send;

/// The script and the requests so far.
#[derive(Clone)]
pub(crate) struct Script {
    respond: Arc<Mutex<Box<Respond>>>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Script {
    pub(crate) fn new(respond: impl FnMut(&str, &str) -> Step + Send + 'static) -> Self {
        Self { respond: Arc::new(Mutex::new(Box::new(respond))), log: Arc::default() }
    }

    /// The paths and queries of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::builder("https://engine.example.com/ovirt-engine/api")
            .credentials(Credentials::token("t"))
            .retry(RetryPolicy::none())
            .transport(self.clone())
            .build()
            .unwrap()
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let path = request.path().strip_prefix(BASE).unwrap_or_default().to_owned();
        let query = request.query().unwrap_or_default().to_owned();
        let shown = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
        self.log.lock().unwrap().push(shown);
        let step = (self.respond.lock().unwrap())(&path, &query);
        Box::pin(async move {
            let answer = |status, kind, body: String| {
                Ok(Response::new(status, Headers::from_iter([("Content-Type", kind)]), body.into_bytes()))
            };
            match step {
                Step::Answer(status, body) => answer(status, "application/xml", body),
                Step::Page(status) => answer(status, "text/html", "<html><title>Starting</title></html>".to_owned()),
                Step::Refused => Err(Error::transport(TransportErrorKind::Connect, "connection refused")),
                Step::Silence => std::future::pending().await,
            }
        })
    }
}

/// Returns the next item of a sequence; the last one repeats.
pub(crate) fn next<T: Clone>(sequence: &mut VecDeque<T>) -> T {
    if sequence.len() > 1 { sequence.pop_front().unwrap() } else { sequence.front().unwrap().clone() }
}
