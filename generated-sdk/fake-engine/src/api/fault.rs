//! Faults: responses to requests that can't be fulfilled, in the engine's words.

use super::response::ApiResponse;
use crate::path::is_uuid;
use crate::state::StateError;

/// The reason of most faults.
const FAILED: &str = "Operation Failed";

/// Why a request failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(super) body: Body,
}

/// The body of the response.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    /// No body, as for a missing object.
    Empty,
    /// A document `<fault>`.
    Document { reason: String, detail: String },
    /// Anything else: pages and texts of the servers around the API.
    Raw(ApiResponse),
}

impl Fault {
    /// A fault with a reason and a detail.
    pub(crate) fn new(status: u16, reason: &str, detail: impl Into<String>) -> Self {
        Self { status, body: Body::Document { reason: reason.to_owned(), detail: detail.into() } }
    }

    /// A fault with a reason and no detail.
    pub(crate) fn reason(status: u16, reason: &str) -> Self {
        Self::new(status, reason, "")
    }

    /// A response that is not a fault document: an HTML page or a text.
    pub(crate) fn raw(response: ApiResponse) -> Self {
        Self { status: response.status, body: Body::Raw(response) }
    }

    /// 404 without a body: nothing exists at the path.
    pub(crate) fn not_found() -> Self {
        Self { status: 404, body: Body::Empty }
    }

    /// 404: the request refers to an object that doesn't exist, by its identifier or name. `kind` is the name of its type.
    pub(crate) fn no_such(kind: &str, id: &str) -> Self {
        let lookup = LOOKUPS.iter().find(|(other, ..)| *other == kind);
        let text = lookup.map_or("{}", |(_, by_id, by_name)| if is_uuid(id) { by_id } else { by_name });
        Self::new(404, FAILED, format!("Entity not found: {}", text.replace("{}", id)))
    }

    /// 400: the request is invalid. The detail gets brackets, as on the engine.
    pub(crate) fn bad(detail: &str) -> Self {
        Self::new(400, FAILED, format!("[{detail}]"))
    }

    /// 409: the state of the objects doesn't allow the operation. The detail gets brackets.
    pub(crate) fn conflict(detail: &str) -> Self {
        Self::new(409, FAILED, format!("[{detail}]"))
    }

    /// 409 in the most frequent form: `action` is an action such as "add VM".
    pub(crate) fn cannot(action: &str, why: &str) -> Self {
        Self::conflict(&format!("Cannot {action}. {why}"))
    }

    /// 400 in the same form: `action` is an action such as "add VM".
    pub(crate) fn invalid(action: &str, why: &str) -> Self {
        Self::bad(&format!("Cannot {action}. {why}"))
    }

    /// 403: the user lacks the permission. The detail gets brackets.
    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new(403, FAILED, format!("[{detail}]"))
    }

    /// 400: mandatory fields of the body are missing. Names are those of the API: a type, dotted paths of fields, and a
    /// method.
    pub(crate) fn incomplete(kind: &str, missing: &[&str], method: &str) -> Self {
        let missing: Vec<String> = missing.iter().map(|path| camel_case(path)).collect();
        let method = camel_case(method);
        Self::new(400, "Incomplete parameters", format!("{kind} [{}] required for {method}", missing.join(", ")))
    }

    /// A failed operation. The detail gets no brackets.
    pub(crate) fn operation(status: u16, detail: &str) -> Self {
        Self::new(status, FAILED, detail)
    }

    /// 400: a value in the body can't be converted.
    pub(crate) fn mapping(detail: &str) -> Self {
        Self::new(400, "Operation failed", detail)
    }

    /// 400: a value in the body is invalid.
    pub(super) fn invalid_value(detail: String) -> Self {
        Self::new(400, "Invalid value", detail)
    }

    /// 400: the document in the body is invalid. The engine refers to the documentation of the method; our message
    /// about the mistake follows, if there is one.
    pub(super) fn usage(usage: &str, mistake: &str) -> Self {
        let separator = if mistake.is_empty() { "" } else { "\n" };
        Self::syntax(format!("For correct usage, see: {usage}{separator}{mistake}"))
    }

    /// 400: the document in the body is invalid.
    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::new(400, "Request syntactically incorrect.", detail)
    }

    /// 405: the resource doesn't have the method. The response has no body.
    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self::raw(ApiResponse::empty(405).header("Allow", allowed))
    }

    /// 500: the engine's command failed with an exception during its validation.
    pub(crate) fn general_failure() -> Self {
        Self::new(500, FAILED, "[General command validation failure.]")
    }

    /// 500: a bug of the fake engine.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(500, "Internal Server Error", detail)
    }

    /// Reason and detail, if the response is a fault document.
    pub(crate) fn text(&self) -> Option<(&str, &str)> {
        match &self.body {
            Body::Document { reason, detail } => Some((reason, detail)),
            Body::Empty | Body::Raw(_) => None,
        }
    }
}

/// What the engine calls its lookups of objects, by type: by identifier, and by name.
const LOOKUPS: [(&str, &str, &str); 3] = [
    ("cluster", "GetClusterById", "Cluster: name={}"),
    ("instance_type", "GetInstanceType", "GetInstanceType"),
    ("template", "GetVmTemplate", "GetVmTemplate"),
];

impl From<StateError> for Fault {
    fn from(error: StateError) -> Self {
        match error {
            StateError::NotFound => Self::not_found(),
            StateError::NoSuchObject { kind, id } => Self::no_such(kind, &id),
        }
    }
}

/// A word with a capital letter.
pub(crate) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A name with underscores as the engine names a class: `VmPool`.
pub(crate) fn pascal_case(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}

/// Names in the form in which the engine reports missing fields: `dataCenter.name|id`.
fn camel_case(name: &str) -> String {
    let mut after_underscore = false;
    let letters = name.chars().filter_map(|letter| match letter {
        '_' => {
            after_underscore = true;
            None
        }
        _ if std::mem::take(&mut after_underscore) => Some(letter.to_ascii_uppercase()),
        _ => Some(letter),
    });
    letters.collect()
}
