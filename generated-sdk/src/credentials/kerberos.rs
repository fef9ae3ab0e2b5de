//! Kerberos without system libraries: tickets directly from the KDC.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use krb5::spnego::SpnegoInitiator;
use krb5::{AsyncKdcClient, CacheName, ClientError, Keytab, Krb5Conf, Principal};

use super::authorization::Authorization;
use super::login_client::LoginClient;
use super::negotiate::{Negotiate, Negotiation};
use super::provider::{CredentialProvider, Credentials};
use crate::error::Error;
use crate::http::BoxFuture;
use crate::secret::SecretText;

/// Kerberos without system libraries (feature `kerberos`): tickets for the engine's web server, exchanged for a token of
/// the engine's single sign-on.
///
/// The KDC is found as with MIT's tools: from `/etc/krb5.conf` or the files in `KRB5_CONFIG`, otherwise from DNS.
///
/// ```
/// use ovirt_sdk::Connection;
/// use ovirt_sdk::credentials::Kerberos;
///
/// let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
///     .credentials(Kerberos::password("alice@EXAMPLE.COM", "secret"))
///     .build()?;
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct Kerberos {
    source: Source,
    config: Option<PathBuf>,
}

#[derive(Clone)]
enum Source {
    Cache(Option<String>),
    Password { principal: String, password: SecretText },
    Keytab { principal: String, path: PathBuf },
}

impl Kerberos {
    /// Uses the ticket in the default cache, which `kinit` writes and `KRB5CCNAME` overrides.
    pub fn cache() -> Self {
        Self::new(Source::Cache(None))
    }

    /// Uses the ticket in another cache: a path, or a name such as `DIR:/run/user/1000/krb5cc`.
    pub fn cache_named(name: impl Into<String>) -> Self {
        Self::new(Source::Cache(Some(name.into())))
    }

    /// Uses a principal, such as `alice@EXAMPLE.COM`, and its password. The default realm applies if it has none.
    pub fn password(principal: impl Into<String>, password: impl Into<String>) -> Self {
        Self::new(Source::Password { principal: principal.into(), password: SecretText::from(password) })
    }

    /// Uses a principal and a keytab file, for unattended programs.
    pub fn keytab(principal: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(Source::Keytab { principal: principal.into(), path: path.into() })
    }

    /// Sets the configuration file, instead of `KRB5_CONFIG` and `/etc/krb5.conf`.
    #[must_use]
    pub fn config_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self
    }

    fn new(source: Source) -> Self {
        Self { source, config: None }
    }

    fn config(&self) -> Result<Krb5Conf, String> {
        match &self.config {
            // The library accepts a missing file.
            Some(path) if !path.exists() => Err(format!("`{}` does not exist", path.display())),
            Some(path) => Krb5Conf::load([path]).map_err(|error| error.to_string()),
            None => Krb5Conf::load_default().map_err(|error| error.to_string()),
        }
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let config = self.config().map_err(|problem| problems.push(("config_file", problem))).unwrap_or_default();
        let mut check = |option, outcome: Result<(), String>| {
            problems.extend(outcome.err().map(|problem| (option, problem)));
        };
        match &self.source {
            Source::Cache(name) => {
                check("cache", cache(name.as_deref(), &config).map(drop).map_err(|it| it.to_string()))
            }
            Source::Password { principal, password } => {
                check("principal", parse(principal, &config).map(drop));
                check("password", if password.is_empty() { Err("missing".to_owned()) } else { Ok(()) });
            }
            Source::Keytab { principal, path } => {
                check("principal", parse(principal, &config).map(drop));
                let read = Keytab::load(path).map(drop);
                check("keytab", read.map_err(|error| format!("can't read `{}`: {error}", path.display())));
            }
        }
        problems
    }

    /// Returns a SPNEGO token with a ticket for a host, and the context that continues the negotiation.
    async fn ticket(&self, host: &str) -> Result<(SpnegoInitiator, Vec<u8>), Error> {
        let config = self.config().map_err(|problem| Error::custom(format!("Kerberos: {problem}")))?;
        let service = Principal::host_service("HTTP", host, &config);
        let ticket = async {
            Ok(match &self.source {
                Source::Cache(name) => {
                    let cache = cache(name.as_deref(), &config)?.resolved()?;
                    let realm = cache.read()?.principal.realm;
                    AsyncKdcClient::from_config(&config, &realm).await?.service_ticket_cached(&cache, &service).await?
                }
                Source::Password { principal, password } => {
                    let principal = parse(principal, &config).map_err(ClientError::Protocol)?;
                    let kdc = AsyncKdcClient::from_config(&config, &principal.realm).await?;
                    let granting = kdc.login_with_password(&principal, password).await?;
                    kdc.service_ticket(&granting, &service).await?
                }
                Source::Keytab { principal, path } => {
                    let principal = parse(principal, &config).map_err(ClientError::Protocol)?;
                    let keytab = Keytab::load(path).map_err(|error| ClientError::NoKey(error.to_string()))?;
                    let kdc = AsyncKdcClient::from_config(&config, &principal.realm).await?;
                    let granting = kdc.login_with_keytab(&principal, &keytab).await?;
                    kdc.service_ticket(&granting, &service).await?
                }
            })
        };
        let wrapped = ticket.await.and_then(|ticket| SpnegoInitiator::new(&ticket, 0));
        wrapped.map_err(|error: ClientError| explained(&error, host))
    }
}

fn cache(name: Option<&str>, config: &Krb5Conf) -> Result<CacheName, krb5::CacheError> {
    match name {
        Some(name) => CacheName::parse_with(name, config),
        None => CacheName::default(config),
    }
}

fn parse(principal: &str, config: &Krb5Conf) -> Result<Principal, String> {
    let parsed = match (principal, config.default_realm()) {
        ("", _) => return Err("missing".to_owned()),
        (whole, _) if whole.contains('@') => Principal::parse(whole),
        (name, Some(realm)) => Principal::parse_in_realm(name, realm),
        (name, None) => {
            return Err(format!("`{name}` has no realm, and there is no default realm; write `{name}@EXAMPLE.COM`"));
        }
    };
    parsed.map_err(|_| format!("`{principal}` does not have the form `name@EXAMPLE.COM`"))
}

/// Classifies a failure: rejected credentials, which delay the next attempt, or another error.
fn explained(error: &ClientError, host: &str) -> Error {
    let (refused, hint) = match error.kdc_code() {
        Some(6) => (true, "the realm does not know the principal".to_owned()),
        Some(18) => (true, "the principal is locked or expired".to_owned()),
        Some(23) => (true, "the password has expired; set a new one with `kpasswd`".to_owned()),
        Some(24 | 31) => (true, "the password or the key in the keytab is wrong".to_owned()),
        Some(7) => {
            let hint =
                format!("the realm does not know `HTTP/{host}`; the URL must contain the engine's name in the realm");
            (false, hint)
        }
        Some(37) => (false, "the clocks of this computer and the KDC differ too much".to_owned()),
        _ => (false, String::new()),
    };
    let problem = match hint.as_str() {
        "" => format!("Kerberos: {error}"),
        hint => format!("Kerberos: {error}; {hint}"),
    };
    if refused { Error::refused(problem) } else { Error::custom(problem) }
}

impl From<Kerberos> for Credentials {
    fn from(kerberos: Kerberos) -> Self {
        Self::provider(Provider(Arc::new(kerberos)))
    }
}

/// The state of a negotiation between tokens.
type Context = Mutex<Option<SpnegoInitiator>>;

async fn token(kerberos: Arc<Kerberos>, context: Arc<Context>, negotiation: Negotiation) -> Result<Vec<u8>, Error> {
    let context = || context.lock().unwrap_or_else(PoisonError::into_inner);
    match negotiation.challenge {
        None => {
            let (begun, token) = kerberos.ticket(&negotiation.host).await?;
            *context() = Some(begun);
            Ok(token)
        }
        Some(challenge) => {
            let answered = context().as_mut().map(|begun| begun.step(&challenge));
            match answered {
                Some(Ok(Some(token))) => Ok(token),
                Some(Err(error)) => Err(explained(&error, &negotiation.host)),
                Some(Ok(None)) | None => Err(Error::custom("Kerberos: the server continues a finished negotiation")),
            }
        }
    }
}

struct Provider(Arc<Kerberos>);

impl Provider {
    /// Each login has its own context: connections can share credentials and log in concurrently.
    fn negotiate(&self) -> Negotiate {
        let (kerberos, context) = (Arc::clone(&self.0), Arc::default());
        Negotiate::new(move |negotiation| token(Arc::clone(&kerberos), Arc::clone(&context), negotiation))
    }
}

impl CredentialProvider for Provider {
    fn name(&self) -> &'static str {
        "kerberos"
    }

    fn account(&self) -> Option<&str> {
        match &self.0.source {
            Source::Cache(name) => name.as_deref(),
            Source::Password { principal, .. } | Source::Keytab { principal, .. } => Some(principal),
        }
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        self.0.problems()
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(async { self.negotiate().log_in(client).await })
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { self.negotiate().log_out(authorization, client).await })
    }
}

impl std::fmt::Debug for Kerberos {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Kerberos");
        match &self.source {
            Source::Cache(name) => shown.field("cache", name),
            Source::Password { principal, .. } => shown.field("principal", principal),
            Source::Keytab { principal, path } => shown.field("principal", principal).field("keytab", path),
        };
        shown.finish_non_exhaustive()
    }
}
