//! The policy that sends the correlation ID.

use std::sync::Arc;

use super::policy::{Next, Policy};
use crate::correlation_id::{HEADER, generate};
use crate::error::Error;
use crate::http::{BoxFuture, HeaderText, Request, Response};

/// Sends the correlation ID of the request, or a new one if it has none.
pub(crate) struct Correlation;

impl Policy for Correlation {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        let id = request.correlation_id.get_or_insert_with(|| generate().into());
        request.headers.set_text(HEADER, HeaderText::Shared(Arc::clone(id)));
        next.run(request)
    }
}
