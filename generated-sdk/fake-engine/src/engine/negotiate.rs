//! Whether the version, the HTTP method and the media types of a request are supported.

use crate::api::document::{AcceptError, accepted_format, sent_format};
use crate::api::{ApiRequest, ApiResponse, Fault, pages};

/// The version of the API.
const VERSION: &str = "4";
/// A version that the engine knows but no longer has.
const OLD_VERSION: &str = "3";

/// Fails if the request has another version.
pub(super) fn check_version(request: &ApiRequest) -> Result<(), Fault> {
    let version = request.version.as_deref().or_else(|| request.header("Version").filter(|text| !text.is_empty()));
    match version {
        Some(OLD_VERSION) => Err(Fault::raw(pages::unsupported_method(&request.method))),
        Some(version) if version != VERSION => Err(Fault::raw(pages::bad_request())),
        _ => Ok(()),
    }
}

/// Fails if the API doesn't have the media types of the request. Methods that take a body need its media type, even if
/// the body is empty.
pub(super) fn check_media_types(request: &ApiRequest) -> Result<(), Fault> {
    let accepted = accepted_format(request);
    if accepted == Err(AcceptError::Malformed) {
        return Err(Fault::raw(pages::bad_request()));
    }
    let takes_body = matches!(request.method.as_str(), "POST" | "PUT");
    if takes_body && sent_format(request).is_none() {
        return Err(Fault::raw(ApiResponse::empty(415)));
    }
    match accepted {
        Err(AcceptError::Unsupported) => Err(Fault::raw(ApiResponse::empty(406))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsupported_media_types_are_rejected() {
        for (method, accept, sent, expected) in [
            ("GET", "", "", None),
            ("GET", "application/json", "text/plain", None),
            ("GET", "text/xml", "", Some(406)),
            ("GET", "nonsense", "", Some(400)),
            ("POST", "application/xml", "application/json", None),
            ("POST", "application/json", "Application/XML; charset=utf-8", None),
            ("POST", "text/html", "", Some(415)),
            ("PUT", "", "text/xml", Some(415)),
            ("DELETE", "", "", None),
        ] {
            let headers = vec![("Accept".to_owned(), accept.to_owned()), ("Content-Type".to_owned(), sent.to_owned())];
            let request = ApiRequest { method: method.to_owned(), headers, ..ApiRequest::default() };
            let status = check_media_types(&request).err().map(|fault| fault.status);
            assert_eq!(status, expected, "{method} {accept} {sent}");
        }
    }
}
