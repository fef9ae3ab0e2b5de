//! Correlation ids: one for each request, by which it is found in the events, jobs and logs of the engine.

use super::{BoxFuture, Next, Policy, Request, Response};
use crate::error::Error;
use crate::random::random;

pub(crate) const HEADER: &str = "Correlation-Id";

/// The engine cuts what is longer.
const LONGEST: usize = 36;

/// Adds a correlation id where the user gave none.
pub(crate) struct Correlation;

impl Policy for Correlation {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        let id = request.correlation_id.get_or_insert_with(generate);
        request.headers.set(HEADER, id.as_str());
        next.run(request)
    }
}

pub(crate) fn generate() -> String {
    format!("{:016x}{:016x}", random(), random())
}

/// Refuses what the engine would change without saying so.
pub(crate) fn check(id: &str) -> Result<(), Error> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.is_empty() || id.len() > LONGEST || !id.chars().all(known) {
        let rule = "a correlation id has 1 to 36 characters, each a letter, digit, `_` or `-`";
        return Err(Error::request(format!("{rule}; this one is not so: `{}`", id.escape_debug())));
    }
    Ok(())
}
