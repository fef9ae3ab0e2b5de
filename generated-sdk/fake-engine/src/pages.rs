//! The pages for people that programs meet when something is wrong.

use super::encoding::html;
use super::exchange::Answer;

/// What the engine wants to see.
const SCHEME: &str = "Basic realm=\"RESTAPI\"";

/// A page of the application server: its text is that of the status, or what the engine has to say.
pub(crate) fn error(status: u16, message: &str) -> Answer {
    let page = format!("<html><head><title>Error</title></head><body>{}</body></html>", html(message));
    Answer::html(status, page)
}

/// Nobody has logged in, or no longer.
pub(crate) fn unauthorized(message: Option<&str>) -> Answer {
    error(401, message.unwrap_or("Unauthorized")).header("WWW-Authenticate", SCHEME)
}

/// There is nothing of that name.
pub(crate) fn not_found() -> Answer {
    error(404, "Not Found")
}

/// The address can't be understood.
pub(crate) fn bad_request() -> Answer {
    error(400, "Bad Request")
}

/// A page of the web server in front of the application server.
fn of_the_proxy(status: u16, title: &str, text: &str) -> Answer {
    let page = format!(
        "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>{status} {title}</title>\n\
         </head><body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body></html>\n"
    );
    Answer::of("text/html; charset=iso-8859-1", status, page.into_bytes())
}

/// The engine is down, its web server is not.
pub(crate) fn unavailable() -> Answer {
    let text = "The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\n\
                problems. Please try again later.";
    of_the_proxy(503, "Service Unavailable", text)
}

/// The body is larger than the server wants to read.
pub(crate) fn too_large() -> Answer {
    of_the_proxy(413, "Request Entity Too Large", "The body of the request is larger than this server accepts.")
}

/// Where people begin.
pub(crate) fn welcome() -> Answer {
    let page = "<!DOCTYPE html>\n<html>\n<head><title>oVirt Engine</title></head>\n<body>\n<h1>oVirt Engine</h1>\n\
                <p>This is a fake engine of ovirt-sdk. Its API is at <a href=\"/ovirt-engine/api\">/ovirt-engine/api</a>, \
                the certificate of its authority at <a \
                href=\"/ovirt-engine/services/pki-resource?resource=ca-certificate&amp;format=X509-PEM-CA\">\
                /ovirt-engine/services/pki-resource</a>.</p>\n</body>\n</html>\n";
    Answer::html(200, page)
}

/// Look elsewhere.
pub(crate) fn moved(to: &str) -> Answer {
    Answer::empty(302).header("Location", to)
}
