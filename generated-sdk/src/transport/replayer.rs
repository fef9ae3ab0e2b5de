//! The transport that replays a recording.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::recording::{Exchange, Recording, target};
use super::traits::Transport;
use crate::error::{Error, TransportErrorKind};
use crate::http::{BoxFuture, Request, Response};

/// A transport that returns recorded responses, without a network.
///
/// Each request gets the next response recorded for its method, path and query; the host is ignored. When none is left,
/// the last one is repeated. A request without a recorded response is an error.
pub struct Replayer {
    recording: Recording,
    used: Mutex<Vec<bool>>,
}

impl Replayer {
    /// Creates a transport that replays a recording.
    pub fn new(recording: Recording) -> Self {
        let used = Mutex::new(vec![false; recording.len()]);
        Self { recording, used }
    }

    fn respond(&self, request: &Request) -> Result<Response, Error> {
        let target = target(request);
        let matches = |exchange: &Exchange| exchange.method == request.method() && exchange.target == target;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let exchanges = || self.recording.exchanges.iter().enumerate().filter(|(_, exchange)| matches(exchange));
        let unused = exchanges().find(|(index, _)| used.get(*index) == Some(&false));
        let Some((index, exchange)) = unused.or_else(|| exchanges().next_back()) else {
            let problem = format!("`{} {target}` is not in the recording", request.method());
            return Err(Error::transport(TransportErrorKind::Other, problem));
        };
        if let Some(used) = used.get_mut(index) {
            *used = true;
        }
        let body = exchange.response.body.clone().unwrap_or_default().into_bytes();
        Ok(Response::new(exchange.status, exchange.response.headers.clone(), body))
    }
}

impl Transport for Replayer {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let response = self.respond(&request);
        Box::pin(async { response })
    }
}

impl fmt::Debug for Replayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Replayer({} exchanges)", self.recording.len())
    }
}
