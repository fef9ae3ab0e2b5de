//! Passwords that go along with requests, and sessions that begin with one.

use super::{Authorization, Channel, CredentialProvider, name_problems};
use crate::error::{Error, LoginFailure};
use crate::pipeline::{BoxFuture, Headers, Method, Response};

/// The cookie of a session.
const COOKIE: &str = "JSESSIONID";

/// What makes the engine keep a session.
const PREFER: (&str, &str) = ("Prefer", "persistent-auth");

/// A user name and a password with every request.
pub(super) struct Basic {
    username: String,
    password: String,
}

impl Basic {
    pub(super) fn new(username: String, password: String) -> Self {
        Self { username, password }
    }

    fn header(&self) -> String {
        format!("Basic {}", base64(format!("{}:{}", self.username, self.password).as_bytes()))
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = name_problems(&self.username, &self.password);
        if self.username.contains(':') {
            problems.push(("username", "it has a `:`, which this way to log in can't send".to_owned()));
        }
        problems
    }

    /// Reads the root of the API, which any user may do.
    async fn probe(&self, channel: &Channel, prefer: bool) -> Result<Response, Error> {
        let mut request = channel.request(Method::Get, channel.api_url())?;
        request.headers_mut().set("Authorization", self.header());
        if prefer {
            request.headers_mut().set(PREFER.0, PREFER.1);
        }
        let response = channel.send(request.clone()).await?;
        match response.status() {
            401 => {
                let problem = "the engine does not accept user name and password (401)".to_owned();
                Err(Error::login(LoginFailure::refused_by_server(401, problem, true)))
            }
            _ if response.is_success() => Ok(response),
            _ => Err(channel.unexpected(&request, &response)),
        }
    }
}

impl CredentialProvider for Basic {
    fn name(&self) -> &'static str {
        "basic"
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        self.problems()
    }

    fn log_in<'a>(&'a self, channel: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async move {
            self.probe(channel, false).await?;
            Ok(Authorization::headers(Headers::from_iter([("Authorization", self.header())])))
        })
    }
}

/// A session.
pub(super) struct Session(Basic);

impl Session {
    pub(super) fn new(username: String, password: String) -> Self {
        Self(Basic::new(username, password))
    }
}

impl CredentialProvider for Session {
    fn name(&self) -> &'static str {
        "session"
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        self.0.problems()
    }

    fn log_in<'a>(&'a self, channel: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async move {
            let response = self.0.probe(channel, true).await?;
            let cookies = response.headers().get_all("Set-Cookie");
            let cookie = cookies
                .filter_map(|cookie| cookie.split(';').next())
                .map(str::trim)
                .find(|cookie| cookie.split_once('=').is_some_and(|(name, value)| name == COOKIE && !value.is_empty()));
            let cookie = cookie.ok_or_else(|| Error::custom(format!("the engine gave no cookie {COOKIE}")))?;
            Ok(Authorization::headers(Headers::from_iter([("Cookie", cookie), PREFER])))
        })
    }

    /// A request that does not ask to keep the session ends it.
    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let mut request = channel.request(Method::Get, channel.api_url())?;
            authorization.apply(&mut request);
            request.headers_mut().remove(PREFER.0);
            let response = channel.send(request.clone()).await?;
            match response.status() {
                // It had ended already.
                401 => Ok(()),
                _ if response.is_success() => Ok(()),
                _ => Err(channel.unexpected(&request, &response)),
            }
        })
    }
}

/// Bytes as a text in base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = (bits >> (18 - 6 * digit)) & 63;
            let shown = if digit > group.len() { None } else { DIGITS.get(value as usize) };
            text.push(shown.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_padded() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(super::base64(text.as_bytes()), encoded);
        }
        assert_eq!(super::base64("ü>?".as_bytes()), "w7w+Pw==");
    }
}
