//! Tokens for who is known to a server by other means: Kerberos.

use super::base64::{decode, encode};
use super::oauth::{Answer, SCOPE, Sso};
use super::{Authorization, Channel, CredentialProvider};
use crate::error::{Error, KERBEROS, LoginFailure};
use crate::pipeline::{BoxFuture, Request, Response};

/// How it is called in headers.
const SCHEME: &str = "Negotiate";

/// Nobody needs more tokens for one login.
const ROUNDS: usize = 8;

/// What the next token of SPNEGO is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Negotiation {
    /// The service, as GSSAPI calls services of hosts: `HTTP@engine.example.com`.
    pub service: String,
    /// The name of the host alone.
    pub host: String,
    /// What the server answered to the last token; absent when the login begins.
    pub challenge: Option<Vec<u8>>,
}

type Tokens = dyn Fn(Negotiation) -> BoxFuture<'static, Result<Vec<u8>, Error>> + Send + Sync;

/// A token of the single sign-on for tokens of SPNEGO.
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

    async fn get_token(&self, channel: &Channel) -> Result<Authorization, Error> {
        let fields = [("grant_type", "urn:ovirt:params:oauth:grant-type:http"), ("scope", SCOPE)];
        let mut request = self.sso.request(channel, "/sso/oauth/token-http-auth", &fields)?;
        let host = request.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let target = channel.target(&request);
        for round in 0..ROUNDS {
            let response = channel.send(request.clone()).await?;
            let answer = self.sso.read(channel, &request, &response, str::to_owned)?;
            if response.status() != 401 || matches!(answer, Answer::Token(_)) {
                return answer.token(&target, &response, KERBEROS);
            }
            let challenge = match (challenge(&response), round) {
                (Some(Challenge::Begin), 0) => None,
                (Some(Challenge::Continue(token)), 1..) => Some(token),
                (None, 0) => {
                    return Err(refused(format!("{target} does not take {SCHEME} (401{})", offers(&response))));
                }
                _ => return Err(refused(format!("{target} does not accept the token of {SCHEME} (401)"))),
            };
            if round + 1 == ROUNDS {
                break;
            }
            let negotiation = Negotiation { service: format!("HTTP@{host}"), host: host.clone(), challenge };
            let token = (self.tokens)(negotiation).await?;
            authorize(&mut request, &token);
        }
        Err(Error::custom(format!("{target} wants more than {} tokens of {SCHEME}", ROUNDS - 1)))
    }
}

fn authorize(request: &mut Request, token: &[u8]) {
    request.headers_mut().set_secret("Authorization", &format!("{SCHEME} {}", encode(token)));
}

/// What a server says to go on with.
enum Challenge {
    Begin,
    Continue(Vec<u8>),
}

fn challenge(response: &Response) -> Option<Challenge> {
    let offers = response.headers().get_all("WWW-Authenticate").flat_map(|value| value.split(','));
    offers.map(str::trim).find_map(|offer| {
        let (scheme, token) = offer.split_once(' ').unwrap_or((offer, ""));
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        match token.trim() {
            "" => Some(Challenge::Begin),
            token => decode(token).map(Challenge::Continue),
        }
    })
}

fn refused(problem: String) -> Error {
    Error::login(LoginFailure::refused_by_server(401, problem, Some(KERBEROS)))
}

/// What else a server takes, for texts.
fn offers(response: &Response) -> String {
    let offers = response.headers().get_all("WWW-Authenticate");
    let schemes: Vec<&str> = offers.filter_map(|offer| offer.split([' ', ',']).next()).collect();
    match schemes.is_empty() {
        true => String::new(),
        false => format!(", it takes {}", schemes.join(", ")),
    }
}

impl CredentialProvider for Negotiate {
    fn name(&self) -> &'static str {
        "negotiate"
    }

    fn log_in<'a>(&'a self, channel: &'a Channel) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(self.get_token(channel))
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        channel: &'a Channel,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.sso.revoke(authorization, channel))
    }
}
