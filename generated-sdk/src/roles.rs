//! What the SDK reads from the types of the API that it uses itself: faults, jobs with their steps, and events.
//!
//! The model declares these types and their fields, so no other code names them. A field that the model does not declare
//! has an empty name here and is never set. The types are in `generated::roles`.

use std::any::Any;

use crate::date_time::DateTime;
use crate::object::{self, Object, Struct, StructInfo, get, member_mut};

/// How to search for the objects of an operation: the query parameter, and the search field of its correlation ID.
pub(crate) type OperationSearch = Option<(&'static str, &'static str)>;

/// The type of faults.
pub(crate) struct FaultRole {
    pub(crate) reason: &'static str,
    pub(crate) detail: &'static str,
}

impl FaultRole {
    /// The type of error.
    pub(crate) fn reason<'o>(&self, fault: &'o dyn Object) -> Option<&'o str> {
        text(fault, self.reason)
    }

    /// The explanation of the error.
    pub(crate) fn detail<'o>(&self, fault: &'o dyn Object) -> Option<&'o str> {
        text(fault, self.detail)
    }

    /// Creates a fault.
    pub(crate) fn create<T: Struct>(&self, reason: Option<String>, detail: Option<String>) -> T {
        let mut fault = T::default();
        for (name, text) in [(self.reason, reason), (self.detail, detail)] {
            let field = member_mut(&mut fault, name).map(|slot| slot as &mut dyn Any);
            if let Some(field) = field.and_then(|field| field.downcast_mut::<Option<String>>()) {
                *field = text;
            }
        }
        fault
    }
}

/// The type of jobs, or that of their steps.
pub(crate) struct WorkRole {
    pub(crate) status: &'static str,
    pub(crate) description: &'static str,
    /// The field with the progress in percent.
    pub(crate) progress: &'static str,
    /// The field with the time of the beginning.
    pub(crate) time: &'static str,
    /// The states after a success.
    pub(crate) succeeded: &'static [&'static str],
    /// The states before the end.
    pub(crate) running: &'static [&'static str],
    /// The known states after a failure.
    pub(crate) failed: &'static [&'static str],
    /// The path segment of the collection: below the root, or for steps below a job.
    pub(crate) collection: Option<&'static str>,
    pub(crate) search: OperationSearch,
}

impl WorkRole {
    /// What the work is.
    pub(crate) fn description<'o>(&self, work: &'o dyn Object) -> Option<&'o str> {
        text(work, self.description)
    }

    /// Whether the work is in progress.
    pub(crate) fn is_running(&self, work: &dyn Object) -> bool {
        self.is_in(work, self.running)
    }

    /// Whether the work ended with success.
    pub(crate) fn has_succeeded(&self, work: &dyn Object) -> bool {
        self.is_in(work, self.succeeded)
    }

    fn is_in(&self, work: &dyn Object, states: &[&str]) -> bool {
        self.status(work).is_some_and(|state| states.contains(&state.as_str()))
    }

    /// The progress in percent.
    pub(crate) fn progress(&self, work: &dyn Object) -> Option<i64> {
        get(work, self.progress).copied()
    }

    /// When the work began.
    pub(crate) fn time(&self, work: &dyn Object) -> Option<DateTime> {
        get(work, self.time).copied()
    }

    /// The state.
    pub(crate) fn status(&self, work: &dyn Object) -> Option<String> {
        object::text(work, self.status)
    }

    /// Whether the work ended without success.
    pub(crate) fn has_failed(&self, work: &dyn Object) -> bool {
        self.status(work).is_some() && !self.has_succeeded(work) && !self.is_running(work)
    }
}

/// The type of events.
pub(crate) struct EventRole {
    pub(crate) description: &'static str,
    pub(crate) code: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) time: &'static str,
    pub(crate) correlation_id: &'static str,
    /// The severities of events that report no problem.
    pub(crate) harmless: &'static [&'static str],
    /// The severities of events about failed operations.
    pub(crate) failures: &'static [&'static str],
    /// All severities, from low to high.
    pub(crate) severities: &'static [&'static str],
    /// The path segment of the collection.
    pub(crate) collection: Option<&'static str>,
    pub(crate) search: OperationSearch,
}

impl EventRole {
    /// The text of the event.
    pub(crate) fn description<'o>(&self, event: &'o dyn Object) -> Option<&'o str> {
        text(event, self.description)
    }

    /// The number of the event. The engine numbers events when it inserts them.
    pub(crate) fn number(&self, event: &dyn Object) -> Option<u64> {
        text(event, "id")?.parse().ok()
    }

    /// The code of the kind of event.
    pub(crate) fn code(&self, event: &dyn Object) -> Option<i64> {
        get(event, self.code).copied()
    }

    /// Whether the event reports a failed operation.
    pub(crate) fn is_failure(&self, event: &dyn Object) -> bool {
        self.severity(event).is_some_and(|severity| self.failures.contains(&severity.as_str()))
    }

    /// The position of a severity in the order, from low to high. Unknown ones come last, so that no limit hides them.
    pub(crate) fn rank(&self, severity: Option<&str>) -> usize {
        let position = severity.and_then(|severity| self.severities.iter().position(|known| *known == severity));
        position.unwrap_or(usize::MAX)
    }

    /// The severity.
    pub(crate) fn severity(&self, event: &dyn Object) -> Option<String> {
        object::text(event, self.severity)
    }

    /// When the event occurred.
    pub(crate) fn time(&self, event: &dyn Object) -> Option<DateTime> {
        get(event, self.time).copied()
    }

    /// The correlation ID of the operation that caused the event.
    pub(crate) fn correlation_id<'o>(&self, event: &'o dyn Object) -> Option<&'o str> {
        text(event, self.correlation_id)
    }

    /// Whether the event reports a problem.
    pub(crate) fn is_serious(&self, event: &dyn Object) -> bool {
        self.severity(event).is_none_or(|severity| !self.harmless.contains(&severity.as_str()))
    }
}

/// The query that finds the objects of an operation; `None` if the API can't search for them.
pub(crate) fn query(search: OperationSearch, correlation_id: &str) -> Option<(&'static str, String)> {
    search.map(|(parameter, field)| (parameter, format!("{field}={correlation_id}")))
}

/// The element of a member, if there is one.
pub(crate) fn tag(info: &StructInfo, member: &str) -> Option<&'static str> {
    let position = info.position(member)?;
    info.members.get(position).map(|member| member.tag)
}

fn text<'o>(object: &'o dyn Object, name: &str) -> Option<&'o str> {
    get::<_, String>(object, name).map(String::as_str)
}
