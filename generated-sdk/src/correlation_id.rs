//! Correlation IDs: events, jobs and log lines of the engine carry the ID of the request that caused them.

use crate::random::random;

/// The header of requests and responses.
pub(crate) const HEADER: &str = "Correlation-Id";

/// The engine truncates longer IDs.
const MAX_LENGTH: usize = 36;

/// Generates a random ID.
pub(crate) fn generate() -> String {
    let bytes = [random(), random()].map(u64::to_be_bytes);
    let mut id = String::with_capacity(2 * bytes.as_flattened().len());
    for byte in bytes.as_flattened() {
        for value in [byte >> 4, byte & 15] {
            id.push(char::from_digit(value.into(), 16).unwrap_or('0'));
        }
    }
    id
}

/// The problem with an invalid ID, which the engine would change silently.
pub(crate) fn problem(id: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.is_empty() || id.len() > MAX_LENGTH || !id.chars().all(allowed) {
        let id = id.escape_debug();
        return Some(format!("`{id}` is not a valid correlation id: expected 1 to 36 letters, digits, `_` or `-`"));
    }
    None
}
