//! How the errors of requests are made, and how they learn of the request that they belong to.

use std::error::Error as StdError;
use std::time::Duration;

use super::{Context, Error, Inner, LoginFailure, ServerFailure, TransportErrorKind, TransportFailure};
use crate::types::Fault;

impl Error {
    /// The error of a transport that has no response to give.
    pub fn transport(kind: TransportErrorKind, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inner::Transport(TransportFailure::new(kind, cause.into()))))
    }

    /// An error of one's own, of a policy or of credentials. Its text must not show secrets.
    pub fn custom(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inner::Custom(cause.into())))
    }

    /// The error that was given to [`custom`](Self::custom), if this is one of that and of this type; also when it is what
    /// a login failed of.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        match &*self.0 {
            Inner::Custom(cause) => cause.downcast_ref(),
            Inner::Login(login) => login.cause()?.downcast_ref(),
            _ => None,
        }
    }

    /// The error of credentials that are not accepted: [`is_auth`](Self::is_auth), and not to be tried again at once.
    /// The text must not show secrets.
    pub fn refused(problem: impl Into<String>) -> Self {
        Self::login(LoginFailure::refused(problem.into()))
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

    /// The error that others had all the places until the time was over.
    pub(crate) fn never_sent(limit: Duration, places: usize) -> Self {
        let cause = match places {
            1 => {
                "it was not sent, since another request was under way all the time (`max_connections` is 1)".to_owned()
            }
            _ => format!("it was not sent, since {places} others were under way all the time (`max_connections`)"),
        };
        Self(Box::new(Inner::Transport(TransportFailure::timeout(limit).because(cause))))
    }

    pub(crate) fn closed() -> Self {
        Self(Box::new(Inner::Closed))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn runtime() -> Self {
        Self(Box::new(Inner::Runtime))
    }

    /// The request that it belongs to, where that is known.
    pub(super) fn context(&self) -> Option<&Context> {
        match &*self.0 {
            Inner::Server(server) => Some(&server.context),
            Inner::Transport(transport) => transport.context.as_ref(),
            Inner::Login(login) => login.context.as_ref(),
            Inner::Answer(answer) => Some(&answer.context),
            _ => None,
        }
    }

    /// Tells it which request it belongs to, unless it knows.
    pub(crate) fn within(mut self, context: impl FnOnce() -> Context) -> Self {
        match &mut *self.0 {
            Inner::Transport(TransportFailure { context: missing @ None, attempts, .. })
            | Inner::Login(LoginFailure { context: missing @ None, attempts, .. }) => {
                *missing = Some(Context { attempts: *attempts, ..context() });
            }
            _ => {}
        }
        self
    }

    /// Tells it how often the request was sent.
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
}

/// The fault of a body: at its root, or inside of an action that failed.
pub(super) fn fault(body: &[u8]) -> Option<Fault> {
    let text = String::from_utf8_lossy(body);
    let begin = text.find("<fault>")?;
    let rest = text.get(begin..)?;
    // What broke off, or is odd elsewhere, still tells something.
    let whole = match rest.find("</fault>") {
        Some(end) => rest.get(..end + "</fault>".len())?,
        None => rest,
    };
    let fault: Option<Fault> = crate::xml::from_str(whole).ok();
    fault.filter(|fault| fault.reason.is_some() || fault.detail.is_some())
}
