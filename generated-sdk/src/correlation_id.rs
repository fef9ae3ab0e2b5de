//! Correlation IDs: events, jobs and log lines of the engine carry the ID of the request that caused them.

use crate::random::random;

/// The header of requests and responses.
pub(crate) const HEADER: &str = "Correlation-Id";

/// The engine truncates longer IDs.
const LONGEST: usize = 36;

/// A new ID.
pub(crate) fn generate() -> String {
    format!("{:016x}{:016x}", random(), random())
}

/// Why an ID is not valid: the engine would change it silently.
pub(crate) fn problem(id: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.is_empty() || id.len() > LONGEST || !id.chars().all(known) {
        let rule = "a correlation id has 1 to 36 characters, each a letter, digit, `_` or `-`";
        return Some(format!("{rule}; this one is not so: `{}`", id.escape_debug()));
    }
    None
}
