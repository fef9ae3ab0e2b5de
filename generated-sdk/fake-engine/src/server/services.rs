//! Services beside the API: the image daemon, certificates, health, and the welcome page.

use super::parameters::Parameters;
use crate::api::{ApiRequest, ApiResponse, pages};
use crate::encoding::{pairs, percent_decoded};
use crate::engine::{Engine, HttpRequest};

/// The status of the engine.
pub(super) fn health() -> ApiResponse {
    ApiResponse::html(200, "DB Up!Welcome to Health Status!")
}

/// Where the single sign-on sends clients that are not logged in. From there, the engine sends them to its start page,
/// which sends them to the single sign-on again.
pub(super) const NOT_AUTHENTICATED: &str =
    "/ovirt-engine/oauth2-callback?error=not_authenticated&error_description=The+user+is+not+authenticated.";

/// Whether a request comes from a browser.
pub(super) fn is_for_people(request: &HttpRequest) -> bool {
    request.headers("Accept").any(|accepted| accepted.contains("text/html"))
}

/// The start page for people. The engine has it only for clients with cookies.
pub(super) fn welcome() -> ApiResponse {
    let page = "<!DOCTYPE html>\n<html>\n<head><title>oVirt Engine</title></head>\n<body>\n<h1>oVirt Engine</h1>\n\
                <p>This is a fake engine of ovirt-sdk. Its API is at <a href=\"/ovirt-engine/api\">/ovirt-engine/api</a>, \
                the certificate of its authority at <a \
                href=\"/ovirt-engine/services/pki-resource?resource=ca-certificate&amp;format=X509-PEM-CA\">\
                /ovirt-engine/services/pki-resource</a>. <a href=\"/fake-engine/\">/fake-engine/</a> shows what exists \
                and what was requested.</p>\n</body>\n</html>\n";
    ApiResponse::html(200, page)
}

/// A redirection to another address.
pub(super) fn redirect(to: &str) -> ApiResponse {
    ApiResponse::empty(302).header("Location", to)
}

/// Reads or writes the bytes of a disk; a ticket in the path takes the place of credentials.
pub(super) fn image(engine: &Engine, request: &HttpRequest, path: &str) -> ApiResponse {
    let segments = path.split('/').filter(|segment| !segment.is_empty()).map(percent_decoded);
    let (Ok(segments), Ok(query)) = (segments.collect(), pairs(&request.query)) else {
        return pages::bad_request();
    };
    engine.handle_image(&ApiRequest {
        method: request.method.clone(),
        segments,
        query,
        headers: request.headers.clone(),
        body: request.body.clone(),
        ..ApiRequest::default()
    })
}

/// The address of certificates.
pub(super) const CERTIFICATES: &str = "/ovirt-engine/services/pki-resource";

/// A certificate in PEM.
pub(super) fn certificate(authority_pem: &str, server_pem: &str, parameters: &Parameters) -> ApiResponse {
    let (pem, default_format) = match parameters.get("resource") {
        None => return pages::error(400, "Missing resource name"),
        Some("ca-certificate" | "qemu-ca-certificate") => (authority_pem, "X509-PEM-CA"),
        Some("engine-certificate") => (server_pem, "X509-PEM"),
        Some(other) => return pages::error(400, &format!("Resource '{other}' is invalid")),
    };
    let content_type = match parameters.get("format").unwrap_or(default_format) {
        "X509-PEM-CA" => "application/x-x509-ca-cert",
        "X509-PEM" => "application/x-x509-cert",
        "OPENSSH-PUBKEY" => {
            return pages::error(400, "A fake engine has no key for SSH: format 'OPENSSH-PUBKEY' is not available");
        }
        other => return pages::error(400, &format!("Format '{other}' is invalid")),
    };
    ApiResponse::new(content_type, 200, pem.as_bytes().to_vec())
}
