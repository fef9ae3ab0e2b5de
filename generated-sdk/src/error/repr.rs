//! The representation of errors. A failed login contains the error that caused it, so both are defined here.

use std::sync::Arc;
use std::time::Duration;

use super::answer::{AnswerFailure, MatchFailure};
use super::context::RequestContext;
use super::server::ServerFailure;
use super::transport::TransportFailure;
use crate::generated::roles::{Event, Job, Step};
use crate::list::List;
use crate::markup::DataError;

/// The error type of the crate.
///
/// `Display` describes the failure, often with a hint. Programs should use the predicates and accessors instead of the
/// text.
pub struct Error(pub(super) Box<Inner>);

#[derive(Debug)]
pub(super) enum Inner {
    /// An invalid document or value, or a failure to read or write one.
    Data(DataError),
    /// Invalid options of the connection with their problems.
    Options(Vec<(&'static str, String)>),
    /// An invalid request, which was not sent.
    Request(String),
    /// A response that reports a failure, or that is not from an engine.
    Server(ServerFailure),
    /// A successful response without the expected content.
    Answer(AnswerFailure),
    /// A search by name that did not find exactly one object.
    Match(MatchFailure),
    /// No complete response.
    Transport(TransportFailure),
    /// A failed login.
    Login(LoginFailure),
    /// A wait that did not succeed.
    Wait(Box<WaitFailure>),
    /// A request on a closed connection.
    Closed,
    /// A request without an async runtime.
    NoRuntime,
    /// A blocking call within an async runtime.
    #[cfg(feature = "blocking")]
    Runtime,
    Custom(Box<dyn std::error::Error + Send + Sync>),
}

/// A failed login.
#[derive(Debug)]
pub(crate) struct LoginFailure {
    /// The request that required the login.
    pub(crate) context: Option<RequestContext>,
    /// The number of attempts of the request, until the context is known.
    pub(crate) attempts: u32,
    pub(super) reason: Reason,
    /// Set if no login was attempted.
    pub(super) held_back: Option<HeldBack>,
}

/// Why no login was attempted.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldBack {
    /// The time since the last attempt.
    pub(super) ago: Duration,
    /// The time until the next attempt.
    pub(super) remaining: Duration,
}

#[derive(Clone, Debug)]
pub(super) enum Reason {
    /// The server rejected the credentials.
    Refused { status: Option<u16>, problem: String, hint: Option<&'static str> },
    /// The login failed without a decision about the credentials.
    Failed(Arc<Error>),
}

/// Why a wait failed: the states of the object, and what the engine reports about it.
///
/// Returned by [`Error::wait_failure`].
#[derive(Clone, Debug)]
pub struct WaitFailure {
    /// The name of the object, or its type and identifier.
    pub(crate) subject: String,
    /// What did not happen: `did not start`.
    pub(crate) unmet: &'static str,
    pub(crate) kind: WaitFailureKind,
    pub(crate) elapsed: Duration,
    pub(crate) states: Vec<String>,
    // Lists erase the types of their items. With vectors, the compiler would follow the types of the API wherever an error
    // is dropped.
    pub(crate) events: List<Event>,
    pub(crate) failed_jobs: List<Job>,
    pub(crate) failed_steps: List<Step>,
    /// How long the object has been in a state of success, and what it lacks.
    pub(crate) missing: Option<(Duration, String)>,
    /// The last error of a request, if that is why the wait failed.
    pub(crate) cause: Option<Arc<Error>>,
}

/// The kind of a failed wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitFailureKind {
    /// The object is in a state of failure.
    State,
    /// The object came back to a state from before the operation.
    Back,
    /// The operation did not begin: the object stayed in its initial state.
    NotBegun,
    /// The object does not exist, or no longer.
    Absent,
    /// The timeout expired.
    Timeout,
    /// The engine no longer has the job of an operation, and nothing else tells its outcome. Check the objects.
    Unknown,
    /// The engine rejected a request, or did not answer for too long.
    Request,
}
