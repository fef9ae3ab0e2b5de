//! Logins: tokens and sessions.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::encoding::token;

/// The scope that a token needs for the API.
pub(crate) const API_SCOPE: &str = "ovirt-app-api";
/// The engine's message about a token that is unknown or has expired.
pub(crate) const EXPIRED: &str = "The provided authorization grant for the auth code has expired.";

/// Valid tokens, and the cookies of sessions.
pub(crate) struct Sessions {
    clock: Clock,
    limits: Limits,
    state: Mutex<State>,
}

/// When a login expires.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time without a request.
    pub(crate) idle: Duration,
    /// The time since the login.
    pub(crate) lifetime: Duration,
}

impl Default for Limits {
    /// The defaults of an engine.
    fn default() -> Self {
        Self { idle: Duration::from_secs(30 * 60), lifetime: Duration::from_secs(360_000) }
    }
}

#[derive(Default)]
struct State {
    logins: HashMap<String, Login>,
    /// The tokens of cookies.
    cookies: HashMap<String, String>,
}

struct Login {
    user: String,
    scope: String,
    began: i64,
    used: i64,
    idle: i64,
    /// Whether a request to the API has used the login.
    is_used: bool,
}

impl Sessions {
    pub(crate) fn new(clock: Clock, limits: Limits) -> Self {
        Self { clock, limits, state: Mutex::default() }
    }

    /// The current logins; expired ones are removed.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, lifetime) = (self.clock.now(), millis(self.limits.lifetime));
        state.logins.retain(|_, login| now - login.used < login.idle && now - login.began < lifetime);
        let State { logins, cookies } = &mut *state;
        cookies.retain(|_, token| logins.contains_key(token));
        state
    }

    /// Issues a token for a user.
    pub(crate) fn issue(&self, user: &str, scope: &str) -> String {
        // The length of an engine's tokens: 64 bytes in base64.
        let token = token(86);
        let now = self.clock.now();
        let idle = millis(self.limits.idle);
        let login =
            Login { user: user.to_owned(), scope: scope.to_owned(), began: now, used: now, idle, is_used: false };
        self.state().logins.insert(token.clone(), login);
        token
    }

    /// The user and the scope of a valid token; this counts as a use.
    pub(crate) fn find(&self, token: &str) -> Option<(String, String)> {
        let now = self.clock.now();
        let mut state = self.state();
        let login = state.logins.get_mut(token)?;
        login.used = now;
        Some((login.user.clone(), login.scope.clone()))
    }

    /// Notes that a request to the API uses a token; returns whether it is the first one.
    pub(crate) fn begin_use(&self, token: &str) -> bool {
        self.state().logins.get_mut(token).is_some_and(|login| !std::mem::replace(&mut login.is_used, true))
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.state().logins.remove(token);
    }

    pub(crate) fn revoke_all(&self) {
        *self.state() = State::default();
    }

    /// Issues a cookie for a token.
    pub(crate) fn cookie(&self, for_token: &str) -> String {
        let cookie = token(40);
        self.state().cookies.insert(cookie.clone(), for_token.to_owned());
        cookie
    }

    /// The token of a cookie.
    pub(crate) fn token_of(&self, cookie: &str) -> Option<String> {
        self.state().cookies.get(cookie).cloned()
    }

    /// Removes a cookie; its token stays valid.
    pub(crate) fn forget(&self, cookie: &str) {
        self.state().cookies.remove(cookie);
    }

    /// Changes the time without a request after which a login expires.
    pub(crate) fn set_idle(&self, token: &str, idle: Duration) {
        if let Some(login) = self.state().logins.get_mut(token) {
            login.idle = millis(idle);
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_login_expires_when_it_is_idle_or_old() {
        let clock = Clock::standing(None);
        let limits = Limits { idle: 30 * MINUTE, lifetime: 60 * MINUTE };
        let sessions = Sessions::new(clock.clone(), limits);
        let (used, unused) = (sessions.issue("a@b", "api"), sessions.issue("c@d", ""));
        clock.advance(29 * MINUTE);
        assert_eq!(sessions.find(&used), Some(("a@b".to_owned(), "api".to_owned())));
        clock.advance(MINUTE);
        assert_eq!(sessions.find(&unused), None);
        assert!(sessions.find(&used).is_some());
        clock.advance(29 * MINUTE);
        assert!(sessions.find(&used).is_some());
        clock.advance(MINUTE);
        assert_eq!(sessions.find(&used), None);
    }

    #[test]
    fn a_cookie_ends_with_its_login_but_not_the_other_way_round() {
        let clock = Clock::standing(None);
        let sessions = Sessions::new(clock.clone(), Limits::default());
        let token = sessions.issue("a@b", "api");
        let (first, second) = (sessions.cookie(&token), sessions.cookie(&token));
        assert_eq!(sessions.token_of(&first), Some(token.clone()));
        sessions.forget(&first);
        assert_eq!((sessions.token_of(&first), sessions.token_of(&second)), (None, Some(token.clone())));
        sessions.revoke(&token);
        assert_eq!(sessions.token_of(&second), None);

        let token = sessions.issue("a@b", "api");
        let cookie = sessions.cookie(&token);
        sessions.set_idle(&token, 2 * MINUTE);
        clock.advance(2 * MINUTE);
        assert_eq!(sessions.token_of(&cookie), None);
    }
}
