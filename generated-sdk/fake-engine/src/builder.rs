//! How a fake engine is made.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::TlsAcceptor;

use super::accounts::Accounts;
use super::certificates::Certificates;
use super::clock::Clock;
use super::exchange::Options;
use super::front::Front;
use super::journal::Journal;
use super::server::{Opened, Server, Shared};
use super::sessions::{Limits, Sessions};
use super::trouble::{Trouble, Troubles};
use super::{FakeEngine, api};
use ovirt_sdk::Error;
use ovirt_sdk::types::DateTime;

/// Who can log in when nothing else was said: the administrator as engines with and without Keycloak call him.
const ACCOUNTS: [&str; 2] = ["admin@internal", "admin@ovirt@internalsso"];
const PASSWORD: &str = "secret";

/// How many requests are kept.
const REQUESTS: usize = 10_000;

/// Makes a [`FakeEngine`]; begun by [`FakeEngine::builder`].
///
/// What is wrong with the options is reported by [`start`](Self::start).
#[must_use = "a builder does nothing until `start`"]
pub struct FakeEngineBuilder {
    address: IpAddr,
    port: u16,
    names: Vec<String>,
    authority: Option<PathBuf>,
    account: Option<(String, String)>,
    users: Vec<(String, String)>,
    tickets: Vec<(String, String)>,
    limits: Limits,
    time: Time,
    seed: u64,
    vms: Option<usize>,
    state: Option<PathBuf>,
    requests: usize,
    troubles: Vec<Trouble>,
}

/// How time passes.
enum Time {
    Running(f64),
    Standing(Option<DateTime>),
}

impl FakeEngineBuilder {
    pub(super) fn new() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            names: Vec::new(),
            authority: None,
            account: None,
            users: Vec::new(),
            tickets: Vec::new(),
            limits: Limits::default(),
            time: Time::Running(1.0),
            seed: 0,
            vms: None,
            state: None,
            requests: REQUESTS,
            troubles: Vec::new(),
        }
    }

    /// The address to listen at; `127.0.0.1` unless it is set. With another one the engine can be reached from other
    /// machines, where everybody can guess its passwords.
    pub fn address(mut self, address: impl Into<IpAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// The port to listen at; one that is free, unless it is set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A further name, or address, by which the engine is reached. Its certificate has it then, beside `localhost`,
    /// `127.0.0.1`, `::1` and the address to listen at. Can be given several times.
    pub fn host_name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// A folder in which the certificate of the authority (`ca.pem`) and its key are kept, so that who trusts it once
    /// trusts it after a restart too. They are made when they are not there. Without a folder, each engine has an
    /// authority of its own.
    pub fn ca_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.authority = Some(folder.into());
        self
    }

    /// The account of the administrator, in place of `admin@internal` and `admin@ovirt@internalsso`, whose password is
    /// `secret`.
    pub fn account(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.account = Some((name.into(), password.into()));
        self
    }

    /// One more account. The name comes with its profile: `reader@example.com`.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.users.push((name.into(), password.into()));
        self
    }

    /// A SPNEGO token, in base64, with which somebody is let in who has a ticket of Kerberos. Nobody is, unless there
    /// is one.
    pub fn negotiate(mut self, token: impl Into<String>, name: impl Into<String>) -> Self {
        self.tickets.push((token.into(), name.into()));
        self
    }

    /// After how long without a request a login ends, by the engine's clock; 30 minutes unless it is set.
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle = timeout;
        self
    }

    /// After how long a login ends in any case, by the engine's clock; 100 hours unless it is set.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.limits.lifetime = lifetime;
        self
    }

    /// How fast time passes in the engine: with 60, what takes a minute there takes a second. It still can be
    /// [advanced](FakeEngine::advance). The real speed unless it is set.
    pub fn speed(mut self, speed: f64) -> Self {
        self.time = Time::Running(speed);
        self
    }

    /// Time passes only when it is [advanced](FakeEngine::advance); it begins at 2026-01-01T00:00:00Z.
    pub fn manual_clock(mut self) -> Self {
        self.time = Time::Standing(None);
        self
    }

    /// Time passes only when it is [advanced](FakeEngine::advance), and begins at this date.
    pub fn manual_clock_at(mut self, date: DateTime) -> Self {
        self.time = Time::Standing(Some(date));
        self
    }

    /// What identifiers and the inventory are made from: engines of the same seed begin with the same ones. 0 unless
    /// it is set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many virtual machines the inventory begins with, and as much of everything else as goes with them.
    pub fn vms(mut self, count: usize) -> Self {
        self.vms = Some(count);
        self
    }

    /// A file with the state to begin with, written by [`save`](FakeEngine::save). Seed and inventory do not matter
    /// then.
    pub fn load(mut self, path: impl Into<PathBuf>) -> Self {
        self.state = Some(path.into());
        self
    }

    /// How many requests are kept for [`requests`](FakeEngine::requests); the latest 10,000 unless it is set.
    pub fn keep_requests(mut self, count: usize) -> Self {
        self.requests = count;
        self
    }

    /// Something that goes wrong from the start. Can be given several times.
    pub fn inject(mut self, trouble: Trouble) -> Self {
        self.troubles.push(trouble);
        self
    }

    /// Starts the engine, on a thread of its own. It is ready when this is done.
    ///
    /// # Errors
    ///
    /// When an option is wrong, the port is taken, or a file can't be read.
    pub async fn start(self) -> Result<FakeEngine, Error> {
        let (send, receive) = tokio::sync::oneshot::channel();
        let begin = self.begin(move |begun| drop(send.send(begun)))?;
        let begun = receive.await.map_err(|_| panicked())?;
        begin.finish(begun?)
    }

    /// As [`start`](Self::start), for those who have no runtime.
    ///
    /// # Errors
    ///
    /// See [`start`](Self::start).
    pub fn start_blocking(self) -> Result<FakeEngine, Error> {
        let (send, receive) = std::sync::mpsc::channel();
        let begin = self.begin(move |begun| drop(send.send(begun)))?;
        let begun = receive.recv().map_err(|_| panicked())?;
        begin.finish(begun?)
    }

    fn begin<B>(self, begun: B) -> Result<Beginning, Error>
    where
        B: FnOnce(Result<(SocketAddr, Arc<Shared>), Error>) + Send + 'static,
    {
        let clock = match self.time {
            Time::Running(speed) if speed.is_finite() && speed >= 0.0 => Clock::running(speed),
            Time::Running(speed) => {
                return Err(Error::custom(format!("the fake engine can't be started: {speed} is no speed of time")));
            }
            Time::Standing(date) => Clock::standing(date),
        };
        let mut accounts = Accounts::none();
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
        self.users.iter().for_each(|(name, password)| accounts.add(name, password));
        accounts.tickets = self.tickets.into_iter().collect();

        let (address, names, authority) = (self.address, self.names, self.authority);
        let (seed, vms, state) = (self.seed, self.vms, self.state);
        let (limits, requests, troubles, engine_clock) = (self.limits, self.requests, self.troubles, clock.clone());
        let open = move |at: SocketAddr| -> Result<Opened, Error> {
            let certificates = Certificates::new(&names, address, authority.as_deref())?;
            let state = match state {
                Some(path) => Some(std::fs::read_to_string(&path).map_err(|error| {
                    Error::custom(format!("the state in `{}` can't be read: {error}", path.display()))
                })?),
                None => None,
            };
            let options = Options { origin: origin(at), seed, vms, accounts: accounts.names(), state };
            let api = api::open(options, engine_clock.clone())?;
            let sessions = Sessions::new(engine_clock, limits);
            let Certificates { authority_pem, server_pem, tls } = certificates;
            let shared = Shared {
                front: Front { api, accounts, sessions, authority_pem, server_pem },
                journal: Journal::new(requests),
                troubles: Troubles::default(),
            };
            troubles.into_iter().for_each(|trouble| shared.troubles.add(trouble));
            Ok((Arc::new(shared), TlsAcceptor::from(tls)))
        };
        let server = Server::start(SocketAddr::new(address, self.port), open, begun)?;
        Ok(Beginning { server, clock, username, password })
    }
}

/// An engine whose thread is at work on the rest of it.
struct Beginning {
    server: Server,
    clock: Clock,
    username: String,
    password: String,
}

impl Beginning {
    fn finish(self, (address, shared): (SocketAddr, Arc<Shared>)) -> Result<FakeEngine, Error> {
        let Self { server, clock, username, password } = self;
        Ok(FakeEngine { origin: origin(address), address, shared, clock, username, password, _server: server })
    }
}

/// Where those reach it who are on the same machine.
fn origin(address: SocketAddr) -> String {
    match address.ip() {
        ip if ip.is_unspecified() => format!("https://localhost:{}", address.port()),
        _ => format!("https://{address}"),
    }
}

fn panicked() -> Error {
    Error::custom("the thread of the fake engine ended before the engine was ready")
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
