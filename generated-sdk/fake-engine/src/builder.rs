//! Options of a fake engine.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ovirt_sdk::Error;
use ovirt_sdk::types::DateTime;
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::engine::{Accounts, Engine, EngineOptions, Limits, StateSource};
use crate::fake_engine::FakeEngine;
use crate::image_daemon::ImageDaemon;
use crate::incident::Incident;
use crate::scenario::Scenario;
use crate::seed::DirectoryOptions;
use crate::server::{
    Certificates, InjectedFailure, InjectedFailures, Prepared, RequestLog, Restarts, Router, Server, Shared,
};

/// The default administrators, as on engines without and with Keycloak.
const ACCOUNTS: [&str; 2] = ["admin@internal", "admin@ovirt@internalsso"];
const PASSWORD: &str = "secret";
/// The role of administrators.
const SUPER_USER: &str = "SuperUser";

/// The default time for the body of a request or of a response.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// The default number of requests that are kept.
const REQUESTS: usize = 10_000;

impl FakeEngine {
    /// Creates a builder with the default options.
    pub fn builder() -> FakeEngineBuilder {
        FakeEngineBuilder::new()
    }

    /// Starts an engine with the default options: on a free local port, with few objects and in real time.
    ///
    /// # Errors
    ///
    /// Fails if no port or thread is available.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// The blocking counterpart of [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// See [`start`](Self::start).
    pub fn start_blocking() -> Result<Self, Error> {
        Self::builder().start_blocking()
    }
}

/// Builds a [`FakeEngine`]; created with [`FakeEngine::builder`].
///
/// [`start`](Self::start) reports invalid options.
#[must_use = "a builder does nothing until `start`"]
pub struct FakeEngineBuilder {
    address: IpAddr,
    port: u16,
    host_names: Vec<String>,
    ca_folder: Option<PathBuf>,
    account: Option<(String, String)>,
    users: Vec<(String, String)>,
    tickets: Vec<(String, String)>,
    groups: Vec<(String, Vec<String>)>,
    roles: Vec<(String, String)>,
    limits: Limits,
    time: Time,
    seed: u64,
    vms: Option<usize>,
    scenario: Option<Scenario>,
    source: StateSource,
    kept_requests: usize,
    failures: Vec<InjectedFailure>,
    image_daemon: Option<Arc<dyn ImageDaemon>>,
    incidents: Vec<Incident>,
    body_timeout: Duration,
}

/// How time passes.
enum Time {
    Running { speed: f64 },
    Standing { at: Option<DateTime> },
}

impl FakeEngineBuilder {
    fn new() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            host_names: Vec::new(),
            ca_folder: None,
            account: None,
            users: Vec::new(),
            tickets: Vec::new(),
            groups: Vec::new(),
            roles: Vec::new(),
            limits: Limits::default(),
            time: Time::Running { speed: 1.0 },
            seed: 0,
            vms: None,
            scenario: None,
            source: StateSource::Seed,
            kept_requests: REQUESTS,
            failures: Vec::new(),
            image_daemon: None,
            incidents: Vec::new(),
            body_timeout: BODY_TIMEOUT,
        }
    }

    /// Sets the address to listen at. Default: `127.0.0.1`. At other addresses, other computers can reach the engine
    /// with its well-known password.
    pub fn address(mut self, address: impl Into<IpAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets the port to listen at. Default: a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Adds a name or an address to the certificate of the server. By default, the certificate is for `localhost`,
    /// `127.0.0.1`, `::1` and the address to listen at. Can be called several times.
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.host_names.push(name.into());
        self
    }

    /// Keeps the certificate of the authority (`ca.pem`) and its key in a folder, so that clients which trust it also
    /// trust it after a restart. Creates missing files. By default, each engine has a new authority.
    pub fn ca_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.ca_folder = Some(folder.into());
        self
    }

    /// Sets the account of the administrator. It replaces `admin@internal` and `admin@ovirt@internalsso`, which have the
    /// password `secret`.
    pub fn account(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.account = Some((name.into(), password.into()));
        self
    }

    /// Adds an account. The name includes the profile: `reader@example.com`. Like a user of a directory that an engine
    /// doesn't know yet, it has no permissions: its requests fail until an administrator assigns a role to the user, or
    /// until it has a [`role`](Self::role).
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.users.push((name.into(), password.into()));
        self
    }

    /// Assigns a role on the whole system to an account: `UserVmManager`, `ReadOnlyAdmin`, `SuperUser` or another role of
    /// a new engine.
    pub fn role(mut self, account: impl Into<String>, role: impl Into<String>) -> Self {
        self.roles.push((account.into(), role.into()));
        self
    }

    /// Adds a group to the directory of a profile, with accounts as its members: `developers@example.com`. The engine
    /// knows the group after an administrator has added it.
    pub fn group<M>(mut self, name: impl Into<String>, members: impl IntoIterator<Item = M>) -> Self
    where
        M: Into<String>,
    {
        self.groups.push((name.into(), members.into_iter().map(Into::into).collect()));
        self
    }

    /// Adds an account that logs in with a Kerberos ticket: the SPNEGO token in base64, and the name of the account. It
    /// has no permissions, like an account of [`user`](Self::user).
    pub fn negotiate(mut self, token: impl Into<String>, name: impl Into<String>) -> Self {
        self.tickets.push((token.into(), name.into()));
        self
    }

    /// Sets the time without a request after which a login expires, by the engine's clock. Default: 30 minutes.
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle = timeout;
        self
    }

    /// Sets the time after which every login expires, by the engine's clock. Default: 100 hours.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.limits.lifetime = lifetime;
        self
    }

    /// Sets the speed of the clock. With 60, an operation of one minute takes one second. The clock can still be
    /// [advanced](FakeEngine::advance). Default: the real speed.
    pub fn speed(mut self, speed: f64) -> Self {
        self.time = Time::Running { speed };
        self
    }

    /// Stops the clock at 2026-01-01T00:00:00Z. Time passes only when it is [advanced](FakeEngine::advance).
    pub fn manual_clock(mut self) -> Self {
        self.time = Time::Standing { at: None };
        self
    }

    /// Stops the clock at a date. Time passes only when it is [advanced](FakeEngine::advance).
    pub fn manual_clock_at(mut self, date: DateTime) -> Self {
        self.time = Time::Standing { at: Some(date) };
        self
    }

    /// Sets the seed of identifiers and initial objects: engines with the same seed begin with the same ones.
    /// Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the number of virtual machines to begin with. The number of other objects depends on it.
    pub fn vms(mut self, count: usize) -> Self {
        self.vms = Some(count);
        self
    }

    /// Sets what a new engine contains. [`vms`](Self::vms) overrides the number of virtual machines.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// Begins with the state in a file that [`save`](FakeEngine::save) wrote. Seed, scenario and number of virtual
    /// machines have no effect then.
    pub fn load(mut self, path: impl Into<PathBuf>) -> Self {
        self.source = StateSource::Loaded(path.into());
        self
    }

    /// Keeps the state in a file: begins with what is in it, if it exists, and writes each change before the response to the
    /// request. So nothing is lost if the process is killed. Only one engine at a time can use a file.
    ///
    /// If a change can't be written, because the disk is full, requests fail with 500 until it can, and the file has the state
    /// from before. Logins, requests, injected failures and the contents of disks are not part of the file.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.source = StateSource::Kept(path.into());
        self
    }

    /// Sets how many of the latest requests are kept for [`requests`](FakeEngine::requests). Default: 10,000.
    pub fn keep_requests(mut self, count: usize) -> Self {
        self.kept_requests = count;
        self
    }

    /// Sets a daemon that serves the data of disks, such as `ovirt-imageio`. By default, the engine does, and keeps the
    /// data in memory.
    pub fn image_daemon(mut self, daemon: Arc<dyn ImageDaemon>) -> Self {
        self.image_daemon = Some(daemon);
        self
    }

    /// Sets how long the server waits for the whole body of a request, in real time, and for a client that doesn't read the
    /// response. Default: one minute.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Injects a failure from the start. Can be called several times.
    pub fn inject(mut self, failure: InjectedFailure) -> Self {
        self.failures.push(failure);
        self
    }

    /// Lets something go wrong from the start, or when it is due: see [`Incident`]. Can be called several times.
    pub fn cause(mut self, incident: Incident) -> Self {
        self.incidents.push(incident);
        self
    }

    /// Starts the engine on its own thread. It accepts requests when this returns.
    ///
    /// # Errors
    ///
    /// Fails if an option is invalid, the port is in use, or a file can't be read.
    pub async fn start(self) -> Result<FakeEngine, Error> {
        let (send, receive) = tokio::sync::oneshot::channel();
        let starting = self.begin(move |started| drop(send.send(started)))?;
        let started = receive.await.map_err(|_| panicked())?;
        starting.finish(started?)
    }

    /// The blocking counterpart of [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// See [`start`](Self::start).
    pub fn start_blocking(self) -> Result<FakeEngine, Error> {
        let (send, receive) = std::sync::mpsc::channel();
        let starting = self.begin(move |started| drop(send.send(started)))?;
        let started = receive.recv().map_err(|_| panicked())?;
        starting.finish(started?)
    }

    /// Starts the thread of the engine, which calls a function as soon as the engine accepts requests.
    fn begin<S>(self, started: S) -> Result<Starting, Error>
    where
        S: FnOnce(Result<(SocketAddr, Arc<Shared>), Error>) + Send + 'static,
    {
        let clock = match self.time {
            Time::Running { speed } if speed.is_finite() && speed >= 0.0 => Clock::running(speed),
            Time::Running { speed } => {
                return Err(Error::custom(format!("can't start the fake engine: invalid speed {speed}")));
            }
            Time::Standing { at } => Clock::standing(at),
        };
        let mut accounts = Accounts::default();
        let (username, password) = match self.account {
            Some((name, password)) => {
                accounts.add(&name, &password);
                (name, password)
            }
            None => {
                ACCOUNTS.iter().for_each(|name| accounts.add(name, PASSWORD));
                (ACCOUNTS[0].to_owned(), PASSWORD.to_owned())
            }
        };
        let administrators = accounts.names().into_iter().map(|name| (name, SUPER_USER.to_owned()));
        let roles = administrators.chain(self.roles).collect();
        let directory = DirectoryOptions { groups: self.groups, roles };
        self.users.iter().for_each(|(name, password)| accounts.add(name, password));
        accounts.tickets = self.tickets.into_iter().collect();

        let (address, host_names, ca_folder) = (self.address, self.host_names, self.ca_folder);
        let (random_seed, vms, source, limits) =
            (self.seed, self.vms.or(self.scenario.map(Scenario::vms)).unwrap_or(0), self.source, self.limits);
        let (kept_requests, failures, engine_clock) = (self.kept_requests, self.failures, clock.clone());
        let image_daemon = self.image_daemon;
        let (incidents, body_timeout) = (self.incidents, self.body_timeout);
        let broken = self.scenario.map_or_else(Vec::new, Scenario::incidents);
        let open = move |at: SocketAddr| -> Result<Prepared, Error> {
            let certificates = Certificates::new(&host_names, address, ca_folder.as_deref())?;
            let authority_pem = certificates.authority_pem.clone();
            let origin = origin(at);
            let options = EngineOptions {
                origin,
                authority_pem,
                random_seed,
                vms,
                incidents: broken,
                source,
                limits,
                directory,
                image_daemon,
            };
            let engine = Engine::open(options, accounts, engine_clock.clone())?;
            let Certificates { authority_pem, server_pem, tls } = certificates;
            let shared = Shared {
                router: Router { engine, authority_pem, server_pem },
                request_log: RequestLog::new(kept_requests),
                failures: InjectedFailures::default(),
                restarts: Restarts::new(engine_clock),
                body_timeout,
            };
            incidents.into_iter().for_each(|incident| shared.cause(incident));
            failures.into_iter().for_each(|failure| shared.failures.add(failure));
            Ok((Arc::new(shared), TlsAcceptor::from(tls)))
        };
        let server = Server::start(SocketAddr::new(address, self.port), open, started)?;
        Ok(Starting { server, clock, username, password })
    }
}

/// An engine whose thread is starting.
struct Starting {
    server: Server,
    clock: Clock,
    username: String,
    password: String,
}

impl Starting {
    fn finish(self, (address, shared): (SocketAddr, Arc<Shared>)) -> Result<FakeEngine, Error> {
        let Self { server, clock, username, password } = self;
        Ok(FakeEngine { origin: origin(address), address, shared, clock, username, password, _server: server })
    }
}

/// The address of the server for clients on the same computer.
fn origin(address: SocketAddr) -> String {
    match address.ip() {
        ip if ip.is_unspecified() => format!("https://localhost:{}", address.port()),
        _ => format!("https://{address}"),
    }
}

fn panicked() -> Error {
    Error::custom("the thread of the fake engine panicked during the start")
}

impl fmt::Debug for FakeEngineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeEngineBuilder")
            .field("address", &self.address)
            .field("port", &self.port)
            .field("seed", &self.seed)
            .field("vms", &self.vms)
            .finish_non_exhaustive()
    }
}
