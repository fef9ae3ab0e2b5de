//! Errors of the HTTP client.

use std::error::Error as StdError;
use std::io;

use hyper_util::client::legacy;

use super::tls;
use crate::error::{Error, TransportErrorKind, TransportFailure, causes};

type Cause = Box<dyn StdError + Send + Sync>;

/// Converts the error of a request whose response has not begun.
pub(super) fn of_request(error: legacy::Error) -> Error {
    let is_connect = error.is_connect();
    failure(error.into(), is_connect)
}

/// Converts the error of a response whose body is being read.
pub(super) fn of_body(error: hyper::Error) -> Error {
    failure(error.into(), false)
}

fn failure(error: Cause, is_connect: bool) -> Error {
    if let Some(rejection) = tls::rejected_certificate(&*error) {
        return Error::transport_failure(TransportFailure::certificate(rejection.problem, rejection.text, error));
    }
    if tls::is_client_certificate_rejected(&*error) {
        return Error::transport_failure(TransportFailure::client_certificate(error));
    }
    if tls::is_old_protocol(&*error) {
        return Error::transport_failure(TransportFailure::old_protocol(error));
    }
    let kind = match (is_connect, has_timed_out(&*error)) {
        (true, true) => TransportErrorKind::ConnectTimeout,
        (true, false) if is_permanent(&*error) => {
            return Error::transport_failure(TransportFailure::permanent(error));
        }
        (true, false) => TransportErrorKind::Connect,
        (false, true) => TransportErrorKind::Timeout,
        (false, false) => TransportErrorKind::Broken,
    };
    Error::transport(kind, error)
}

fn has_timed_out(error: &(dyn StdError + 'static)) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::TimedOut)
}

/// Whether every attempt to connect would fail like this one: the name is unknown, the server does not speak TLS as
/// required, or the proxy rejects the password. The errors of the HTTP client are private types, so their texts decide.
fn is_permanent(error: &(dyn StdError + 'static)) -> bool {
    let mut texts = causes(error).map(|cause| cause.to_string());
    texts.any(|text| text.starts_with("dns error") || text == "tunnel error: proxy authorization required")
        || tls::has_failed(error)
}
