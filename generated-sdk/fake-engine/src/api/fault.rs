//! What the engine says when it refuses, in its words where clients look for them.

use super::resolve::Target;
use crate::exchange::Answer;
use ovirt_sdk::object::Info;

/// What every refusal of an operation has for a reason.
const FAILED: &str = "Operation Failed";

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    /// Reason and detail; a missing object is told by an answer without a body.
    pub(crate) text: Option<(String, String)>,
}

impl Fault {
    fn new(status: u16, reason: &str, detail: impl Into<String>) -> Self {
        Self { status, text: Some((reason.to_owned(), detail.into())) }
    }

    /// 404 without a body: there is nothing at the path.
    pub(crate) fn not_found() -> Self {
        Self { status: 404, text: None }
    }

    /// 404: something that the request refers to is not there.
    pub(crate) fn no_such(info: &Info, what: &str) -> Self {
        Self::new(404, FAILED, format!("Entity not found: {}: id={what}", info.name))
    }

    /// 400: the operation can't be done like that. The detail is put into brackets, as the engine does.
    pub(crate) fn bad(detail: &str) -> Self {
        Self::new(400, FAILED, format!("[{detail}]"))
    }

    /// 409: the operation can't be done as things are.
    pub(crate) fn conflict(detail: &str) -> Self {
        Self::new(409, FAILED, format!("[{detail}]"))
    }

    /// 409 in the form that most refusals have: what can't be done, such as "add VM", and why.
    pub(crate) fn cannot(what: &str, why: &str) -> Self {
        Self::conflict(&format!("Cannot {what}. {why}"))
    }

    /// 403: the user may not do that.
    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new(403, FAILED, format!("[{detail}]"))
    }

    /// 400: members of the body are missing; `what` is the type and `missing` are the members, as the API names them.
    pub(crate) fn incomplete(what: &str, missing: &[&str], method: &str) -> Self {
        let missing: Vec<String> = missing.iter().map(|path| camel_case(path)).collect();
        let method = camel_case(method);
        Self::new(400, "Incomplete parameters", format!("{what} [{}] required for {method}", missing.join(", ")))
    }

    /// 400: the document is none of the API.
    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::new(400, "Request syntactically incorrect.", detail)
    }

    /// 400: a search that the database refuses.
    pub(crate) fn query(detail: &str) -> Self {
        Self::new(400, FAILED, detail)
    }

    /// 405: the resource has no such method.
    pub(crate) fn method(target: &Target) -> Self {
        Self::new(405, "Method Not Allowed", format!("`{}` allows {}", target.path, target.allowed()))
    }

    /// 500: something that should not be.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(500, "Internal Server Error", detail)
    }

    /// The refusal as an answer.
    pub(crate) fn answer(&self) -> Answer {
        match &self.text {
            Some((reason, detail)) => Answer::fault(self.status, reason, detail),
            None => Answer::empty(self.status),
        }
    }
}

/// A word with a capital letter.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Names as the engine writes them when it misses something: `dataCenter.name|id`.
fn camel_case(name: &str) -> String {
    let mut after_line = false;
    let letters = name.chars().filter_map(|letter| match letter {
        '_' => {
            after_line = true;
            None
        }
        _ if std::mem::take(&mut after_line) => Some(letter.to_ascii_uppercase()),
        _ => Some(letter),
    });
    letters.collect()
}
