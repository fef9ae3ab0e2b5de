//! The part of an engine that handles logins.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Asked, PASSWORD, Reply, USER};

#[derive(Default)]
struct State {
    issued: usize,
    valid: HashSet<String>,
}

/// Issues tokens and requires them in requests.
#[derive(Clone, Default)]
pub(crate) struct Engine {
    state: Arc<Mutex<State>>,
    login_delay: Duration,
}

impl Engine {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An engine that delays its responses to logins.
    pub(crate) fn slow(login_delay: Duration) -> Self {
        Self { login_delay, ..Self::default() }
    }

    /// Expires all tokens.
    pub(crate) fn expire(&self) {
        self.state.lock().unwrap().valid.clear();
    }

    pub(crate) fn issued(&self) -> usize {
        self.state.lock().unwrap().issued
    }

    pub(crate) fn valid(&self) -> usize {
        self.state.lock().unwrap().valid.len()
    }

    /// Makes the engine accept a token that it did not issue.
    pub(crate) fn accept(&self, token: &str) {
        self.state.lock().unwrap().valid.insert(token.to_owned());
    }

    /// Handles logins and logouts and rejects requests without a valid token; passes the others to `api`.
    pub(crate) fn handler(
        &self,
        api: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
        let this = self.clone();
        move |asked| this.answer(asked, &api)
    }

    fn answer(&self, asked: &Asked, api: &dyn Fn(&Asked) -> Reply) -> Reply {
        let mut state = self.state.lock().unwrap();
        if asked.is_login() {
            let username = USER.replace('@', "%40");
            let password = PASSWORD.replace('&', "%26").replace('!', "%21").replace(' ', "+");
            let wanted = format!("grant_type=password&scope=ovirt-app-api&username={username}&password={password}");
            if asked.body != wanted || asked.header("accept") != "application/json" {
                let error = "Cannot authenticate user 'admin@internal': The username or password is incorrect.";
                let body = format!(r#"{{"error_code":"access_denied","error":"{error}"}}"#);
                return Reply::json(400, &body).after(self.login_delay);
            }
            state.issued += 1;
            let token = format!("token-{}", state.issued);
            state.valid.insert(token.clone());
            let exp = "9223372036854775807";
            let body =
                format!(r#"{{"access_token":"{token}","scope":"ovirt-app-api","exp":"{exp}","token_type":"bearer"}}"#);
            return Reply::json(200, &body).after(self.login_delay);
        }
        if asked.path == "/ovirt-engine/services/sso-logout" {
            let token = asked.body.split('&').find_map(|field| field.strip_prefix("token="));
            state.valid.remove(token.unwrap());
            return Reply::json(200, "{}");
        }
        let token = asked.header("authorization").strip_prefix("Bearer ");
        if !token.is_some_and(|token| state.valid.contains(token)) {
            return Reply::html(401, "Error").header("WWW-Authenticate", "Bearer");
        }
        drop(state);
        api(asked)
    }
}
