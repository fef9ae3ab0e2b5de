//! A transport that answers from a recording.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::recording::{Exchange, Recording, target};
use super::traits::Transport;
use crate::error::{Error, TransportErrorKind};
use crate::http::{BoxFuture, Request, Response};

/// Answers from a recording, without a network.
///
/// Each request gets the next answer that was recorded for its method, path and query, whatever its host; the last one
/// again when there are no more. A request that was not recorded is an error.
pub struct Replayer {
    recording: Recording,
    used: Mutex<Vec<bool>>,
}

impl Replayer {
    /// A transport that answers from a recording.
    pub fn new(recording: Recording) -> Self {
        let used = Mutex::new(vec![false; recording.len()]);
        Self { recording, used }
    }

    fn answer(&self, request: &Request) -> Result<Response, Error> {
        let target = target(request);
        let fits = |exchange: &Exchange| exchange.method == request.method() && exchange.target == target;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let exchanges = || self.recording.exchanges.iter().enumerate().filter(|(_, exchange)| fits(exchange));
        let fresh = exchanges().find(|(index, _)| used.get(*index) == Some(&false));
        let Some((index, exchange)) = fresh.or_else(|| exchanges().next_back()) else {
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
        let answer = self.answer(&request);
        Box::pin(async { answer })
    }
}

impl fmt::Debug for Replayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Replayer({} exchanges)", self.recording.len())
    }
}
