//! What stands at which address of a server.

pub(crate) mod gate;
mod login;
mod services;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::accounts::Accounts;
use super::encoding::{self, Malformed};
use super::exchange::{Answer, Api};
use super::pages;
use super::pattern::{API, below};
use super::sessions::Sessions;

/// Where the bytes of disks are.
const IMAGES: &str = "/images";

/// A request as it came.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The first header of a name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All headers of a name.
    fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = move |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// The parameters of the query, then those of a form.
    fn parameters(&self) -> Result<Parameters, Malformed> {
        let mut pairs = encoding::pairs(&self.query)?;
        if self.method == "POST" {
            pairs.extend(encoding::pairs(&String::from_utf8_lossy(&self.body))?);
        }
        Ok(Parameters(pairs))
    }

    fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

/// The parameters of a request to something else than the API.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Everything that answers without waiting.
pub(crate) struct Front {
    pub(crate) api: Arc<dyn Api>,
    pub(crate) accounts: Accounts,
    pub(crate) sessions: Sessions,
    pub(crate) authority_pem: String,
    pub(crate) server_pem: String,
}

impl Front {
    pub(crate) fn answer(&self, received: &Received) -> Answer {
        let path = received.path.as_str();
        if below(path, API).is_some() {
            return self.pass(received);
        }
        if let Some(rest) = below(path, IMAGES) {
            return self.image(received, rest);
        }
        let Ok(parameters) = received.parameters() else { return pages::bad_request() };
        match path {
            "/" | "/ovirt-engine" => pages::moved("/ovirt-engine/"),
            "/ovirt-engine/" => pages::welcome(),
            "/ovirt-engine/sso/oauth/token" | "/ovirt-engine/sso/oauth/token-http-auth" => {
                self.log_in(received, &parameters)
            }
            "/ovirt-engine/sso/oauth/token-info" => self.token_info(received, &parameters),
            "/ovirt-engine/sso/oauth/revoke" => self.revoke(&parameters),
            "/ovirt-engine/sso/status" => login::status(),
            "/ovirt-engine/services/sso-logout" => self.log_out(&parameters),
            "/ovirt-engine/services/pki-resource" if received.is_read() => self.certificate(&parameters),
            "/ovirt-engine/services/health" if received.is_read() => services::health(),
            "/ovirt-engine/services/pki-resource" | "/ovirt-engine/services/health" => {
                pages::error(405, "Method Not Allowed")
            }
            _ => pages::not_found(),
        }
    }
}
