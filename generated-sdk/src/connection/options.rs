//! The options of a connection and their validation.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::clock::{Clock, LONGEST, RealClock};
use crate::credentials::{CredentialProvider as _, Credentials, variable_of};
use crate::error::Error;
use crate::http::Headers;
use crate::pipeline::curl::{CurlFile, CurlOptions, CurlProxy};
use crate::pipeline::{Policy, Position, RetryPolicy};
use crate::secret::Secrets;
use crate::transport::network::{self, Network};
use crate::transport::proxy::Proxy;
use crate::transport::tls::{ClientIdentity, Tls, certificates, private_key};
use crate::transport::{Recorder, Transport};
use crate::url::BaseUrl;

/// Returns the problem of a timeout.
pub(super) fn timeout_problem(timeout: Duration) -> Option<&'static str> {
    let wrong = timeout.is_zero() || timeout > LONGEST;
    wrong.then_some("must be greater than 0 and at most a year")
}

type Problems = Vec<(&'static str, String)>;

/// A text in the PEM format.
pub(super) enum Pem {
    File(PathBuf),
    Text(Zeroizing<Vec<u8>>),
}

impl Pem {
    pub(super) fn text(text: impl Into<Vec<u8>>) -> Self {
        Self::Text(Zeroizing::new(text.into()))
    }

    fn read(self) -> Result<Zeroizing<Vec<u8>>, String> {
        match self {
            Self::Text(text) => Ok(text),
            Self::File(path) => std::fs::read(&path)
                .map(Zeroizing::new)
                .map_err(|error| format!("can't read `{}`: {error}", path.display())),
        }
    }

    /// The file for a command.
    fn for_curl(&self) -> CurlFile {
        match self {
            Self::Text(_) => CurlFile::Variable,
            Self::File(path) => CurlFile::Path(path.clone()),
        }
    }

    /// Reads and converts the text. Problems with its content name the file.
    fn parse<T>(self, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, String> {
        let file = match &self {
            Self::Text(_) => String::new(),
            Self::File(path) => format!("`{}`: ", path.display()),
        };
        parse(&self.read()?).map_err(|problem| format!("{file}{problem}"))
    }
}

/// The options as set on the builder.
pub(super) struct Options {
    pub(super) url: String,
    /// The name under which the URL was set.
    pub(super) url_option: &'static str,
    /// The port, in place of the one in the URL.
    pub(super) port: Option<u16>,
    pub(super) credentials: Option<Credentials>,
    /// Why there are no credentials.
    pub(super) credential_problems: Vec<(&'static str, String)>,
    /// Whether the credentials come from the environment.
    pub(super) credentials_from_environment: bool,
    pub(super) authorities: Vec<(&'static str, Pem)>,
    pub(super) ca_only: bool,
    pub(super) insecure: bool,
    pub(super) client_certificate: Option<Pem>,
    /// The key of the client certificate, if it is separate.
    pub(super) client_key: Option<Pem>,
    pub(super) proxy: Proxy,
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) max_connections: usize,
    pub(super) max_logins: usize,
    pub(super) max_body: u64,
    pub(super) compression: bool,
    pub(super) headers: Headers,
    pub(super) user_agent: String,
    pub(super) filter: bool,
    pub(super) all_content: bool,
    pub(super) retry: RetryPolicy,
    pub(super) policies: Vec<(Position, Arc<dyn Policy>)>,
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) recorder: Option<Recorder>,
    pub(super) clock: Arc<dyn Clock>,
    /// Problems found before validation.
    pub(super) problems: Problems,
}

/// Valid options.
pub(super) struct Checked {
    pub(super) base: BaseUrl,
    pub(super) credentials: Credentials,
    pub(super) timeout: Duration,
    pub(super) max_connections: usize,
    pub(super) max_logins: usize,
    pub(super) max_body: u64,
    /// Secrets of options that requests don't contain.
    pub(super) secrets: Secrets,
    pub(super) headers: Headers,
    pub(super) user_agent: String,
    pub(super) filter: bool,
    pub(super) all_content: bool,
    pub(super) retry: RetryPolicy,
    pub(super) policies: Vec<(Position, Arc<dyn Policy>)>,
    pub(super) curl: CurlOptions,
    pub(super) transport: Arc<dyn Transport>,
    /// Whether policies of the program or a recorder read the bodies of responses.
    pub(super) reads_bodies: bool,
    pub(super) clock: Arc<dyn Clock>,
    #[cfg(feature = "images")]
    pub(super) direct: Option<crate::transport::direct::Direct>,
}

impl Options {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            url_option: "url",
            port: None,
            credentials: None,
            credential_problems: Vec::new(),
            credentials_from_environment: false,
            authorities: Vec::new(),
            ca_only: false,
            insecure: false,
            client_certificate: None,
            client_key: None,
            proxy: Proxy::Environment,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(300),
            max_connections: 64,
            max_logins: 4,
            max_body: 256 << 20,
            compression: true,
            headers: Headers::new(),
            user_agent: concat!("ovirt-sdk-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            filter: false,
            all_content: false,
            retry: RetryPolicy::new(),
            policies: Vec::new(),
            transport: None,
            recorder: None,
            clock: Arc::new(RealClock::new()),
            problems: Vec::new(),
        }
    }

    /// Validates all options and reports all problems together.
    pub(super) fn check(mut self) -> Result<Checked, Error> {
        let mut problems = std::mem::take(&mut self.problems);
        // Already reported under another name.
        let no_url = problems.iter().any(|(option, _)| *option == "OVIRT_URL");
        let credential_problems = std::mem::take(&mut self.credential_problems);
        let base = match BaseUrl::parse(&self.url) {
            Ok(base) => Some(self.port.into_iter().fold(base, BaseUrl::with_port)),
            Err(_) if no_url => None,
            Err(problem) => {
                problems.push((self.url_option, problem));
                None
            }
        };
        if !self.insecure {
            let url = base.as_ref().is_some_and(|base| !base.is_https()).then_some(self.url_option);
            let other = self.credentials.as_ref().and_then(Credentials::plain_http_option);
            let problem = "http:// exposes the credentials; use https://, or set `insecure` as well";
            problems.extend(url.into_iter().chain(other).map(|option| (option, problem.to_owned())));
        }
        match &self.credentials {
            Some(credentials) => {
                let found = credentials.problems();
                let named = |option| if self.credentials_from_environment { variable_of(option) } else { option };
                problems.extend(found.into_iter().map(|(option, problem)| (named(option), problem)));
            }
            None if credential_problems.is_empty() => problems.push(("credentials", "missing".to_owned())),
            None => problems.extend(credential_problems),
        }
        self.check_values(&mut problems);
        let curl = self.curl();
        let secrets = self.secrets();
        let tls = self.check_tls(&mut problems).config();
        #[cfg(feature = "images")]
        let direct = tls.as_ref().ok().map(|tls| crate::transport::direct::Direct {
            tls: tls.clone(),
            proxy: self.proxy.clone(),
            connect_timeout: self.connect_timeout,
        });
        let transport = match self.transport.take() {
            Some(transport) => Some(transport),
            None => {
                let network = tls.map(|tls| {
                    Network::new(network::Options {
                        tls,
                        proxy: std::mem::take(&mut self.proxy),
                        connect_timeout: self.connect_timeout,
                        max_connections: self.max_connections,
                        compression: self.compression,
                    })
                });
                network.map_err(|problem| problems.push(problem)).ok().map(|network| Arc::new(network) as _)
            }
        };
        match (base, self.credentials, transport) {
            (Some(base), Some(credentials), Some(transport)) if problems.is_empty() => Ok(Checked {
                base,
                credentials,
                timeout: self.timeout,
                max_connections: self.max_connections,
                max_logins: self.max_logins,
                max_body: self.max_body,
                secrets,
                headers: self.headers,
                user_agent: self.user_agent,
                filter: self.filter,
                all_content: self.all_content,
                retry: self.retry,
                reads_bodies: !self.policies.is_empty() || self.recorder.is_some(),
                policies: self.policies,
                curl,
                clock: self.clock,
                #[cfg(feature = "images")]
                direct,
                transport: match self.recorder {
                    Some(recorder) => recorder.around(transport),
                    None => transport,
                },
            }),
            _ => Err(Error::options(problems)),
        }
    }

    /// The secrets of options that requests don't contain: a proxy can repeat its password.
    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        let Proxy::Url(url) = &self.proxy else { return secrets };
        if let Some((user, password)) = Url::parse(url).ok().and_then(|url| {
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            Some((decoded(url.username()), decoded(url.password()?)))
        }) {
            let basic = BASE64_STANDARD.encode(format!("{user}:{password}"));
            secrets.add_header(&format!("Basic {basic}"));
            secrets.add(&basic);
        }
        secrets
    }

    fn check_values(&self, problems: &mut Problems) {
        for (option, duration) in [("connect_timeout", self.connect_timeout), ("timeout", self.timeout)] {
            problems.extend(timeout_problem(duration).map(|problem| (option, problem.to_owned())));
        }
        for (option, is_zero) in [
            ("port", self.port == Some(0)),
            ("max_connections", self.max_connections == 0),
            ("max_logins", self.max_logins == 0),
            ("max_body", self.max_body == 0),
        ] {
            if is_zero {
                problems.push((option, "must be at least 1".to_owned()));
            }
        }
        if self.max_connections > tokio::sync::Semaphore::MAX_PERMITS {
            problems.push(("max_connections", "too large".to_owned()));
        }
        for (name, value) in self.headers.iter() {
            problems.extend(Headers::problem(name, value).map(|problem| ("header", problem)));
        }
        if self.user_agent.is_empty() || self.user_agent.chars().any(char::is_control) {
            problems.push(("user_agent", "empty, or contains control characters".to_owned()));
        }
        // A custom transport uses no proxy.
        if self.transport.is_none() {
            problems.extend(self.proxy.problem(&self.url, |name| std::env::var_os(name)));
        }
    }

    /// The options of a command that sends a request of the connection.
    fn curl(&self) -> CurlOptions {
        let authorities = match self.authorities.as_slice() {
            [] => None,
            [(_, one)] => Some(one.for_curl()),
            _ => Some(CurlFile::Variable),
        };
        // In a text without a host, a password can be anywhere.
        let is_open = |url: &str| {
            Url::parse(url).is_ok_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
        };
        CurlOptions {
            insecure: self.insecure,
            compressed: self.compression,
            authorities,
            certificate: self.client_certificate.as_ref().map(Pem::for_curl),
            key: self.client_key.as_ref().map(Pem::for_curl),
            proxy: match &self.proxy {
                Proxy::Environment => CurlProxy::Environment,
                Proxy::None => CurlProxy::None,
                Proxy::Url(url) if is_open(url) => CurlProxy::Url(url.clone()),
                Proxy::Url(_) => CurlProxy::Secret,
            },
        }
    }

    fn check_tls(&mut self, problems: &mut Problems) -> Tls {
        let mut tls = Tls { insecure: self.insecure, ..Tls::default() };
        if self.ca_only && self.authorities.is_empty() {
            problems.push(("ca_only", "needs `ca_file` or `ca_pem`".to_owned()));
        }
        for (option, pem) in self.authorities.drain(..) {
            match pem.parse(certificates) {
                Ok(certificates) => tls.authorities.extend(certificates),
                Err(problem) => problems.push((option, problem)),
            }
        }
        tls.only_authorities = self.ca_only && !tls.authorities.is_empty();
        let (certificate, key) = (self.client_certificate.take(), self.client_key.take());
        if certificate.is_none() && key.is_some() {
            problems.push(("client_key", "needs `client_certificate_file` or `client_certificate_pem`".to_owned()));
        }
        if let Some(pem) = certificate {
            tls.identity = identity(pem, key).map_err(|problem| problems.push(problem)).ok();
        }
        tls
    }
}

/// Reads a client certificate and its private key, which is in the same text unless there is another one.
fn identity(certificate: Pem, key: Option<Pem>) -> Result<ClientIdentity, (&'static str, String)> {
    let in_certificate = |problem| ("client_certificate", problem);
    match key {
        None => certificate.parse(|text| Ok((certificates(text)?, private_key(text)?))).map_err(in_certificate),
        Some(key) => {
            let chain = certificate.parse(certificates).map_err(in_certificate)?;
            let key = key.parse(private_key).map_err(|problem| ("client_key", problem))?;
            Ok((chain, key))
        }
    }
}
