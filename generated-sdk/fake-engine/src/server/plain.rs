//! Requests without TLS: clients get the certificate of the authority this way, and are sent to HTTPS for everything else.

use std::convert::Infallible;

use hyper::body::Incoming;

use super::body::Body;
use super::parameters::Parameters;
use super::respond::{head_of, to_hyper};
use super::services;
use super::shared::Shared;

/// Responds to a request without TLS. Bodies of requests are not read.
pub(super) fn respond(
    request: &hyper::Request<Incoming>,
    shared: &Shared,
) -> Result<hyper::Response<Body>, Infallible> {
    let request = head_of(request);
    let router = &shared.router;
    let is_certificate = request.path == services::CERTIFICATES && matches!(request.method.as_str(), "GET" | "HEAD");
    let response = match Parameters::read(&request) {
        Ok(parameters) if is_certificate => {
            services::certificate(&router.authority_pem, &router.server_pem, &parameters)
        }
        _ => {
            let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
            services::redirect(&format!("{}{}{query}", router.engine.origin(), request.path))
        }
    };
    Ok(to_hyper(response, shared, false))
}
