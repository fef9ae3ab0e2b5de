//! Failures that pass without anyone's help.

use super::message;
use crate::generated::faults::TEMPORARY;

/// The reason in the engine's response to every request while it stops. Its login service fails before the API does.
const STOPPING: &str = "server_error";

/// Whether a response is a transient failure, by its status code and the text of its fault or page.
pub(crate) fn is_transient(status: u16, text: impl FnOnce() -> String) -> bool {
    match status {
        429 | 502 | 503 | 504 => true,
        400 | 401 => is_stopping(&text()),
        409 => message::contains(&text(), TEMPORARY),
        _ => false,
    }
}

/// Whether the text of a response to rejected credentials says that the engine is stopping, and nothing about the credentials.
pub(crate) fn is_stopping(text: &str) -> bool {
    text.trim_start().starts_with(STOPPING)
}
