//! The error and what it consists of. A failed login contains the error that caused it, so both are defined here.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::answer::{AnswerFailure, MatchFailure};
use super::context::RequestContext;
use super::server::ServerFailure;
use super::transport::TransportFailure;
use crate::markup::DataError;

/// What went wrong. Its text is for people; predicates and accessors are for programs.
pub struct Error(pub(super) Box<Inner>);

#[derive(Debug)]
pub(super) enum Inner {
    /// A document or a value.
    Data(DataError),
    Io {
        doing: Cow<'static, str>,
        cause: std::io::Error,
    },
    /// Options of the connection, each with what is wrong with it.
    Options(Vec<(&'static str, String)>),
    /// A request that can't be sent.
    Request(String),
    /// An answer that is no success, or that no engine gives.
    Server(ServerFailure),
    /// An answer of success that is not what was asked for.
    Answer(AnswerFailure),
    /// A search by name whose outcome is not one object.
    Match(MatchFailure),
    /// There was no answer.
    Transport(TransportFailure),
    /// There were no credentials to send a request with.
    Login(LoginFailure),
    Closed,
    /// A blocking call where that would block a runtime.
    #[cfg(feature = "blocking")]
    Runtime,
    Custom(Box<dyn std::error::Error + Send + Sync>),
}

/// There were no credentials to send a request with.
#[derive(Debug)]
pub(crate) struct LoginFailure {
    /// The request that needed them.
    pub(crate) context: Option<RequestContext>,
    /// How often the request was tried; until the context is known.
    pub(crate) attempts: u32,
    pub(super) reason: Reason,
    /// Why the login was not even tried: so long ago it was refused, and so long there will be no other attempt.
    pub(super) held_back: Option<(Duration, Duration)>,
}

#[derive(Clone, Debug)]
pub(super) enum Reason {
    /// The server does not accept them.
    Refused { status: Option<u16>, problem: String, hint: Option<&'static str> },
    /// There was no answer that says so or not.
    Failed(Arc<Error>),
}
