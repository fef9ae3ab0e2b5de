//! Constructors of errors, and adding the context of the failed request.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::Duration;

use super::answer::{AnswerFailure, MatchFailure};
use super::context::RequestContext;
use super::repr::{Error, Inner, LoginFailure};
use super::server::ServerFailure;
use super::transport::{TransportErrorKind, TransportFailure, causes};
use crate::http::BodyError;
use crate::markup::DataError;

impl Error {
    /// Creates the error of a transport that received no response.
    pub fn transport(kind: TransportErrorKind, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inner::Transport(TransportFailure::new(kind, cause.into()))))
    }

    /// Creates an error for custom policies, transports and credentials. Its text must not contain secrets.
    pub fn custom(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inner::Custom(cause.into())))
    }

    /// The cause of this type: the error that was passed to [`custom`](Self::custom) or
    /// [`transport`](Self::transport), or one of its sources, such as a [`std::io::Error`]. Also finds causes of a failed
    /// login.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        let cause: Option<&(dyn StdError + 'static)> = match &*self.0 {
            Inner::Custom(cause) => Some(&**cause),
            Inner::Transport(transport) => transport.cause(),
            Inner::Login(login) => return login.cause()?.downcast_ref(),
            _ => self.data()?.io_error().map(|cause| cause as _),
        };
        causes(cause?).find_map(|cause| cause.downcast_ref())
    }

    /// Creates the error of credentials that a server rejected: [`is_auth`](Self::is_auth) is true, and the next login
    /// is delayed. The text must not contain secrets.
    pub fn refused(problem: impl Into<String>) -> Self {
        Self::login(LoginFailure::refused(problem.into()))
    }

    pub(crate) fn transport_failure(failure: TransportFailure) -> Self {
        Self(Box::new(Inner::Transport(failure)))
    }

    pub(crate) fn io(doing: impl Into<Cow<'static, str>>, cause: std::io::Error) -> Self {
        DataError::io(doing, cause).into()
    }

    pub(crate) fn login(failure: LoginFailure) -> Self {
        Self(Box::new(Inner::Login(failure)))
    }

    pub(crate) fn options(problems: Vec<(&'static str, String)>) -> Self {
        Self(Box::new(Inner::Options(problems)))
    }

    pub(crate) fn request(problem: impl Into<String>) -> Self {
        Self(Box::new(Inner::Request(problem.into())))
    }

    pub(crate) fn server(failure: ServerFailure) -> Self {
        Self(Box::new(Inner::Server(failure)))
    }

    pub(crate) fn timeout(limit: Duration) -> Self {
        Self(Box::new(Inner::Transport(TransportFailure::timeout(limit))))
    }

    /// The error of a request that timed out while it waited for other requests.
    pub(crate) fn never_sent(limit: Duration, max_concurrent: usize) -> Self {
        let cause = match max_concurrent {
            1 => "not sent, because another request was in progress (`max_connections` is 1)".to_owned(),
            _ => format!("not sent, because {max_concurrent} other requests were in progress (`max_connections`)"),
        };
        Self(Box::new(Inner::Transport(TransportFailure::timeout(limit).with_cause(cause))))
    }

    /// The error of a response whose body is larger than its limit.
    pub(crate) fn too_large(limit: u64, login: bool) -> Self {
        let option = if login { "" } else { " (`max_body`)" };
        let cause = format!("its body has more than {limit} bytes{option}");
        Self::transport(TransportErrorKind::TooLarge, cause)
    }

    pub(crate) fn unreadable(context: RequestContext, status: u16, cause: DataError) -> Self {
        Self(Box::new(Inner::Answer(AnswerFailure { context, status, cause })))
    }

    /// The error of a search by name that did not find exactly one object. `found` has the IDs of the objects.
    pub(crate) fn matches(path: &str, ty: &'static str, member: &'static str, name: &str, found: Vec<String>) -> Self {
        let (path, name) = (path.to_owned(), name.to_owned());
        Self(Box::new(Inner::Match(MatchFailure { path, ty, member, name, found })))
    }

    pub(crate) fn closed() -> Self {
        Self(Box::new(Inner::Closed))
    }

    pub(crate) fn no_runtime() -> Self {
        Self(Box::new(Inner::NoRuntime))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn runtime() -> Self {
        Self(Box::new(Inner::Runtime))
    }

    /// The failed request, if known.
    pub(super) fn context(&self) -> Option<&RequestContext> {
        match &*self.0 {
            Inner::Server(server) => Some(&server.context),
            Inner::Transport(transport) => transport.context.as_ref(),
            Inner::Login(login) => login.context.as_ref(),
            Inner::Answer(answer) => Some(&answer.context),
            _ => None,
        }
    }

    /// Adds the context of the failed request, unless there is one.
    pub(crate) fn within(mut self, context: impl FnOnce() -> RequestContext) -> Self {
        match &mut *self.0 {
            Inner::Transport(TransportFailure { context: missing @ None, attempts, .. })
            | Inner::Login(LoginFailure { context: missing @ None, attempts, .. }) => {
                let mut context = context();
                context.attempts = *attempts;
                *missing = Some(context);
            }
            _ => {}
        }
        self
    }

    /// Sets the number of times the request was sent.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        let (context, count) = match &mut *self.0 {
            Inner::Transport(transport) => (&mut transport.context, &mut transport.attempts),
            Inner::Login(login) => (&mut login.context, &mut login.attempts),
            _ => return self,
        };
        *count = attempts;
        if let Some(context) = context {
            context.attempts = attempts;
        }
        self
    }

    /// Converts the error of a credential provider into the failure of the login.
    pub(crate) fn into_login(self) -> LoginFailure {
        match *self.0 {
            Inner::Login(login) => login,
            _ => LoginFailure::failed(self),
        }
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Self(Box::new(Inner::Data(error)))
    }
}

impl From<BodyError> for Error {
    /// Returns the wrapped error, if it is an error of this crate. Any other cause means that the connection broke.
    fn from(error: BodyError) -> Self {
        match error.into_cause().downcast::<Self>() {
            Ok(error) => *error,
            Err(cause) => Self::transport(TransportErrorKind::Broken, cause),
        }
    }
}

impl From<Error> for BodyError {
    fn from(error: Error) -> Self {
        Self::new(error)
    }
}
