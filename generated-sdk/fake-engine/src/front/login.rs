//! The single sign-on of the engine.

use super::{Front, Parameters, Received};
use crate::accounts::{Refusal, split};
use crate::encoding::{base64_decoded, json};
use crate::exchange::Answer;
use crate::pages;

/// What a token has to be good for, to be accepted by the API.
pub(super) const SCOPE: &str = "ovirt-app-api";

const NEGOTIATE: &str = "Negotiate";

/// What was wrong with a request: a code, and a text for people.
struct Problem {
    code: &'static str,
    text: String,
}

impl Problem {
    fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    fn missing(name: &str) -> Self {
        Self::new("invalid_request", format!("Missing parameter: '{name}'"))
    }

    /// As those see it who ask for a scope: users of the API get other names than OAuth has.
    fn answer(&self, scope: &str) -> Answer {
        let (code, text) = if scope.split_whitespace().any(|scope| scope == SCOPE) {
            ("error_code", "error")
        } else {
            ("error", "error_description")
        };
        object(400, &[(code, self.code), (text, &self.text)])
    }
}

fn object(status: u16, members: &[(&str, &str)]) -> Answer {
    let members: Vec<String> = members.iter().map(|(name, text)| format!("{}:{}", json(name), json(text))).collect();
    Answer::of("application/json", status, format!("{{{}}}", members.join(",")).into_bytes())
}

/// What the engine tells about somebody who was not let in.
pub(super) fn refusal(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Nobody => "No user name found in credentials.",
        Refusal::Profile => "No valid profile found in credentials.",
        Refusal::Password => "Unable to log in. Verify your login information or contact the system administrator.",
    }
}

/// The same with the name; its own full stop follows that of the reason.
pub(super) fn refusal_of(name: &str, reason: Refusal) -> String {
    let (user, profile) = split(name);
    format!("Cannot authenticate user '{user}@{}': {}.", profile.unwrap_or("N/A"), refusal(reason))
}

/// User name and password of a header.
pub(super) fn basic(header: &str) -> Option<(String, String)> {
    let text = String::from_utf8(base64_decoded(header.strip_prefix("Basic")?.trim()).ok()?).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}

pub(super) fn status() -> Answer {
    let members = [("status", "active"), ("status_description", "SSO Webapp Deployed"), ("version", "0")];
    object(200, &members)
}

impl Front {
    /// Gives a token to those who may have one.
    pub(super) fn log_in(&self, received: &Received, parameters: &Parameters) -> Answer {
        let scope = parameters.get("scope").unwrap_or_default();
        let let_in = match parameters.get("grant_type") {
            Some("password") => by_password(self, parameters),
            Some("urn:ovirt:params:oauth:grant-type:http") => match by_header(self, received) {
                Some(let_in) => let_in,
                None => return pages::error(401, "Unauthorized").header("WWW-Authenticate", NEGOTIATE),
            },
            _ => Err(Problem::new(
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server.",
            )),
        };
        let user = match let_in.and_then(|user| accepts_json(received).map(|()| user)) {
            Ok(user) => user,
            Err(problem) => return problem.answer(scope),
        };
        let mut scopes: Vec<&str> = scope.split_whitespace().collect();
        scopes.sort_unstable();
        scopes.dedup();
        let scope = scopes.join(" ");
        let token = self.sessions.issue(&user, &scope);
        let never = i64::MAX.to_string();
        object(200, &[("access_token", &token), ("scope", &scope), ("exp", &never), ("token_type", "bearer")])
            .header("Cache-Control", "no-store")
    }

    /// Ends a login. That it has ended before is no reason to complain.
    pub(super) fn log_out(&self, parameters: &Parameters) -> Answer {
        self.sessions.revoke(parameters.get("token").unwrap_or_default());
        object(200, &[])
    }

    /// Tells whether a token is valid. All else is for programs that the engine knows, and we know none.
    pub(super) fn token_info(&self, received: &Received, parameters: &Parameters) -> Answer {
        let scope = parameters.get("scope").unwrap_or_default();
        let validates = scope.split_whitespace().any(|scope| scope == "ovirt-ext=token-info:validate");
        let checked = accepts_json(received).and_then(|()| match (validates, parameters.get("token")) {
            (false, _) => Err(unknown_client(parameters)),
            (true, None) => Err(Problem::missing("token")),
            (true, Some(token)) => match self.sessions.find(token) {
                Some(_) => Ok(()),
                None => Err(Problem::new("invalid_grant", EXPIRED)),
            },
        });
        match checked {
            Ok(()) => object(200, &[]),
            Err(problem) => problem.answer(scope),
        }
    }

    /// Only programs that the engine knows may revoke tokens here; people log out.
    pub(super) fn revoke(&self, parameters: &Parameters) -> Answer {
        let problem = match parameters.get("token") {
            None => Problem::missing("token"),
            Some(_) => unknown_client(parameters),
        };
        problem.answer(parameters.get("scope").unwrap_or_default())
    }
}

/// What is told of a token that is no longer valid, or never was.
pub(super) const EXPIRED: &str = "The provided authorization grant for the auth code has expired.";

fn unknown_client(parameters: &Parameters) -> Problem {
    match parameters.get("client_id") {
        None => Problem::missing("client_id"),
        Some(_) => Problem::new("unauthorized_client", "The client is not authorized to request an authorization."),
    }
}

fn by_password(front: &Front, parameters: &Parameters) -> Result<String, Problem> {
    let get = |name| parameters.get(name).ok_or_else(|| Problem::missing(name));
    let (name, password) = (get("username")?, get("password")?);
    match front.accounts.check(name, password) {
        Ok(()) => Ok(name.to_owned()),
        Err(reason) => Err(Problem::new("access_denied", refusal_of(name, reason))),
    }
}

/// Whom the headers tell about; nobody, when they have to say more first.
fn by_header(front: &Front, received: &Received) -> Option<Result<String, Problem>> {
    let header = received.header("Authorization")?;
    if let Some(ticket) = header.strip_prefix(NEGOTIATE) {
        return front.accounts.tickets.get(ticket.trim()).cloned().map(Ok);
    }
    let (name, password) = basic(header)?;
    Some(match front.accounts.check(&name, &password) {
        Ok(()) => Ok(name),
        Err(reason) => Err(Problem::new("access_denied", format!("Cannot authenticate user {}.", refusal(reason)))),
    })
}

/// The engine insists on this very text.
fn accepts_json(received: &Received) -> Result<(), Problem> {
    match received.header("Accept") {
        Some("application/json") => Ok(()),
        _ => Err(Problem::missing("Accept Header")),
    }
}
