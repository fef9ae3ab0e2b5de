//! Operations of the engine that requests start.

use std::fmt;

use super::answer::Reply;
use super::verb::Verb;
use crate::connection::Connection;
use crate::correlation_id;
use crate::error::Error;
use crate::service::id_of;
use crate::url::{decode_segment, encode_segment};

/// The beginning of the text of an operation, with the version of the format.
const FORMAT: &str = "ovirt-operation-1";

/// The status of an action that is complete when the engine responds.
const COMPLETE: &str = "complete";

/// The names in the text of an operation.
const CORRELATION_ID: &str = "correlation_id";
const JOB: &str = "job";
const PATH: &str = "path";
const REMOVAL: &str = "removal";
const ACCEPTED: &str = "accepted";
const REFUSALS: &str = "refusals";

/// An operation of the engine, started by a request. Created by `send_operation` of the request.
///
/// The engine responds to many requests before the operation is complete, and continues it as a job. [`wait`](Self::wait)
/// waits for the end of the job.
///
/// An operation can be saved as text with [`to_text`](Self::to_text), and [resumed](Operation::resume) by another
/// process.
///
/// ```no_run
/// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
/// use ovirt_sdk::types::Snapshot;
///
/// let vms = connection.system().vms();
/// let vm = vms.find("web1").await?;
/// let snapshots = vms.vm(&vm).snapshots();
/// let operation = snapshots.add(Snapshot::new().description("before the update")).send_operation().await?;
/// operation.wait().on_change(|progress| println!("{progress}")).await?;
/// println!("created snapshot {:?}", operation.value().and_then(|snapshot| snapshot.id.as_deref()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Operation<T = ()> {
    value: Option<T>,
    connection: Connection,
    pub(crate) state: OperationState,
}

/// What is known about an operation, apart from the result of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OperationState {
    pub(crate) correlation_id: String,
    /// The identifier of the job, if the response contains it.
    pub(crate) job: Option<String>,
    /// The percent-encoded path of the object: the new one, or the one that the request was sent to.
    pub(crate) path: Option<String>,
    /// Whether the request removes the object.
    pub(crate) removal: bool,
    /// Whether the engine may not have begun when it responded.
    pub(crate) accepted: bool,
    /// How often the engine refused the request with the same correlation ID before. It keeps a failed job for each.
    pub(crate) refusals: u32,
}

/// The operation that a request has started.
pub(super) fn started<T>(
    connection: &Connection,
    verb: Verb,
    path: &str,
    href: Option<&str>,
    reply: Reply<T>,
) -> Operation<T> {
    let Reply { value, status, correlation_id, action, .. } = reply;
    let is_complete = action.as_ref().and_then(|action| action.status.as_deref()).is_none_or(|it| it == COMPLETE);
    let job = action.and_then(|action| action.job).and_then(|job| id_of(&*job).ok().map(str::to_owned));
    let path = match verb {
        Verb::Add => href.and_then(|href| connection.relative_href(href).ok()),
        _ => Some(path.to_owned()),
    };
    let state = OperationState {
        correlation_id: correlation_id.unwrap_or_default(),
        job,
        path: path.filter(|path| !path.is_empty()),
        removal: verb == Verb::Remove,
        accepted: status == 202 || !is_complete,
        refusals: 0,
    };
    Operation { value, connection: connection.clone(), state }
}

impl<T> Operation<T> {
    /// The result of the request, such as the new object. `None` if the engine responded without the result, and for
    /// resumed operations.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Returns the result of the request.
    pub fn into_value(self) -> Option<T> {
        self.value
    }

    /// The identifier of the job. `None` if the response does not contain it; [`wait`](Self::wait) then finds the jobs by
    /// the correlation ID.
    pub fn job(&self) -> Option<&str> {
        self.state.job.as_deref()
    }

    /// The correlation ID, which the jobs and events of the operation have.
    pub fn correlation_id(&self) -> &str {
        &self.state.correlation_id
    }

    /// The path of the object, for [`Connection::service`]: that of the new object, or of the one that the request was
    /// sent to.
    pub fn path(&self) -> Option<&str> {
        self.state.path.as_deref()
    }

    /// Returns a text for [`resume`](Operation::resume). It contains no secrets.
    pub fn to_text(&self) -> String {
        self.state.to_string()
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Operation {
    /// Continues with an operation that [`to_text`](Operation::to_text) saved, possibly in another process.
    ///
    /// # Errors
    ///
    /// When the text is not from `to_text`.
    pub fn resume(connection: &Connection, text: &str) -> Result<Self, Error> {
        let state = OperationState::parse(text);
        let state = state.ok_or_else(|| {
            Error::request("the text does not describe an operation: expected the text that `to_text` returned")
        })?;
        Ok(Self { value: None, connection: connection.clone(), state })
    }

    /// Returns the operation with a correlation ID, for example to follow a request whose response was lost
    /// ([`Error::outcome_unknown`]). If several requests have the ID, the operation includes all their jobs.
    ///
    /// # Errors
    ///
    /// When the ID is not valid.
    pub fn with_correlation_id(connection: &Connection, id: impl Into<String>) -> Result<Self, Error> {
        let correlation_id = id.into();
        if let Some(problem) = correlation_id::problem(&correlation_id) {
            return Err(Error::request(problem));
        }
        let state = OperationState { correlation_id, accepted: true, ..OperationState::default() };
        Ok(Self { value: None, connection: connection.clone(), state })
    }
}

impl<T> fmt::Debug for Operation<T> {
    /// Omits the result, which can be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("state", &self.state).finish_non_exhaustive()
    }
}

impl fmt::Display for OperationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORMAT} {CORRELATION_ID}={}", self.correlation_id)?;
        if let Some(job) = &self.job {
            write!(f, " {JOB}={}", encode_segment(job))?;
        }
        if let Some(path) = &self.path {
            write!(f, " {PATH}={path}")?;
        }
        for (name, is_set) in [(REMOVAL, self.removal), (ACCEPTED, self.accepted)] {
            if is_set {
                write!(f, " {name}=true")?;
            }
        }
        match self.refusals {
            0 => Ok(()),
            count => write!(f, " {REFUSALS}={count}"),
        }
    }
}

impl OperationState {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        if words.next()? != FORMAT {
            return None;
        }
        let mut state = Self::default();
        for word in words {
            let (name, value) = word.split_once('=')?;
            match (name, value) {
                (_, "") => return None,
                (CORRELATION_ID, id) => state.correlation_id = id.to_owned(),
                (JOB, id) => state.job = Some(decode_segment(id)),
                (PATH, path) => state.path = Some(path.to_owned()),
                (REMOVAL, "true") => state.removal = true,
                (ACCEPTED, "true") => state.accepted = true,
                (REFUSALS, count) => state.refusals = count.parse().ok()?,
                _ => return None,
            }
        }
        correlation_id::problem(&state.correlation_id).is_none().then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_written() {
        let full = OperationState {
            correlation_id: "start-1".to_owned(),
            job: Some("a b=/c".to_owned()),
            path: Some("vms/123/snapshots/a%20b".to_owned()),
            removal: true,
            accepted: true,
            refusals: 3,
        };
        let least = OperationState { correlation_id: full.correlation_id.clone(), ..OperationState::default() };
        for state in [full, least] {
            let text = state.to_string();
            assert_eq!(OperationState::parse(&format!("{text}\n")), Some(state), "{text}");
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "ovirt-operation-2 correlation_id=a",
            "ovirt-operation-1",
            "ovirt-operation-1 job=1",
            "ovirt-operation-1 correlation_id=a b",
            "ovirt-operation-1 correlation_id=a/b",
            "ovirt-operation-1 correlation_id=a job=",
            "ovirt-operation-1 correlation_id=a removal=yes",
            "ovirt-operation-1 correlation_id=a refusals=-1",
            "ovirt-operation-1 correlation_id=a new=1",
        ] {
            assert_eq!(OperationState::parse(text), None, "{text}");
        }
    }
}
