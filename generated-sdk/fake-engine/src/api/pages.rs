//! HTML error pages of the servers around the API.

use super::response::ApiResponse;
use crate::encoding::html;

/// The authentication scheme that the engine asks for.
const SCHEME: &str = "Basic realm=\"RESTAPI\"";

/// An error page of the application server, with the status text or the engine's message.
pub(crate) fn error(status: u16, message: &str) -> ApiResponse {
    let page = format!("<html><head><title>Error</title></head><body>{}</body></html>", html(message));
    ApiResponse::html(status, page)
}

/// A text that is labeled as HTML.
pub(crate) fn text(status: u16, text: &str) -> ApiResponse {
    ApiResponse::html(status, text)
}

/// 401: the credentials are missing or invalid.
pub(crate) fn unauthorized(message: Option<&str>) -> ApiResponse {
    error(401, message.unwrap_or("Unauthorized")).header("WWW-Authenticate", SCHEME)
}

/// 404: nothing exists at the address.
pub(crate) fn not_found() -> ApiResponse {
    error(404, "Not Found")
}

/// 404: the API doesn't have the path of an address.
pub(crate) fn no_resource(address: &str) -> ApiResponse {
    ApiResponse::html(404, format!("RESTEASY003210: Could not find resource for full path: {address}"))
}

/// 500: the code of the API threw an exception.
pub(crate) fn exception(message: &str) -> ApiResponse {
    let page = format!(
        "<html><head><title>ERROR</title></head><body><p>Error processing request</p><p>{}</p></body></html>",
        html(message)
    );
    ApiResponse::html(500, page)
}

/// 405: the version of the API that the request asks for has no such method.
pub(crate) fn unsupported_method(method: &str) -> ApiResponse {
    error(405, &format!("HTTP method {method} is not supported by this URL"))
}

/// 400: the address is malformed.
pub(crate) fn bad_request() -> ApiResponse {
    error(400, "Bad Request")
}

/// An error page of the web server in front of the application server.
fn proxy_error(status: u16, title: &str, text: &str) -> ApiResponse {
    let page = format!(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>{status} {title}</title>\n\
         </head><body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body></html>\n"
    );
    ApiResponse::new("text/html; charset=iso-8859-1", status, page.into_bytes())
}

/// 503: the web server is up, the engine is down.
pub(crate) fn unavailable() -> ApiResponse {
    let text = "The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\n\
                problems. Please try again later.";
    proxy_error(503, "Service Unavailable", text)
}

/// 408: the body of a request didn't arrive in time.
pub(crate) fn request_timeout() -> ApiResponse {
    let text = "Server timeout waiting for the HTTP request from the client.";
    proxy_error(408, "Request Timeout", text).header("Connection", "close")
}

/// 413: the body exceeds the limit of the server.
pub(crate) fn too_large() -> ApiResponse {
    proxy_error(413, "Request Entity Too Large", "The body of the request is larger than this server accepts.")
}
