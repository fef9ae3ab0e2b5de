//! The kinds of errors.

use super::Error;
use super::answer::AnswerFailure;
use super::repr::{Inner, WaitFailureKind};
use super::transport::TransportErrorKind;
use crate::markup::DataError;

/// The kind of an [`Error`], for `match`.
///
/// Each status code that the engine uses has its own kind. The predicates of [`Error`] cover groups of kinds, and know
/// more: [`Error::is_retryable`], for example, depends on the text of the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Options of a connection are missing or invalid.
    InvalidOption,
    /// The request is invalid and was not sent.
    InvalidRequest,
    /// The connection was closed before the request.
    Closed,
    /// A blocking call within an async runtime, or an async call without one.
    Runtime,
    /// A `try_…` accessor found the field unset.
    Absent,
    /// A document or response could not be decoded.
    Decode,
    /// A value could not be encoded.
    Encode,
    /// Reading or writing a file failed.
    Io,
    /// A search by name found no object.
    NoMatch,
    /// A search by name found several objects.
    Ambiguous,
    /// No connection to the engine could be established.
    Connect,
    /// The certificate of the engine is not trusted.
    Certificate,
    /// A timeout expired.
    Timeout,
    /// The connection failed before the response was complete.
    ConnectionLost,
    /// The response is larger than its limit.
    ResponseTooLarge,
    /// The transport failed in another way.
    Transport,
    /// The engine or its single sign-on rejected the credentials.
    LoginRejected,
    /// 400: the engine does not accept the content of the request.
    BadRequest,
    /// 401: the engine rejected the token, or the user has no permissions at all.
    Unauthorized,
    /// 403: the user lacks the permission.
    Forbidden,
    /// 404: the object does not exist, or the URL is wrong.
    NotFound,
    /// 405: the object does not support the method.
    MethodNotAllowed,
    /// 406: the engine can't respond in the requested format.
    NotAcceptable,
    /// 407: the proxy requires credentials.
    ProxyAuthenticationRequired,
    /// 409: the request conflicts with the state of the engine.
    Conflict,
    /// 413: the body is too large.
    PayloadTooLarge,
    /// 415: the engine does not support the format of the body.
    UnsupportedMediaType,
    /// 416: the requested part of an image does not exist.
    RangeNotSatisfiable,
    /// 429: too many requests.
    TooManyRequests,
    /// 500: the engine failed.
    InternalServerError,
    /// 501: the engine does not implement the method.
    NotImplemented,
    /// 502: the web server can't reach the engine.
    BadGateway,
    /// 503: the engine is stopped, starting or overloaded.
    ServiceUnavailable,
    /// 504: the engine did not respond to the web server in time.
    GatewayTimeout,
    /// 3xx: a redirect that was not followed.
    Redirect,
    /// Any other status code of a failure; see [`Error::status`].
    OtherStatus,
    /// A successful status code, but the response reports that the operation failed.
    OperationFailed,
    /// A successful response that is not from the API, or is empty.
    UnexpectedResponse,
    /// A wait failed, because the object can't reach the state any more; see [`Error::wait_failure`].
    WaitFailed,
    /// An error of a custom policy, transport or provider of credentials.
    Custom,
}

impl ErrorKind {
    fn of_data(error: &DataError) -> Self {
        match () {
            () if error.is_absent() => Self::Absent,
            () if error.is_encode() => Self::Encode,
            () if error.is_io() => Self::Io,
            () => Self::Decode,
        }
    }

    /// The kind of a response that is a failure, by its status code.
    fn of_status(status: u16) -> Self {
        match status {
            300..=399 => Self::Redirect,
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            407 => Self::ProxyAuthenticationRequired,
            409 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            415 => Self::UnsupportedMediaType,
            416 => Self::RangeNotSatisfiable,
            429 => Self::TooManyRequests,
            500 => Self::InternalServerError,
            501 => Self::NotImplemented,
            502 => Self::BadGateway,
            503 => Self::ServiceUnavailable,
            504 => Self::GatewayTimeout,
            _ => Self::OtherStatus,
        }
    }
}

impl From<TransportErrorKind> for ErrorKind {
    fn from(kind: TransportErrorKind) -> Self {
        match kind {
            TransportErrorKind::Connect => Self::Connect,
            TransportErrorKind::Certificate => Self::Certificate,
            TransportErrorKind::ConnectTimeout | TransportErrorKind::Timeout => Self::Timeout,
            TransportErrorKind::Broken => Self::ConnectionLost,
            TransportErrorKind::TooLarge => Self::ResponseTooLarge,
            TransportErrorKind::Other => Self::Transport,
        }
    }
}

impl Error {
    /// The kind of the error. A login that failed without a decision about the credentials has the kind of its cause.
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Inner::Data(error) | Inner::Answer(AnswerFailure { cause: error, .. }) => ErrorKind::of_data(error),
            Inner::Options(_) => ErrorKind::InvalidOption,
            Inner::Request(_) => ErrorKind::InvalidRequest,
            Inner::Server(server) => match server.status {
                200..=299 if server.is_reported() => ErrorKind::OperationFailed,
                200..=299 => ErrorKind::UnexpectedResponse,
                status => ErrorKind::of_status(status),
            },
            Inner::Match(failure) if failure.is_none() => ErrorKind::NoMatch,
            Inner::Match(_) => ErrorKind::Ambiguous,
            Inner::Transport(transport) => transport.kind.into(),
            Inner::Login(login) => login.cause().map_or(ErrorKind::LoginRejected, Self::kind),
            Inner::Wait(failure) => match (failure.kind, &failure.cause) {
                (WaitFailureKind::Timeout, _) => ErrorKind::Timeout,
                (WaitFailureKind::Absent, _) => ErrorKind::NotFound,
                (_, Some(cause)) => cause.kind(),
                (_, None) => ErrorKind::WaitFailed,
            },
            Inner::Closed => ErrorKind::Closed,
            Inner::NoRuntime => ErrorKind::Runtime,
            #[cfg(feature = "blocking")]
            Inner::Runtime => ErrorKind::Runtime,
            Inner::Custom(_) => ErrorKind::Custom,
        }
    }
}
