//! Requesting and revoking tokens of a single sign-on.

use super::authorization::Authorization;
use super::json;
use super::login_client::{LoginClient, markup};
use crate::error::{Error, LoginFailure, excerpt, is_stopping};
use crate::http::{Method, Request, Response};

/// The scope that the API requires.
pub(super) const SCOPE: &str = "ovirt-app-api";
pub(super) const TOKEN_NAME: &str = "access_token";

/// The source of a token.
pub(super) struct Sso {
    /// `None` for the engine's own single sign-on.
    pub(super) url: Option<String>,
    pub(super) revoke_url: Option<String>,
    pub(super) token_name: String,
}

/// The outcome of a token request.
pub(super) enum Answer {
    Token(Authorization),
    /// The credentials were rejected, with the reason if the server states one.
    Refused(Option<String>),
}

impl Sso {
    pub(super) fn engine() -> Self {
        Self { url: None, revoke_url: None, token_name: TOKEN_NAME.to_owned() }
    }

    /// Builds the token request, to an endpoint of the engine unless another URL is set.
    pub(super) fn request(
        &self,
        client: &LoginClient,
        endpoint: &str,
        fields: &[(&str, &str)],
    ) -> Result<Request, Error> {
        let url = self.url.clone().unwrap_or_else(|| client.engine_url(endpoint));
        form_request(client, &url, fields)
    }

    /// Reads the response.
    pub(super) fn read(&self, client: &LoginClient, request: &Request, response: &Response) -> Result<Answer, Error> {
        let status = response.status();
        let body = response.body().bytes().unwrap_or_default();
        let object = json::object(&String::from_utf8_lossy(body));
        let text = |name: &str| -> Option<&str> { object.as_ref()?.get(name)?.as_str() };
        let token = text(&self.token_name).filter(|token| !token.is_empty());
        // Some servers repeat the request in their texts.
        let hide = |text: &str| {
            let mut secrets = response.secrets.clone();
            token.into_iter().for_each(|token| secrets.add(token));
            secrets.hide(text.to_owned())
        };
        let problem = problem(text);
        if response.is_success() && problem.is_none() {
            client.check(request, response)?;
        }
        match (token, problem) {
            (Some(token), None) if response.is_success() => Ok(Answer::Token(Authorization::bearer(token))),
            // A server error says nothing about the credentials.
            (_, Some(error)) if status < 500 && !is_stopping(&error) => Ok(Answer::Refused(Some(hide(&error)))),
            (_, None) if status == 401 || status == 403 => Ok(Answer::Refused(None)),
            (None, None) if object.is_some() && response.is_success() => {
                let (target, name) = (client.target(request), &self.token_name);
                let way_out = match self.url {
                    Some(_) => "; set its name with `token_name`",
                    None => "",
                };
                Err(Error::custom(format!("the response of {target} has no `{name}`{way_out}")))
            }
            (_, Some(error)) => Err(client.unexpected_with(request, response, &hide(&error))),
            (_, None) => {
                Err(client.unexpected_with(request, response, &hide(&String::from_utf8_lossy(markup(response)))))
            }
        }
    }

    pub(super) async fn revoke(&self, authorization: &Authorization, client: &LoginClient) -> Result<(), Error> {
        let Some(token) = authorization.token() else {
            return Ok(());
        };
        let url = match (&self.revoke_url, &self.url) {
            (Some(url), _) => url.clone(),
            (None, None) => client.engine_url("/services/sso-logout"),
            // The engine does not know tokens of other servers.
            (None, Some(_)) => return Ok(()),
        };
        let request = form_request(client, &url, &[("scope", SCOPE), ("token", token.as_str())])?;
        let response = client.send(request.clone()).await?;
        match response.is_success() {
            true => client.check(&request, &response),
            false => Err(client.unexpected(&request, &response)),
        }
    }
}

impl Answer {
    /// Returns the token, or the error for rejected credentials with a hint for the reason, which can be empty.
    pub(super) fn token(
        self,
        target: &str,
        response: &Response,
        hint: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Authorization, Error> {
        let status = response.status();
        match self {
            Self::Token(token) => Ok(token),
            Self::Refused(why) => {
                let hint = hint(why.as_deref().unwrap_or_default());
                let problem = why.unwrap_or_else(|| format!("{target} responded {status}"));
                Err(Error::login(LoginFailure::refused_by_server(status, problem, hint)))
            }
        }
    }
}

/// Returns the reason of a failure, which a single sign-on states in one of two forms.
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

fn form_request(client: &LoginClient, url: &str, fields: &[(&str, &str)]) -> Result<Request, Error> {
    let mut request = client.request(Method::Post, url)?;
    request.headers_mut().set("Accept", "application/json");
    request.headers_mut().set("Content-Type", "application/x-www-form-urlencoded");
    request.set_body(encode_form(fields).into_bytes());
    Ok(request)
}

/// Encodes the fields of a form.
fn encode_form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms_are_encoded() {
        assert_eq!(super::encode_form(&[("a", "x y&z=1+2"), ("b", "ü%@")]), "a=x+y%26z%3D1%2B2&b=%C3%BC%25%40");
    }
}
