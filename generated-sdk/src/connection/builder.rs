//! Building a connection.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::handle::{Connection, Handle, Inner};
use super::options::{Options, Pem};
use super::shared::Shared;
use crate::authentication::{Authentication, Authenticator, LoginSlots};
use crate::clock::Clock;
use crate::credentials::{Credentials, LoginClient};
use crate::error::Error;
use crate::pipeline::correlation::Correlation;
use crate::pipeline::default_headers::DefaultHeaders;
use crate::pipeline::dispatch::Dispatch;
use crate::pipeline::logging::Logging;
use crate::pipeline::retry::Retry;
use crate::pipeline::{Pipeline, Policy, Position, RetryPolicy};
use crate::transport::proxy::Proxy;
use crate::transport::{Recorder, Transport};
use crate::url::origin;

/// Builds a [`Connection`]. Created by [`Connection::builder`].
///
/// [`build`](Self::build) reports all invalid options together.
#[must_use = "a builder does nothing until `build`"]
pub struct ConnectionBuilder(Options);

impl ConnectionBuilder {
    pub(super) fn new(url: String) -> Self {
        Self(Options::new(url))
    }

    /// Problems found before `build`.
    pub(super) fn with_problems(mut self, problems: Vec<(&'static str, String)>) -> Self {
        self.0.problems.extend(problems);
        self
    }

    /// Problems of the credentials found before `build`.
    pub(super) fn with_credential_problems(mut self, problems: Vec<(&'static str, String)>) -> Self {
        self.0.credential_problems = problems;
        self
    }

    /// Marks the URL and the credentials as coming from environment variables.
    pub(super) fn with_environment_options(mut self) -> Self {
        self.0.url_option = "OVIRT_URL";
        self.0.credentials_from_environment = true;
        self
    }

    /// Drops the problems of an option that was replaced.
    fn settled(mut self, replaced: &str) -> Self {
        self.0.problems.retain(|(option, _)| *option != replaced);
        self
    }

    /// Sets the URL of the API, replacing the previous one.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.0.url = url.into();
        self.0.url_option = "url";
        self.settled("OVIRT_URL")
    }

    /// Sets the port, in place of the one in the URL.
    pub fn port(mut self, port: u16) -> Self {
        self.0.port = Some(port);
        self
    }

    /// Sets the credentials. They are required.
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.0.credentials = Some(credentials.into());
        self.0.credentials_from_environment = false;
        self.0.credential_problems.clear();
        self
    }

    /// Trusts the certificate authorities in a PEM file, in addition to those of the platform. Can be called several
    /// times. The engine serves the certificate of its authority at
    /// `/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA`.
    pub fn ca_file(self, path: impl Into<PathBuf>) -> Self {
        self.authority_file("ca_file", path.into())
    }

    /// Like [`ca_file`](Self::ca_file), with the name of the option for error messages.
    pub(super) fn authority_file(mut self, option: &'static str, path: PathBuf) -> Self {
        self.0.authorities.push((option, Pem::File(path)));
        self
    }

    /// Trusts certificate authorities in PEM text, in addition to those of the platform. Can be called several times.
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.authorities.push(("ca_pem", Pem::text(pem)));
        self
    }

    /// Trusts only the authorities of [`ca_file`](Self::ca_file) and [`ca_pem`](Self::ca_pem), not those of the
    /// platform. Off by default.
    pub fn ca_only(mut self, only: bool) -> Self {
        self.0.ca_only = only;
        self
    }

    /// Disables the verification of certificates, and allows `http://` URLs. Anyone between the client and the engine
    /// can then read the password. Off by default; use it for experiments only.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.0.insecure = insecure;
        self.settled("OVIRT_INSECURE")
    }

    /// Sets a PEM file with the client certificate, its intermediate certificates and its private key, for servers that
    /// require one. The key can be in another file; see [`client_key_file`](Self::client_key_file).
    pub fn client_certificate_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.client_certificate = Some(Pem::File(path.into()));
        self
    }

    /// Like [`client_certificate_file`](Self::client_certificate_file), with the PEM text.
    pub fn client_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.client_certificate = Some(Pem::text(pem));
        self
    }

    /// Sets a PEM file with the private key of the client certificate, if it is not in the file of the certificate.
    pub fn client_key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.client_key = Some(Pem::File(path.into()));
        self
    }

    /// Like [`client_key_file`](Self::client_key_file), with the PEM text.
    pub fn client_key_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.0.client_key = Some(Pem::text(pem));
        self
    }

    /// Sets the URL of an HTTP proxy, with a user name and a password if it requires them. By default the environment
    /// variables `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` apply; an invalid one is an error. SOCKS proxies are not
    /// supported.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.0.proxy = Proxy::Url(url.into());
        self
    }

    /// Uses no proxy, regardless of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.0.proxy = Proxy::None;
        self
    }

    /// Sets the timeout for establishing a TCP connection with TLS; 10 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.0.connect_timeout = timeout;
        self
    }

    /// Sets the total timeout of a request, including login, retries and the response body; 5 minutes by default. A
    /// request can set its own. If the response is read item by item, the timeout limits the total time of waiting for
    /// the engine; the time between the items does not count.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = timeout;
        self
    }

    /// Sets the maximum number of concurrent requests; further ones wait. 64 by default. A list that is read item by
    /// item counts only until its response begins, so that requests for its items don't wait for its end.
    pub fn max_connections(mut self, max: usize) -> Self {
        self.0.max_connections = max;
        self
    }

    /// Sets the maximum number of concurrent logins at this engine by all connections of the process; further ones wait.
    /// 4 by default. About 50 logins at once block an engine with two cores for good, so share one connection instead of
    /// logging in from many: its clones use one token.
    pub fn max_logins(mut self, max: usize) -> Self {
        self.0.max_logins = max;
        self
    }

    /// Sets the maximum size of the body of a response, decompressed, in bytes; 256 MiB by default. A larger one is an
    /// error. Does not limit lists that are read item by item. Failures and logins have a limit of 1 MiB.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.0.max_body = bytes;
        self
    }

    /// Sets whether the engine may compress responses; on by default.
    pub fn compression(mut self, compression: bool) -> Self {
        self.0.compression = compression;
        self
    }

    /// Adds a header to every request to the engine. Can be called several times, also with the same name. A header of
    /// the request with the same name takes precedence.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// Replaces the `User-Agent` header, by default `ovirt-sdk-rust/` and the version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.0.user_agent = user_agent.into();
        self
    }

    /// Adds a product to the `User-Agent` header, after the name and version of the SDK: `nightly-report/2`.
    pub fn add_user_agent(mut self, product: &str) -> Self {
        self.0.user_agent.push(' ');
        self.0.user_agent.push_str(product);
        self
    }

    /// Sets whether results are filtered by the permissions of the user. Users without an administrator role need it.
    /// Off by default.
    pub fn filter(mut self, filter: bool) -> Self {
        self.0.filter = filter;
        self
    }

    /// Sets whether objects include all content, even content that is expensive to retrieve; off by default.
    pub fn all_content(mut self, all_content: bool) -> Self {
        self.0.all_content = all_content;
        self
    }

    /// Sets the retry policy.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.0.retry = retry;
        self
    }

    /// Adds a custom policy. Policies of the same position run in the order in which they were added.
    pub fn policy(mut self, position: Position, policy: impl Policy + 'static) -> Self {
        self.0.policies.push((position, Arc::new(policy)));
        self
    }

    /// Replaces the clock of waits, for tests. By default, the real time.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.0.clock = Arc::new(clock);
        self
    }

    /// Replaces the network transport. The options for TLS, proxy, connect timeout and compression do not apply to a
    /// custom transport.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.0.transport = Some(Arc::new(transport));
        self
    }

    /// Records the exchanges of the transport, without secrets.
    pub fn record(mut self, recorder: &Recorder) -> Self {
        self.0.recorder = Some(recorder.clone());
        self
    }

    /// Builds the connection. No request is sent.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all missing or invalid options.
    pub fn build(self) -> Result<Connection, Error> {
        let options = self.0.check()?;
        let at = |wanted: Position| {
            let policies = options.policies.iter().filter(move |(position, _)| *position == wanted);
            policies.map(|(_, policy)| Arc::clone(policy))
        };
        let headers = Arc::new(DefaultHeaders::new(
            options.base.clone(),
            options.user_agent,
            options.headers,
            options.filter,
            options.all_content,
        ));
        let default_headers: Arc<dyn Policy> = headers.clone();
        let correlation: Arc<dyn Policy> = Arc::new(Correlation);
        let mut wire: Vec<Arc<dyn Policy>> = at(Position::Wire).collect();
        wire.push(Arc::new(Logging { curl: options.curl.clone() }));
        wire.push(Arc::new(Dispatch::new(options.transport, options.max_connections, options.secrets)));

        let login = [Arc::clone(&default_headers), Arc::clone(&correlation)].into_iter().chain(wire.iter().cloned());
        let login = Arc::new(Pipeline::new(login.collect()));
        let client = LoginClient::new(options.base.clone(), login, options.timeout);
        let slots = LoginSlots::new(&origin(options.base.url()), options.max_logins);
        let authenticator = Authenticator::new(options.credentials.into_provider(), client, slots);

        let mut policies: Vec<Arc<dyn Policy>> = at(Position::Call).collect();
        policies.extend([default_headers, correlation]);
        policies.push(Arc::new(Retry(options.retry)));
        policies.extend(at(Position::Attempt));
        policies.push(Arc::new(Authentication(Arc::clone(&authenticator))));
        policies.extend(wire);
        let pipeline = Pipeline::new(policies);
        Ok(Connection(Handle::new(Inner {
            base: options.base,
            pipeline,
            reads_bodies: options.reads_bodies,
            authenticator,
            timeout: options.timeout,
            max_body: options.max_body,
            headers,
            curl: options.curl,
            clock: options.clock,
            shared: Shared::default(),
            #[cfg(feature = "images")]
            direct: options.direct,
        })))
    }
}

impl Connection {
    /// Returns a builder for a connection to the API at a URL, usually `https://engine.example.com/ovirt-engine/api`.
    pub fn builder(url: impl Into<String>) -> ConnectionBuilder {
        ConnectionBuilder::new(url.into())
    }
}

impl fmt::Debug for ConnectionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionBuilder").field("credentials", &self.0.credentials).finish_non_exhaustive()
    }
}
