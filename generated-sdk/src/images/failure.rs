//! Why a request to a daemon failed.

use std::fmt;

use super::error::ImageProblem;
use crate::error::Error;

/// A failed request to a daemon.
#[derive(Debug)]
pub(super) enum Failure {
    /// The daemon answered with an error.
    Status { status: u16, text: String },
    /// No complete answer.
    Transport(Error),
    /// The answer isn't one of a daemon.
    Protocol(String),
    /// The connection ended early.
    Broken(String),
}

impl Failure {
    pub(super) fn status(status: u16, text: &str) -> Self {
        // Errors of the daemon are one line; a proxy may answer with a page.
        let text = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let text = text.chars().filter(|character| !character.is_control()).take(500).collect();
        Self::Status { status, text }
    }

    pub(super) fn protocol(problem: impl Into<String>) -> Self {
        Self::Protocol(problem.into())
    }

    pub(super) fn broken(problem: impl Into<String>) -> Self {
        Self::Broken(problem.into())
    }

    /// Whether the same request may succeed shortly.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 429 | 502 | 503 | 504),
            Self::Transport(error) => error.is_retryable(),
            Self::Protocol(_) => false,
            Self::Broken(_) => true,
        }
    }

    /// Whether the ticket is missing, expired or cancelled: the daemon was restarted, or the engine paused or ended the
    /// transfer.
    pub(super) fn is_ticket(&self) -> bool {
        matches!(self, Self::Status { status: 401 | 403, .. })
    }

    /// Whether the daemon doesn't know the ticket. It keeps tickets in memory, so none survives its restart.
    pub(super) fn is_lost_ticket(&self) -> bool {
        matches!(self, Self::Status { status: 401 | 403, text } if text.contains("No such ticket"))
    }

    /// Whether the daemon did not answer.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Self::Transport(_) | Self::Broken(_))
    }

    /// The kind of problem that it is for a transfer.
    pub(super) fn problem(&self) -> ImageProblem {
        match self {
            Self::Transport(error) if error.is_certificate() => ImageProblem::Certificate,
            _ if self.is_unreachable() => ImageProblem::Unreachable,
            _ if self.is_lost_ticket() => ImageProblem::LostTicket,
            _ if self.is_ticket() => ImageProblem::Ticket,
            // A range beyond the end of the image.
            Self::Status { status: 416, .. } => ImageProblem::TooLarge,
            _ => ImageProblem::Daemon,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Transport(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, text } if text.is_empty() => write!(f, "the daemon answered {status}"),
            Self::Status { status, text } => write!(f, "the daemon answered {status}: {text}"),
            Self::Transport(error) => error.fmt(f),
            Self::Protocol(problem) | Self::Broken(problem) => f.write_str(problem),
        }
    }
}
