//! Exchanging a password for a token.

use ::url::Url;

use super::authorization::Authorization;
use super::login_client::LoginClient;
use super::oauth::{SCOPE, Sso};
use super::provider::{CredentialProvider, Credentials, name_problems, wrong_password};
use crate::error::{Error, for_rejection};
use crate::http::BoxFuture;
use crate::secret::SecretText;

/// A user name and a password, exchanged for a token of a single sign-on.
pub(super) struct Password {
    username: String,
    password: SecretText,
    sso: Sso,
}

impl Password {
    pub(super) fn new(username: String, password: String) -> Self {
        Self { username, password: password.into(), sso: Sso::engine() }
    }

    async fn get_token(&self, client: &LoginClient) -> Result<Authorization, Error> {
        let fields = [
            ("grant_type", "password"),
            ("scope", SCOPE),
            ("username", self.username.as_str()),
            ("password", &*self.password),
        ];
        let request = self.sso.request(client, "/sso/oauth/token", &fields)?;
        let response = client.send(request.clone()).await?;
        let answer = self.sso.read(client, &request, &response)?;
        answer.token(&client.target(&request), &response, |reason| {
            for_rejection(reason).or_else(|| wrong_password(&self.username, reason))
        })
    }

    /// The URLs of an external single sign-on, by option.
    fn urls(&self) -> [(&'static str, &Option<String>); 2] {
        [("sso_url", &self.sso.url), ("sso_revoke_url", &self.sso.revoke_url)]
    }
}

impl CredentialProvider for Password {
    fn name(&self) -> &'static str {
        if self.sso.url.is_some() { "external single sign-on" } else { "password" }
    }

    fn account(&self) -> Option<&str> {
        Some(&self.username)
    }

    fn plain_http_option(&self) -> Option<&'static str> {
        let is_plain = |url: &Option<String>| {
            url.as_deref().and_then(|url| Url::parse(url).ok()).is_some_and(|url| url.scheme() == "http")
        };
        self.urls().into_iter().find(|(_, url)| is_plain(url)).map(|(option, _)| option)
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = name_problems(&self.username, &self.password);
        for (option, url) in self.urls() {
            let Some(url) = url else { continue };
            problems.extend(url_problem(url).map(|problem| (option, problem)));
        }
        if self.sso.token_name.is_empty() {
            problems.push(("sso_token_name", "empty".to_owned()));
        }
        problems
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(self.get_token(client))
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.sso.revoke(authorization, client))
    }
}

/// Returns the problem of a URL, without repeating the URL, which may contain a password.
fn url_problem(text: &str) -> Option<String> {
    if !text.contains("://") {
        return Some("must begin with https://".to_owned());
    }
    match Url::parse(text) {
        Err(error) => Some(format!("not a valid URL: {error}")),
        Ok(url) if !matches!(url.scheme(), "https" | "http") => {
            Some(format!("the scheme must be https, not {}", url.scheme()))
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Some("must not contain a user name or a password".to_owned())
        }
        Ok(_) => None,
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

    /// Sets the URL that revokes the token when the connection is closed. By default it is not revoked.
    #[must_use]
    pub fn revoke_url(mut self, url: impl Into<String>) -> Self {
        self.0.sso.revoke_url = Some(url.into());
        self
    }

    /// Sets the name of the token in the response; `access_token` by default.
    #[must_use]
    pub fn token_name(mut self, name: impl Into<String>) -> Self {
        self.0.sso.token_name = name.into();
        self
    }
}

impl From<ExternalSso> for Credentials {
    fn from(ExternalSso(password): ExternalSso) -> Self {
        Self::provider(password)
    }
}

impl std::fmt::Debug for ExternalSso {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may contain secrets.
        f.debug_struct("ExternalSso").finish_non_exhaustive()
    }
}
