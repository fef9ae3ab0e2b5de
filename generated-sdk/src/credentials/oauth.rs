//! Passwords for tokens.

use reqwest::Url;

use super::json::texts;
use super::{Authorization, Channel, CredentialProvider, Credentials, name_problems};
use crate::error::{Error, LoginFailure, excerpt};
use crate::pipeline::{BoxFuture, Method};

/// What the API wants to be asked for.
const SCOPE: &str = "ovirt-app-api";
const TOKEN_NAME: &str = "access_token";

/// A user name and a password, for which a single sign-on gives a token.
pub(super) struct Password {
    username: String,
    password: String,
    sso: Sso,
}

/// Where the token comes from.
struct Sso {
    /// The engine's own when there is none.
    url: Option<String>,
    revoke_url: Option<String>,
    token_name: String,
}

impl Password {
    pub(super) fn new(username: String, password: String) -> Self {
        let sso = Sso { url: None, revoke_url: None, token_name: TOKEN_NAME.to_owned() };
        Self { username, password, sso }
    }

    async fn get_token(&self, channel: &Channel) -> Result<Authorization, Error> {
        let url = self.sso.url.clone().unwrap_or_else(|| channel.engine_url("/sso/oauth/token"));
        let mut request = channel.request(Method::Post, &url)?;
        request.headers_mut().set("Accept", "application/json");
        request.headers_mut().set("Content-Type", FORM);
        request.set_body(form(&[
            ("grant_type", "password"),
            ("scope", SCOPE),
            ("username", &self.username),
            ("password", &self.password),
        ]));
        let response = channel.send(request.clone()).await?;
        let status = response.status();
        let texts = texts(&String::from_utf8_lossy(response.body().bytes().unwrap_or_default()));
        let text = |name: &str| texts.iter().flatten().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
        let token = text(&self.sso.token_name).filter(|token| !token.is_empty());
        let error = problem(text);
        match (token, error) {
            (Some(token), None) if response.is_success() => Ok(Authorization::bearer(token)),
            // A server error is no verdict on the credentials.
            (_, Some(error)) if status < 500 => {
                let shown = self.hide(&error);
                Err(Error::login(LoginFailure::refused_by_server(status, shown, true)))
            }
            (_, None) if status == 401 || status == 403 => {
                let shown = format!("{} answered {status}", channel.target(&request));
                Err(Error::login(LoginFailure::refused_by_server(status, shown, true)))
            }
            (None, None) if texts.is_some() && response.is_success() => {
                let (target, name) = (channel.target(&request), &self.sso.token_name);
                let way_out = match self.sso.url {
                    Some(_) => "; `token_name` says what it is called there",
                    None => "",
                };
                Err(Error::custom(format!("the answer of {target} has no `{name}`{way_out}")))
            }
            (_, Some(error)) => Err(channel.unexpected_with(&request, &response, &self.hide(&error))),
            (_, None) => Err(channel.unexpected(&request, &response)),
        }
    }

    async fn revoke_token(&self, authorization: &Authorization, channel: &Channel) -> Result<(), Error> {
        let Some(token) = authorization.token() else {
            return Ok(());
        };
        let url = match (&self.sso.revoke_url, &self.sso.url) {
            (Some(url), _) => url.clone(),
            (None, None) => channel.engine_url("/services/sso-logout"),
            // The engine would not know the token of another server.
            (None, Some(_)) => return Ok(()),
        };
        let mut request = channel.request(Method::Post, &url)?;
        request.headers_mut().set("Accept", "application/json");
        request.headers_mut().set("Content-Type", FORM);
        request.set_body(form(&[("scope", SCOPE), ("token", token.as_str())]));
        let response = channel.send(request.clone()).await?;
        match response.is_success() {
            true => Ok(()),
            false => Err(channel.unexpected(&request, &response)),
        }
    }

    /// A text of the server without our password, should it be there.
    fn hide(&self, text: &str) -> String {
        match self.password.as_str() {
            "" => text.to_owned(),
            password => text.replace(password, "***"),
        }
    }
}

/// What a single sign-on says is wrong; it has two ways to say it.
fn problem<'t>(text: impl Fn(&str) -> Option<&'t str>) -> Option<String> {
    let code = text("error_code");
    let error = text("error");
    let parts = match (code, error, text("error_description")) {
        (None, None, _) => return None,
        (code, error, description) => [code, error, description],
    };
    let parts: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    excerpt(&parts.join(": "))
}

impl CredentialProvider for Password {
    fn name(&self) -> &'static str {
        if self.sso.url.is_some() { "external single sign-on" } else { "password" }
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = name_problems(&self.username, &self.password);
        let urls = [("sso_url", &self.sso.url), ("sso_revoke_url", &self.sso.revoke_url)];
        for (option, url) in urls {
            let Some(url) = url else { continue };
            match Url::parse(url) {
                Ok(url) if matches!(url.scheme(), "https" | "http") => {}
                Ok(url) => problems.push((option, format!("its scheme has to be https, not {}", url.scheme()))),
                Err(error) => problems.push((option, format!("it is no URL: {error}"))),
            }
        }
        if self.sso.token_name.is_empty() {
            problems.push(("sso_token_name", "it is empty".to_owned()));
        }
        problems
    }

    fn log_in<'a>(&'a self, channel: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(self.get_token(channel))
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.revoke_token(authorization, channel))
    }
}

/// A single sign-on at another URL than the engine's own.
pub struct ExternalSso(Password);

impl ExternalSso {
    pub(super) fn new(url: String, username: String, password: String) -> Self {
        let mut this = Password::new(username, password);
        this.sso.url = Some(url);
        Self(this)
    }

    /// Where the token is given back when the connection is closed; nowhere, unless it is set.
    #[must_use]
    pub fn revoke_url(mut self, url: impl Into<String>) -> Self {
        self.0.sso.revoke_url = Some(url.into());
        self
    }

    /// What the token is called in the answer; `access_token` unless it is set.
    #[must_use]
    pub fn token_name(mut self, name: impl Into<String>) -> Self {
        self.0.sso.token_name = name.into();
        self
    }
}

impl From<ExternalSso> for Credentials {
    fn from(sso: ExternalSso) -> Self {
        Self::provider(sso.0)
    }
}

impl std::fmt::Debug for ExternalSso {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExternalSso").field("url", &self.0.sso.url).finish_non_exhaustive()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Fields as a form sends them.
fn form(fields: &[(&str, &str)]) -> String {
    let mut encoded = String::new();
    for (name, value) in fields {
        if !encoded.is_empty() {
            encoded.push('&');
        }
        encoded.push_str(name);
        encoded.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => encoded.push(char::from(byte)),
                b' ' => encoded.push('+'),
                other => encoded.push_str(&format!("%{other:02X}")),
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms_are_encoded() {
        assert_eq!(super::form(&[("a", "x y&z=1+2"), ("b", "ü%@")]), "a=x+y%26z%3D1%2B2&b=%C3%BC%25%40");
    }
}
