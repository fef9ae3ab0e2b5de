//! Failed logins.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::hint;
use super::repr::{Error, HeldBack, LoginFailure, Reason};

impl LoginFailure {
    fn new(reason: Reason) -> Self {
        Self { context: None, attempts: 1, reason, held_back: None }
    }

    pub(crate) fn refused(problem: String) -> Self {
        Self::new(Reason::Refused { status: None, problem, hint: None })
    }

    /// A login that the server rejected.
    pub(crate) fn refused_by_server(status: u16, problem: String, hint: Option<&'static str>) -> Self {
        Self::new(Reason::Refused { status: Some(status), problem, hint })
    }

    pub(crate) fn failed(cause: Error) -> Self {
        Self::new(Reason::Failed(Arc::new(cause)))
    }

    /// A copy for another request that waited for the same login.
    pub(crate) fn again(&self) -> Self {
        Self { held_back: self.held_back, ..Self::new(self.reason.clone()) }
    }

    pub(crate) fn hold_back(self, ago: Duration, remaining: Duration) -> Self {
        Self { held_back: Some(HeldBack { ago, remaining }), ..self }
    }

    /// The delay before the next login: until the end of the pause, or as the server requested.
    pub(crate) fn requested_delay(&self) -> Option<Duration> {
        match self.held_back {
            Some(held_back) => Some(held_back.remaining),
            None => self.cause().and_then(Error::retry_after),
        }
    }

    /// Whether the server rejected the credentials.
    pub(crate) fn is_refused(&self) -> bool {
        match &self.reason {
            Reason::Refused { .. } => true,
            Reason::Failed(cause) => cause.is_auth(),
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        match self.reason {
            Reason::Refused { status, .. } => status,
            Reason::Failed(_) => None,
        }
    }

    pub(super) fn cause(&self) -> Option<&Error> {
        match &self.reason {
            Reason::Failed(cause) => Some(cause),
            Reason::Refused { .. } => None,
        }
    }
}

impl fmt::Display for LoginFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(context) = &self.context {
            write!(f, "{context}: ")?;
        }
        match &self.reason {
            Reason::Refused { problem, .. } => write!(f, "login rejected: {problem}")?,
            Reason::Failed(cause) => write!(f, "login failed: {cause}")?,
        }
        if let Some(HeldBack { ago, remaining }) = self.held_back {
            let (ago, remaining) = (ago.as_secs(), remaining.as_secs().max(1));
            let why = if self.is_refused() { "to avoid locking the account" } else { "as the server requested" };
            write!(f, " ({ago} s ago; next attempt in {remaining} s, {why})")?;
        }
        let hint = match &self.reason {
            Reason::Refused { hint, .. } => *hint,
            Reason::Failed(_) => None,
        };
        if let Some(context) = self.context.as_ref().filter(|_| self.cause().is_none()) {
            context.fmt_tail(f)?;
        }
        hint::write(f, hint.map(str::to_owned))
    }
}
