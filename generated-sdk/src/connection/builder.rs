//! How a connection is made.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::handle::{Connection, Inner};
use super::options::{Options, Pem};
use crate::authentication::{Authentication, Authenticator};
use crate::credentials::{Credentials, LoginClient};
use crate::error::Error;
use crate::pipeline::correlation::Correlation;
use crate::pipeline::default_headers::DefaultHeaders;
use crate::pipeline::dispatch::Dispatch;
use crate::pipeline::logging::Logging;
use crate::pipeline::retry::Retry;
use crate::pipeline::{Pipeline, Policy, Position, RetryPolicy};
use crate::transport::network::Proxy;
use crate::transport::{Recorder, Transport};

/// Makes a [`Connection`]; begun by [`Connection::builder`].
///
/// What is wrong with the options is reported by [`build`](Self::build), all of it at once.
#[must_use = "a builder does nothing until `build`"]
pub struct ConnectionBuilder(Options);

impl ConnectionBuilder {
    pub(super) fn new(url: String) -> Self {
        Self(Options::new(url))
    }

    /// Problems that are known already.
    pub(super) fn with_problems(mut self, problems: Vec<(&'static str, String)>) -> Self {
        self.0.problems.extend(problems);
        self
    }

    /// Says that URL and credentials come from variables of the environment.
    pub(super) fn from_environment(mut self) -> Self {
        self.0.url_option = "OVIRT_URL";
        self.0.credentials_from_environment = true;
        self
    }

    /// Drops the problems of options that something was given in place of.
    fn settled(mut self, options: &[&str]) -> Self {
        self.0.problems.retain(|(option, _)| !options.contains(option));
        self
    }

    /// The URL of the API, in place of the one that was given before.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.0.url = url.into();
        self.0.url_option = "url";
        self.settled(&["OVIRT_URL"])
    }

    /// Who we are. There is no default.
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.0.credentials = Some(credentials.into());
        self.0.credentials_from_environment = false;
        self.settled(&["OVIRT_USERNAME", "OVIRT_PASSWORD", "OVIRT_TOKEN"])
    }

    /// A file of certificates of authorities (PEM) that are trusted beside those of the platform. Can be given several
    /// times. The engine serves its own at
    /// `/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA`.
    pub fn ca_file(self, path: impl Into<PathBuf>) -> Self {
        self.authority_file("ca_file", path.into())
    }

    /// As [`ca_file`](Self::ca_file), given by another name.
    pub(super) fn authority_file(mut self, option: &'static str, path: PathBuf) -> Self {
        self.0.authorities.push((option, Pem::File(path)));
        self
    }

    /// Certificates of authorities (PEM) that are trusted beside those of the platform. Can be given several times.
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.authorities.push(("ca_pem", Pem::Text(pem.into())));
        self
    }

    /// Whether any server is believed to be the engine: anybody in between can read the password. It also allows URLs
    /// that begin with `http://`. Off by default; for trying things out.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.0.insecure = insecure;
        self.settled(&["OVIRT_INSECURE"])
    }

    /// A file with our own certificate, what stands between it and its authority, and its private key (PEM), for
    /// servers that want to see one.
    pub fn client_certificate_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.client_certificate = Some(Pem::File(path.into()));
        self
    }

    /// As [`client_certificate_file`](Self::client_certificate_file), with the text (PEM) itself.
    pub fn client_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.client_certificate = Some(Pem::Text(pem.into()));
        self
    }

    /// The URL of an HTTP proxy, with user name and password where it wants them. By default the environment says
    /// (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.0.proxy = Proxy::Url(url.into());
        self
    }

    /// No proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.0.proxy = Proxy::None;
        self
    }

    /// How long it may take to get a TCP connection with TLS; 10 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.0.connect_timeout = timeout;
        self
    }

    /// How long a request may take in all, with login, further attempts and the body of the answer; 5 minutes by
    /// default. A request can have its own. When the answer is read in pieces, it holds until the first one comes and
    /// then for each further one.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = timeout;
        self
    }

    /// How many requests are under way at once; others wait. 64 by default.
    pub fn max_connections(mut self, max: usize) -> Self {
        self.0.max_connections = max;
        self
    }

    /// Whether the engine may compress its answers; on by default.
    pub fn compression(mut self, compression: bool) -> Self {
        self.0.compression = compression;
        self
    }

    /// A header of every request to the engine. Can be given several times, with one name too; a header of the request
    /// itself, of the same name, goes before all of them.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// What to call ourselves, in place of `ovirt-sdk-rust/` with the version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.0.user_agent = user_agent.into();
        self
    }

    /// Whether results are cut to what the user may see; users who are no administrators need it. Off by default.
    pub fn filter(mut self, filter: bool) -> Self {
        self.0.filter = filter;
        self
    }

    /// Whether objects come with everything, also with what is costly to get; off by default.
    pub fn all_content(mut self, all_content: bool) -> Self {
        self.0.all_content = all_content;
        self
    }

    /// How requests are tried again.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.0.retry = retry;
        self
    }

    /// Adds a policy of one's own; those of the same place are passed in the order in which they were added.
    pub fn policy(mut self, position: Position, policy: impl Policy + 'static) -> Self {
        self.0.policies.push((position, Arc::new(policy)));
        self
    }

    /// Another transport than the network. The options of TLS, the proxy, the connect timeout and the compression are
    /// not for it.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.0.transport = Some(Arc::new(transport));
        self
    }

    /// Records what passes the transport, without secrets.
    pub fn record(mut self, recorder: &Recorder) -> Self {
        self.0.recorder = Some(recorder.clone());
        self
    }

    /// Makes the connection. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When options are missing or wrong; the error lists all that are.
    pub fn build(self) -> Result<Connection, Error> {
        let options = self.0.check()?;
        let at = |wanted: Position| {
            let policies = options.policies.iter().filter(move |(position, _)| *position == wanted);
            policies.map(|(_, policy)| Arc::clone(policy))
        };
        let default_headers: Arc<dyn Policy> = Arc::new(DefaultHeaders::new(
            options.base.clone(),
            options.user_agent,
            options.headers,
            options.filter,
            options.all_content,
        ));
        let correlation: Arc<dyn Policy> = Arc::new(Correlation);
        let mut wire: Vec<Arc<dyn Policy>> = at(Position::Wire).collect();
        wire.push(Arc::new(Logging));
        wire.push(Arc::new(Dispatch::new(options.transport, options.max_connections)));

        let login = [Arc::clone(&default_headers), Arc::clone(&correlation)].into_iter().chain(wire.iter().cloned());
        let login = Arc::new(Pipeline::new(login.collect()));
        let client = LoginClient::new(options.base.clone(), login, options.timeout);
        let authenticator = Authenticator::new(options.credentials.into_provider(), client);

        let mut policies: Vec<Arc<dyn Policy>> = at(Position::Call).collect();
        policies.extend([default_headers, correlation]);
        policies.push(Arc::new(Retry(options.retry)));
        policies.extend(at(Position::Attempt));
        policies.push(Arc::new(Authentication(Arc::clone(&authenticator))));
        policies.extend(wire);
        let pipeline = Pipeline::new(policies);
        Ok(Connection(Arc::new(Inner { base: options.base, pipeline, authenticator, timeout: options.timeout })))
    }
}

impl Connection {
    /// Begins a connection to an engine: the URL is that of its API, usually
    /// `https://engine.example.com/ovirt-engine/api`.
    pub fn builder(url: impl Into<String>) -> ConnectionBuilder {
        ConnectionBuilder::new(url.into())
    }
}

impl fmt::Debug for ConnectionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionBuilder").field("credentials", &self.0.credentials).finish_non_exhaustive()
    }
}
