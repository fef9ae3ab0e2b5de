//! Negotiate authentication (SPNEGO), for Kerberos.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::authorization::Authorization;
use super::login_client::LoginClient;
use super::oauth::{Answer, SCOPE, Sso};
use super::provider::CredentialProvider;
use crate::error::{Error, KERBEROS, LoginFailure, PASSWORD, for_rejection};
use crate::http::{BoxFuture, Request, Response};

/// The name of the scheme in headers.
const SCHEME: &str = "Negotiate";

/// The maximum number of tokens for one login.
const ROUNDS: usize = 8;

/// The state of a negotiation, for the next SPNEGO token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Negotiation {
    /// The GSSAPI name of the service: `HTTP@engine.example.com`.
    pub service: String,
    /// The host name.
    pub host: String,
    /// The server's response to the previous token; `None` for the first token.
    pub challenge: Option<Vec<u8>>,
}

type Tokens = dyn Fn(Negotiation) -> BoxFuture<'static, Result<Vec<u8>, Error>> + Send + Sync;

/// Exchanges SPNEGO tokens for a token of the single sign-on.
pub(super) struct Negotiate {
    tokens: Box<Tokens>,
    sso: Sso,
}

impl Negotiate {
    pub(super) fn new<F, T>(tokens: F) -> Self
    where
        F: Fn(Negotiation) -> T + Send + Sync + 'static,
        T: Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
    {
        Self { tokens: Box::new(move |negotiation| Box::pin(tokens(negotiation))), sso: Sso::engine() }
    }

    async fn get_token(&self, client: &LoginClient) -> Result<Authorization, Error> {
        let fields = [("grant_type", "urn:ovirt:params:oauth:grant-type:http"), ("scope", SCOPE)];
        let mut request = self.sso.request(client, "/sso/oauth/token-http-auth", &fields)?;
        let host = request.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let target = client.target(&request);
        for round in 0..ROUNDS {
            let response = client.send(request.clone()).await?;
            let answer = self.sso.read(client, &request, &response)?;
            if response.status() != 401 || matches!(answer, Answer::Token(_)) {
                return answer.token(&target, &response, |reason| {
                    for_rejection(reason).filter(|hint| *hint != PASSWORD).or(Some(KERBEROS))
                });
            }
            let challenge = match (challenge(&response), round) {
                (Some(Challenge::Begin), 0) => None,
                (Some(Challenge::Continue(token)), 1..) => Some(token),
                (None, 0) => {
                    return Err(refused(format!(
                        "{target} does not support {SCHEME} (401{})",
                        other_schemes(&response)
                    )));
                }
                _ => return Err(refused(format!("{target} rejected the {SCHEME} token (401)"))),
            };
            if round + 1 == ROUNDS {
                break;
            }
            let negotiation = Negotiation { service: format!("HTTP@{host}"), host: host.clone(), challenge };
            let token = (self.tokens)(negotiation).await?;
            authorize(&mut request, &token);
        }
        Err(Error::custom(format!("{target} requested more than {} {SCHEME} tokens", ROUNDS - 1)))
    }
}

fn authorize(request: &mut Request, token: &[u8]) {
    request.headers_mut().set_secret("Authorization", format!("{SCHEME} {}", BASE64_STANDARD.encode(token)));
}

/// What the server asks for.
enum Challenge {
    /// The first token.
    Begin,
    /// The next token, given one of the server.
    Continue(Vec<u8>),
}

/// Returns the challenge of the scheme, unless the response has none.
fn challenge(response: &Response) -> Option<Challenge> {
    let challenges = response.headers().get_all("WWW-Authenticate").flat_map(|value| value.split(','));
    challenges.map(str::trim).find_map(|challenge| {
        let (scheme, token) = challenge.split_once(' ').unwrap_or((challenge, ""));
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        match token.trim() {
            "" => Some(Challenge::Begin),
            token => BASE64_STANDARD.decode(token).ok().map(Challenge::Continue),
        }
    })
}

fn refused(problem: String) -> Error {
    Error::login(LoginFailure::refused_by_server(401, problem, Some(KERBEROS)))
}

/// The schemes that the server supports instead, for error texts.
fn other_schemes(response: &Response) -> String {
    let challenges = response.headers().get_all("WWW-Authenticate");
    let schemes: Vec<&str> = challenges.filter_map(|challenge| challenge.split([' ', ',']).next()).collect();
    match schemes.is_empty() {
        true => String::new(),
        false => format!(", it supports {}", schemes.join(", ")),
    }
}

impl CredentialProvider for Negotiate {
    fn name(&self) -> &'static str {
        "negotiate"
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
