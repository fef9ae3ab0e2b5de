//! The error of the crate.

mod answer;
mod constructors;
mod context;
mod details;
mod hint;
mod kind;
mod login;
mod message;
mod page;
mod printable;
mod reported;
mod repr;
mod server;
mod transient;
mod transport;
mod wait;

use std::fmt::{self, Write as _};

use crate::generated::roles::Fault;
use crate::markup::{DataError, Finding};
use answer::{AnswerFailure, MatchFailure};
pub(crate) use context::RequestContext;
pub(crate) use hint::{KERBEROS, PASSWORD, PROFILE, for_rejection, is_final_rejection};
pub use kind::ErrorKind;
pub(crate) use page::{excerpt, is_page, reason};
use printable::Printable;
pub(crate) use reported::reports_failure;
use repr::Inner;
pub(crate) use repr::LoginFailure;
pub use repr::{Error, WaitFailure, WaitFailureKind};
pub(crate) use server::{ServerFailure, failure_text, is_failure};
pub(crate) use transient::{is_stopping, is_transient};
pub use transport::TransportErrorKind;
pub(crate) use transport::{CertificateProblem, TransportFailure, causes};

impl Error {
    /// Whether a `try_…` accessor found the field unset.
    pub fn is_absent(&self) -> bool {
        self.data().is_some_and(DataError::is_absent)
    }

    /// Whether a document could not be decoded, or had unknown content in strict mode.
    pub fn is_decode(&self) -> bool {
        self.data().is_some_and(DataError::is_decode)
    }

    /// Whether a value could not be encoded.
    pub fn is_encode(&self) -> bool {
        self.data().is_some_and(DataError::is_encode)
    }

    /// Whether reading or writing failed.
    pub fn is_io(&self) -> bool {
        self.data().is_some_and(DataError::is_io)
    }

    /// The position in the document as a path, such as `vms/vm[3]/cpu/topology/cores` or `vms/vm[3]/@id`. Items are
    /// counted from 1.
    pub fn path(&self) -> Option<&str> {
        self.data()?.path()
    }

    /// The position in the document as a byte offset.
    pub fn offset(&self) -> Option<u64> {
        self.data()?.offset()
    }

    /// Whether options of a [`Connection`](crate::Connection) are missing or invalid. [`problems`](Self::problems) lists
    /// them.
    pub fn is_invalid_option(&self) -> bool {
        matches!(*self.0, Inner::Options(_))
    }

    /// The missing or invalid options, each with its problem.
    pub fn problems(&self) -> impl Iterator<Item = (&str, &str)> {
        let problems = match &*self.0 {
            Inner::Options(problems) => problems.as_slice(),
            _ => &[],
        };
        problems.iter().map(|(option, problem)| (*option, problem.as_str()))
    }

    /// Whether a request was rejected before it was sent, for example because of an invalid path or header.
    pub fn is_invalid_request(&self) -> bool {
        matches!(*self.0, Inner::Request(_))
    }

    /// Whether the engine rejected the credentials (401), or the user lacks the permission (403).
    pub fn is_auth(&self) -> bool {
        match &*self.0 {
            Inner::Login(login) => login.is_refused(),
            Inner::Server(server) => server.is_auth(),
            Inner::Wait(failure) => failure.cause.as_ref().is_some_and(|cause| cause.is_auth()),
            _ => false,
        }
    }

    /// Whether the engine reported a missing object (404). A web page with this status is not from the API, so it does
    /// not count: it means that the URL is wrong.
    pub fn is_not_found(&self) -> bool {
        match &*self.0 {
            Inner::Server(server) => server.status == 404 && !server.is_page(),
            Inner::Match(failure) => failure.is_none(),
            Inner::Wait(failure) => failure.kind == WaitFailureKind::Absent,
            _ => false,
        }
    }

    /// Whether the request conflicts with the state of the engine (409): a name is in use, an object is locked, a status
    /// does not allow the operation.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    /// Whether a timeout expired.
    pub fn is_timeout(&self) -> bool {
        match &*self.0 {
            Inner::Login(login) => login.cause().is_some_and(Self::is_timeout),
            Inner::Transport(transport) => transport.is_timeout(),
            Inner::Wait(failure) => failure.kind == WaitFailureKind::Timeout,
            _ => false,
        }
    }

    /// Whether no connection to the engine could be established: it was refused, the host name is unknown, or the
    /// certificate is not trusted.
    pub fn is_connect(&self) -> bool {
        match &*self.0 {
            Inner::Login(login) => login.cause().is_some_and(Self::is_connect),
            Inner::Transport(transport) => transport.is_connect(),
            _ => false,
        }
    }

    /// Whether the certificate of the engine was rejected.
    pub fn is_certificate(&self) -> bool {
        match &*self.0 {
            Inner::Login(login) => login.cause().is_some_and(Self::is_certificate),
            Inner::Transport(transport) => transport.kind == TransportErrorKind::Certificate,
            _ => false,
        }
    }

    /// Whether the same request may succeed shortly: the engine restarts, the network failed, an object is locked. This
    /// does not mean that repeating it is safe: without a response, the outcome of the first attempt is unknown.
    pub fn is_retryable(&self) -> bool {
        match &*self.0 {
            Inner::Server(server) => is_transient(server.status, || server.text()),
            Inner::Login(login) => login.cause().is_some_and(Self::is_retryable),
            Inner::Transport(transport) => transport.is_transient(),
            _ => false,
        }
    }

    /// Whether the request may have been completed although there is no definite response: it changes something, it was
    /// sent, and its response was lost or never came. Check the objects before you repeat such a request. `false` if the
    /// engine certainly did not process the request: no connection could be established, the login failed, or the engine
    /// responded with an error.
    pub fn outcome_unknown(&self) -> bool {
        self.context().is_some_and(RequestContext::is_outcome_unknown)
    }

    /// Whether the connection is closed.
    pub fn is_closed(&self) -> bool {
        matches!(*self.0, Inner::Closed)
    }

    /// The status code of the response, such as 404. For a failed login, the status code of its response.
    pub fn status(&self) -> Option<u16> {
        match &*self.0 {
            Inner::Server(server) => Some(server.status),
            Inner::Answer(answer) => Some(answer.status),
            Inner::Login(login) => login.status().or_else(|| login.cause().and_then(Self::status)),
            Inner::Wait(failure) => failure.cause.as_ref()?.status(),
            _ => None,
        }
    }

    /// The fault in the response.
    pub fn fault(&self) -> Option<&Fault> {
        match &*self.0 {
            Inner::Server(server) => server.fault.as_ref(),
            Inner::Wait(failure) => failure.cause.as_ref()?.fault(),
            _ => None,
        }
    }

    /// The correlation ID of the request, which events and log lines of the engine contain.
    pub fn correlation_id(&self) -> Option<&str> {
        self.context()?.correlation_id.as_deref()
    }

    /// The number of times the request was sent.
    pub fn attempts(&self) -> Option<u32> {
        self.context().map(|context| context.attempts)
    }

    /// The unknown content that was found in strict mode.
    pub fn findings(&self) -> &[Finding] {
        self.data().map(DataError::findings).unwrap_or_default()
    }

    /// Whether a search by name found several objects.
    pub fn is_ambiguous(&self) -> bool {
        matches!(&*self.0, Inner::Match(MatchFailure { found, .. }) if !found.is_empty())
    }

    /// The error of a document or value, including the document in a response.
    fn data(&self) -> Option<&DataError> {
        match &*self.0 {
            Inner::Data(error) | Inner::Answer(AnswerFailure { cause: error, .. }) => Some(error),
            _ => None,
        }
    }
}

/// The text of an error, for a writer other than a formatter.
struct Text<'e>(&'e Error);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0.0 {
            Inner::Data(error) => error.fmt(f),
            Inner::Options(problems) => {
                f.write_str("invalid connection options:")?;
                problems.iter().try_for_each(|(option, problem)| write!(f, "\n  {option}: {problem}"))
            }
            Inner::Request(problem) => write!(f, "the request was not sent: {problem}"),
            Inner::Server(server) => server.fmt(f),
            Inner::Answer(answer) => answer.fmt(f),
            Inner::Match(failure) => failure.fmt(f),
            Inner::Transport(transport) => transport.fmt(f),
            Inner::Login(login) => login.fmt(f),
            Inner::Wait(failure) => failure.fmt(f),
            Inner::Closed => f.write_str("the request was not sent: the connection is closed"),
            Inner::NoRuntime => f.write_str(
                "the request was not sent: async calls need a tokio runtime; without one, use the blocking calls of the \
                 feature `blocking`, such as `send_blocking`",
            ),
            #[cfg(feature = "blocking")]
            Inner::Runtime => f.write_str(
                "the request was not sent: a blocking call would block the async runtime; use `send().await` instead, or \
                 make the call within `tokio::task::spawn_blocking`",
            ),
            Inner::Custom(cause) => cause.fmt(f),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Printable(&mut *f), "{}", Text(self))?;
        match self.outcome_unknown() {
            true => hint::write(f, Some(hint::OUTCOME.to_owned())),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            // `Display` is that of the cause.
            Inner::Custom(cause) => cause.source(),
            // `Display` shows the causes, and reports of errors with their sources would repeat them.
            _ => None,
        }
    }
}
