//! The single sign-on.

use super::parameters::Parameters;
use crate::api::{ApiResponse, pages};
use crate::encoding::json;
use crate::engine::{API_SCOPE, Accounts, EXPIRED, Engine, HttpRequest, basic_credentials};

const NEGOTIATE: &str = "Negotiate";
/// The scope for the validation of tokens.
const VALIDATE: &str = "ovirt-ext=token-info:validate";

/// An error of the single sign-on: a code and a message.
struct SsoError {
    code: &'static str,
    message: String,
}

impl SsoError {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn missing(name: &str) -> Self {
        Self::new("invalid_request", format!("Missing parameter: '{name}'"))
    }

    /// The error as a response. Requests for the scope of the API get other keys than those of OAuth.
    fn response(&self, scope: &str) -> ApiResponse {
        let (code, message) = match has_scope(scope, API_SCOPE) {
            true => ("error_code", "error"),
            false => ("error", "error_description"),
        };
        json_object(400, &[(code, self.code), (message, &self.message)])
    }
}

fn json_object(status: u16, members: &[(&str, &str)]) -> ApiResponse {
    let members: Vec<String> = members.iter().map(|(name, text)| format!("{}:{}", json(name), json(text))).collect();
    ApiResponse::new("application/json", status, format!("{{{}}}", members.join(",")).into_bytes())
}

fn has_scope(scopes: &str, wanted: &str) -> bool {
    scopes.split_whitespace().any(|scope| scope == wanted)
}

pub(super) fn status() -> ApiResponse {
    let members = [("status", "active"), ("status_description", "SSO Webapp Deployed"), ("version", "0")];
    json_object(200, &members)
}

/// Logs in and returns a token.
pub(super) fn token(engine: &Engine, request: &HttpRequest, parameters: &Parameters) -> ApiResponse {
    let scope = parameters.get("scope").unwrap_or_default();
    let user = match parameters.get("grant_type") {
        Some("password") => by_password(&engine.accounts, parameters),
        Some("urn:ovirt:params:oauth:grant-type:http") => match by_header(&engine.accounts, request) {
            Some(user) => user,
            None => return pages::error(401, "Unauthorized").header("WWW-Authenticate", NEGOTIATE),
        },
        _ => Err(SsoError::new(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server.",
        )),
    };
    let user = match user.and_then(|user| accepts_json(request).map(|()| user)) {
        Ok(user) => user,
        Err(error) => return error.response(scope),
    };
    let mut scopes: Vec<&str> = scope.split_whitespace().collect();
    scopes.sort_unstable();
    scopes.dedup();
    let scope = scopes.join(" ");
    let token = engine.sessions.issue(&user, &scope);
    let never = i64::MAX.to_string();
    json_object(200, &[("access_token", &token), ("scope", &scope), ("exp", &never), ("token_type", "bearer")])
        .header("Cache-Control", "no-store")
}

/// Ends a login. An invalid token is not an error.
pub(super) fn logout(engine: &Engine, parameters: &Parameters) -> ApiResponse {
    engine.sessions.revoke(parameters.get("token").unwrap_or_default());
    json_object(200, &[])
}

/// Validates a token. Everything else is for registered clients, which this engine doesn't have.
pub(super) fn token_info(engine: &Engine, request: &HttpRequest, parameters: &Parameters) -> ApiResponse {
    let scope = parameters.get("scope").unwrap_or_default();
    let checked = accepts_json(request).and_then(|()| match (has_scope(scope, VALIDATE), parameters.get("token")) {
        (false, _) => Err(unknown_client(parameters)),
        (true, None) => Err(SsoError::missing("token")),
        (true, Some(token)) => match engine.sessions.find(token) {
            Some(_) => Ok(()),
            None => Err(SsoError::new("invalid_grant", EXPIRED)),
        },
    });
    match checked {
        Ok(()) => json_object(200, &[]),
        Err(error) => error.response(scope),
    }
}

/// Revoking tokens is for registered clients, which this engine doesn't have.
pub(super) fn revoke(parameters: &Parameters) -> ApiResponse {
    let error = match parameters.get("token") {
        None => SsoError::missing("token"),
        Some(_) => unknown_client(parameters),
    };
    error.response(parameters.get("scope").unwrap_or_default())
}

fn unknown_client(parameters: &Parameters) -> SsoError {
    match parameters.get("client_id") {
        None => SsoError::missing("client_id"),
        Some(_) => SsoError::new("unauthorized_client", "The client is not authorized to request an authorization."),
    }
}

fn by_password(accounts: &Accounts, parameters: &Parameters) -> Result<String, SsoError> {
    let get = |name| parameters.get(name).ok_or_else(|| SsoError::missing(name));
    let (name, password) = (get("username")?, get("password")?);
    match accounts.check(name, password) {
        Ok(()) => Ok(name.to_owned()),
        Err(error) => Err(SsoError::new("access_denied", error.message_for(name))),
    }
}

/// The user of a header `Authorization`; `None` if the client has to send one.
fn by_header(accounts: &Accounts, request: &HttpRequest) -> Option<Result<String, SsoError>> {
    let header = request.header("Authorization")?;
    if let Some(ticket) = header.strip_prefix(NEGOTIATE) {
        return accounts.tickets.get(ticket.trim()).cloned().map(Ok);
    }
    let (name, password) = basic_credentials(header)?;
    Some(match accounts.check(&name, &password) {
        Ok(()) => Ok(name),
        Err(error) => Err(SsoError::new("access_denied", format!("Cannot authenticate user {}.", error.message()))),
    })
}

/// Fails unless the header `Accept` has exactly the text that the engine requires.
fn accepts_json(request: &HttpRequest) -> Result<(), SsoError> {
    match request.header("Accept") {
        Some("application/json") => Ok(()),
        _ => Err(SsoError::missing("Accept Header")),
    }
}
