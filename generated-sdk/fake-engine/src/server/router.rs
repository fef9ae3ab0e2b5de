//! The addresses that the server serves.

use super::parameters::Parameters;
use super::{services, sso};
use crate::api::{ApiResponse, pages};
use crate::engine::{Engine, HttpRequest};
use crate::pattern::{API, below};

/// The address of the image daemon.
const IMAGES: &str = "/images";

/// The parts of the engine that serve requests.
pub(crate) struct Router {
    pub(crate) engine: Engine,
    /// The certificates that clients can download.
    pub(crate) authority_pem: String,
    pub(crate) server_pem: String,
}

impl Router {
    /// Handles a request.
    pub(crate) fn handle(&self, request: &HttpRequest) -> ApiResponse {
        let path = request.path.as_str();
        if below(path, API).is_some() {
            return self.engine.handle(request);
        }
        if let Some(rest) = below(path, IMAGES) {
            return services::image(&self.engine, request, rest);
        }
        let Ok(parameters) = Parameters::read(request) else { return pages::bad_request() };
        let is_read = matches!(request.method.as_str(), "GET" | "HEAD");
        match path {
            "/" | "/ovirt-engine" => services::redirect("/ovirt-engine/"),
            "/ovirt-engine/" if services::is_for_people(request) => services::welcome(),
            "/ovirt-engine/" => services::redirect("/ovirt-engine/login?scope=ovirt-ext%3Dauth%3Aidentity"),
            "/ovirt-engine/login" => services::redirect("/ovirt-engine/sso/oauth/authorize"),
            "/ovirt-engine/sso/oauth/authorize" => services::redirect(services::NOT_AUTHENTICATED),
            "/ovirt-engine/oauth2-callback" => services::redirect("/ovirt-engine/"),
            "/ovirt-engine/sso/oauth/token" | "/ovirt-engine/sso/oauth/token-http-auth" => {
                sso::token(&self.engine, request, &parameters)
            }
            "/ovirt-engine/sso/oauth/token-info" => sso::token_info(&self.engine, request, &parameters),
            "/ovirt-engine/sso/oauth/revoke" => sso::revoke(&parameters),
            "/ovirt-engine/sso/status" => sso::status(),
            "/ovirt-engine/services/sso-logout" => sso::logout(&self.engine, &parameters),
            services::CERTIFICATES if is_read => {
                services::certificate(&self.authority_pem, &self.server_pem, &parameters)
            }
            "/ovirt-engine/services/health" if is_read => services::health(),
            services::CERTIFICATES | "/ovirt-engine/services/health" => pages::error(405, "Method Not Allowed"),
            _ => pages::not_found(),
        }
    }
}

#[cfg(test)]
mod tests;
