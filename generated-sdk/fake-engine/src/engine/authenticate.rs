//! Who calls: by a session, a token, or a name with a password.

use std::time::Duration;

use super::accounts::{Accounts, basic_credentials};
use super::http_request::HttpRequest;
use super::sessions::{API_SCOPE, EXPIRED, Sessions};
use crate::api::{ApiResponse, pages};
use crate::pattern::API;

/// The cookie of a session.
const COOKIE: &str = "JSESSIONID";

/// The user who calls, and the login that is used.
pub(super) struct Caller {
    pub(super) user: String,
    token: String,
    /// The cookie of a new session.
    cookie: Option<String>,
    /// Whether the login ends with this request.
    is_temporary: bool,
}

impl Caller {
    /// Whether this is the first request of a login that lasts.
    pub(super) fn logs_in(&self, sessions: &Sessions) -> bool {
        !self.is_temporary && sessions.begin_use(&self.token)
    }

    /// Ends a temporary login, and adds the cookie of a new session to the response.
    pub(super) fn finish(self, sessions: &Sessions, response: ApiResponse) -> ApiResponse {
        if self.is_temporary {
            sessions.revoke(&self.token);
        }
        match self.cookie {
            Some(cookie) => response.header("Set-Cookie", format!("{COOKIE}={cookie}; path={API}; secure; HttpOnly")),
            None => response,
        }
    }
}

/// Finds out who calls. Returns a page with status 401 if the credentials are missing or invalid.
pub(super) fn authenticate(
    accounts: &Accounts,
    sessions: &Sessions,
    http: &HttpRequest,
) -> Result<Caller, ApiResponse> {
    let is_persistent = prefers(http, "persistent-auth");
    let cookie = session_cookie(http);
    if let Some(cookie) = cookie.filter(|_| !is_persistent || prefers(http, "new-auth")) {
        sessions.forget(cookie);
    }
    let known = cookie.and_then(|cookie| sessions.token_of(cookie));
    if let Some((token, user)) = known.and_then(|token| Some((token.clone(), sessions.find(&token)?.0))) {
        return Ok(Caller { user, token, cookie: None, is_temporary: false });
    }

    let header = http.header("Authorization").unwrap_or_default();
    let (user, token) = match header.strip_prefix("Bearer") {
        Some(token) => by_token(sessions, token.trim())?,
        None => by_password(accounts, sessions, header)?,
    };
    let is_temporary = !is_persistent && !header.starts_with("Bearer");
    let mut caller = Caller { user, token, cookie: None, is_temporary };
    if is_persistent {
        caller.cookie = Some(sessions.cookie(&caller.token));
        let minutes = http.header("Session-TTL").and_then(|minutes| minutes.trim().parse::<u32>().ok());
        if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
            sessions.set_idle(&caller.token, Duration::from_secs(u64::from(minutes) * 60));
        }
    }
    Ok(caller)
}

/// Whether the header `Prefer` has a preference.
fn prefers(http: &HttpRequest, wanted: &str) -> bool {
    let mut preferences = http.headers("Prefer").flat_map(|header| header.split(','));
    preferences.any(|preference| {
        let name = preference.split([';', '=']).next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case(wanted)
    })
}

fn session_cookie(http: &HttpRequest) -> Option<&str> {
    let mut cookies = http.headers("Cookie").flat_map(|header| header.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The user of a token, and the token.
fn by_token(sessions: &Sessions, token: &str) -> Result<(String, String), ApiResponse> {
    let Some((user, scope)) = sessions.find(token) else {
        return Err(pages::unauthorized(Some(&format!("invalid_grant: {EXPIRED}"))));
    };
    if !scope.split_whitespace().any(|scope| scope == API_SCOPE) {
        return Err(pages::unauthorized(Some(&format!("The required scope {API_SCOPE} is not granted."))));
    }
    Ok((user, token.to_owned()))
}

/// The user of a header with a password, and a new token.
fn by_password(accounts: &Accounts, sessions: &Sessions, header: &str) -> Result<(String, String), ApiResponse> {
    let Some((name, password)) = basic_credentials(header) else { return Err(pages::unauthorized(None)) };
    match accounts.check(&name, &password) {
        Ok(()) => {
            let token = sessions.issue(&name, API_SCOPE);
            Ok((name, token))
        }
        Err(error) => Err(pages::unauthorized(Some(&format!("access_denied: {}", error.message_for(&name))))),
    }
}
