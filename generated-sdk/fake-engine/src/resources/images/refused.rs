//! Errors of the image daemon.

use crate::api::{ApiRequest, ApiResponse};

/// An error: the status and the text, and the size of the image if the request is beyond it.
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) text: String,
    pub(super) size: Option<u64>,
}

impl Refused {
    pub(super) fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), size: None }
    }

    pub(super) fn forbidden(reason: &str) -> Self {
        Self::new(403, format!("You are not allowed to access this resource: {reason}"))
    }

    pub(super) fn no_handler(request: &ApiRequest) -> Self {
        Self::new(404, format!("No handler for '/images/{}'", request.segments.join("/")))
    }
}

impl From<Refused> for ApiResponse {
    fn from(refused: Refused) -> Self {
        let body = format!("{}\n", refused.text).into_bytes();
        let response = Self::new("text/plain; charset=UTF-8", refused.status, body);
        match refused.size {
            Some(size) => response.header("Content-Range", format!("bytes */{size}")),
            None => response,
        }
    }
}
