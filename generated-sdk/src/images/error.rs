//! Why a transfer failed.

use std::fmt;

use crate::error::Error;

/// The kind of problem that ended a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageProblem {
    /// The image file is damaged, or of a kind that hosts can't use.
    InvalidImage,
    /// The image is based on another file.
    BackingFile,
    /// The image is larger than the disk.
    TooLarge,
    /// It is not known what changed: neither a backup nor a snapshot was named.
    NoChanges,
    /// The disk is locked or illegal.
    DiskState,
    /// The disk or its storage doesn't support the format of the image.
    Format,
    /// The ticket of the transfer expired, and the engine could not renew it.
    Ticket,
    /// The host has no ticket for the transfer: it was restarted, or the transfer ended.
    LostTicket,
    /// No host could start the transfer.
    NoHost,
    /// Neither the host nor the proxy could be reached.
    Unreachable,
    /// The certificate of the host isn't trusted.
    Certificate,
    /// The host refused or failed to read or write, for example because the storage is full.
    Daemon,
    /// The local file could not be read or written.
    File,
    /// The local file was changed during the transfer.
    SourceChanged,
    /// The local file exists already.
    Exists,
    /// The file with the state of an upload can't be used.
    State,
    /// The data that arrived is not the data that was sent.
    Verification,
    /// A person paused the transfer.
    Paused,
    /// The engine ended the transfer, or rejected the image.
    Ended,
}

impl ImageProblem {
    /// What to try.
    fn hint(self) -> Option<&'static str> {
        Some(match self {
            Self::BackingFile => "`qemu-img convert` writes an image that includes the data of its backing file",
            Self::TooLarge => "extend the disk, or upload to a new disk",
            Self::NoChanges => "name the backup with `backup`, or download a snapshot with `download_snapshot`",
            Self::DiskState => {
                "snapshots, migrations and other transfers lock disks: wait with `wait_until_ok`; remove an illegal disk"
            }
            Self::Format => "`qemu-img convert -O` changes the format of an image",
            Self::Ticket | Self::LostTicket => "start the transfer again",
            Self::NoHost => "check that a host of the data center is up and sees the storage domain",
            Self::Unreachable => "check names, routes and firewalls: hosts listen at port 54322, the proxy at 54323",
            Self::Certificate => {
                "the engine's authority signs the certificates of the hosts: pass it with `ca_file` or `ca_pem`"
            }
            Self::SourceChanged => "copy the image first, or stop what writes to it",
            Self::Exists => "choose another file, or allow overwriting with `overwrite(true)`",
            Self::State => "to begin a new upload, discard this one with `discard_upload`, or remove the state file",
            Self::Paused => "resume or cancel the transfer in the administration portal",
            _ => return None,
        })
    }
}

/// The error of a failed transfer of an image.
///
/// The functions of this module return it within the [`Error`] of the crate:
/// `error.downcast_ref::<ImageError>()`. Errors of requests to the engine are returned as they are.
#[derive(Debug)]
pub struct ImageError {
    problem: ImageProblem,
    /// What was being done, to which object.
    action: String,
    detail: String,
    /// The error of a request to the engine.
    cause: Option<Error>,
}

impl ImageError {
    /// The kind of problem.
    pub fn problem(&self) -> ImageProblem {
        self.problem
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.detail)?;
        self.problem.hint().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for ImageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

/// What is being done, as the beginning of errors: "uploading `web1.qcow2` to disk `web1`".
#[derive(Clone, Debug)]
pub(super) struct Action(pub(super) String);

impl Action {
    pub(super) fn error(&self, problem: ImageProblem, detail: impl fmt::Display) -> Error {
        self.custom(problem, detail.to_string(), None)
    }

    /// The error of a transfer that the engine ended.
    pub(super) fn caused(&self, problem: ImageProblem, cause: Error) -> Error {
        self.custom(problem, cause.to_string(), Some(cause))
    }

    fn custom(&self, problem: ImageProblem, detail: String, cause: Option<Error>) -> Error {
        Error::custom(ImageError { problem, action: self.0.clone(), detail, cause })
    }

    /// Whether the engine ended the transfer.
    pub(super) fn is_ended(error: &Error) -> bool {
        Self::is(error, ImageProblem::Ended)
    }

    /// Whether the host has no ticket for the transfer, which the engine can't change.
    pub(super) fn is_lost_ticket(error: &Error) -> bool {
        Self::is(error, ImageProblem::LostTicket)
    }

    fn is(error: &Error, problem: ImageProblem) -> bool {
        error.downcast_ref().is_some_and(|error: &ImageError| error.problem == problem)
    }

    /// The error of access to a local file.
    pub(super) fn file(&self, error: &std::io::Error) -> Error {
        let problem = match error.kind() {
            std::io::ErrorKind::InvalidData => ImageProblem::InvalidImage,
            std::io::ErrorKind::AlreadyExists => ImageProblem::Exists,
            _ => ImageProblem::File,
        };
        self.error(problem, error)
    }
}
