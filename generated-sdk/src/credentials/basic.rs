//! Basic authentication, and sessions with a cookie.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::authorization::{Authorization, PREFER};
use super::login_client::LoginClient;
use super::provider::{CredentialProvider, name_problems, wrong_password};
use crate::error::{Error, LoginFailure, for_rejection, is_stopping, reason};
use crate::http::{BoxFuture, Headers, Method, Response};
use crate::secret::SecretText;

/// The cookie of a session.
const COOKIE: &str = "JSESSIONID";

/// The value of the header that makes the engine keep a session.
const PERSISTENT: &str = "persistent-auth";

/// A user name and a password with every request.
pub(super) struct Basic {
    username: String,
    password: SecretText,
}

impl Basic {
    pub(super) fn new(username: String, password: String) -> Self {
        Self { username, password: password.into() }
    }

    /// The value of the header `Authorization`.
    fn header(&self) -> SecretText {
        let text = SecretText::from(format!("{}:{}", self.username, &*self.password));
        format!("Basic {}", &*SecretText::from(BASE64_STANDARD.encode(text.as_bytes()))).into()
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = name_problems(&self.username, &self.password);
        if self.username.contains(':') {
            problems.push(("username", "must not contain `:`, which basic authentication can't send".to_owned()));
        }
        problems
    }

    /// Reads the root of the API, which every user may read.
    async fn probe(&self, client: &LoginClient, prefer: bool) -> Result<Response, Error> {
        let mut request = client.request(Method::Get, client.api_url())?;
        request.headers_mut().set("Authorization", &*self.header());
        if prefer {
            request.headers_mut().set(PREFER, PERSISTENT);
        }
        let response = client.send(request.clone()).await?;
        let reason = reason(response.headers(), response.body().bytes().unwrap_or_default()).unwrap_or_default();
        match response.status() {
            401 if is_stopping(&reason) => Err(client.unexpected(&request, &response)),
            401 => {
                let hint = for_rejection(&reason).or_else(|| wrong_password(&self.username, &reason));
                let problem = match reason.as_str() {
                    "" => "the engine rejected user name and password (401)".to_owned(),
                    reason => format!("{reason} (401)"),
                };
                Err(Error::login(LoginFailure::refused_by_server(401, problem, hint)))
            }
            _ if response.is_success() => client.check(&request, &response).map(|()| response),
            _ => Err(client.unexpected(&request, &response)),
        }
    }
}

impl CredentialProvider for Basic {
    fn name(&self) -> &'static str {
        "basic"
    }

    fn account(&self) -> Option<&str> {
        Some(&self.username)
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        self.problems()
    }

    fn sample(&self) -> Authorization {
        Authorization::headers(Headers::from_iter([("Authorization", "Basic dTpw")]))
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async move {
            self.probe(client, false).await?;
            Ok(Authorization::headers(Headers::from_iter([("Authorization", &*self.header())])))
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

    fn sample(&self) -> Authorization {
        Authorization::headers(Headers::from_iter([("Cookie", "JSESSIONID=id"), (PREFER, PERSISTENT)]))
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async move {
            let response = self.0.probe(client, true).await?;
            let cookies = response.headers().get_all("Set-Cookie");
            let cookie = cookies
                .filter_map(|cookie| cookie.split(';').next())
                .map(str::trim)
                .find(|cookie| cookie.split_once('=').is_some_and(|(name, value)| name == COOKIE && !value.is_empty()));
            let cookie = cookie.ok_or_else(|| Error::custom(format!("the engine returned no cookie {COOKIE}")))?;
            Ok(Authorization::headers(Headers::from_iter([("Cookie", cookie), (PREFER, PERSISTENT)])))
        })
    }

    /// Ends the session with a request that does not ask to keep it.
    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let mut request = client.request(Method::Get, client.api_url())?;
            authorization.apply(&mut request);
            request.headers_mut().remove(PREFER);
            let response = client.send(request.clone()).await?;
            match response.status() {
                // The session had already ended.
                401 => Ok(()),
                _ if response.is_success() => client.check(&request, &response),
                _ => Err(client.unexpected(&request, &response)),
            }
        })
    }
}
