//! An oVirt engine in memory, over real HTTPS: for tests, and for trying things out without a cluster.
//!
//! ```no_run
//! use std::time::Duration;
//! use ovirt_fake_engine::{FakeEngine, Trouble};
//! use ovirt_sdk::types::{Cluster, Template, Vm};
//!
//! # async fn example() -> Result<(), ovirt_sdk::Error> {
//! let engine = FakeEngine::builder().manual_clock().start().await?;
//! let connection = engine.connect().build()?;
//!
//! let vms = connection.system().vms();
//! let wanted = Vm::new().name("web1").cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
//! let vm = vms.add(wanted).send().await?;
//!
//! // What takes time takes time of the engine's own clock.
//! vms.vm(vm.try_id()?).start().send().await?;
//! engine.advance(Duration::from_secs(60));
//!
//! // What goes wrong in real life goes wrong here.
//! engine.inject(Trouble::unavailable().on("vms/*").times(2));
//! println!("{:?}", vms.vm(vm.try_id()?).get().send().await?.status);
//!
//! // And what was asked can be looked at.
//! let started = engine.assert_called("POST", "vms/*/start");
//! assert_eq!(started.status(), Some(200));
//! # Ok(())
//! # }
//! ```
//!
//! # Starting one
//!
//! [`FakeEngine::start`] takes a free port, and everything is gone when the engine is dropped; so each test can have an
//! engine of its own. It runs on a thread of its own: tests can do what they like with theirs. Those that have no
//! runtime use [`FakeEngine::start_blocking`]. [`FakeEngineBuilder`] has the options.
//!
//! `cargo xtask fake-engine`, or the program `ovirt-fake-engine`, runs one for other clients, and prints how to connect.
//!
//! # Logging in
//!
//! [`connect`](FakeEngine::connect) gives a [`ConnectionBuilder`] that has the URL, the authority and an account. Other
//! clients need [`url`](FakeEngine::url), [`ca_pem`](FakeEngine::ca_pem), [`username`](FakeEngine::username) and
//! [`password`](FakeEngine::password). All ways to log in work: OAuth, basic, sessions with a cookie; Kerberos with
//! tokens that are known [beforehand](FakeEngineBuilder::negotiate). Logins expire by the engine's clock, and all at
//! once with [`expire_logins`](FakeEngine::expire_logins).
//!
//! # Differences from an engine
//!
//! - It speaks XML only: JSON is refused with 406 and 415.
//! - It knows no clients of OAuth (`client_id`), so that tokens are revoked by logging out only.
//! - Its texts are English, whatever `Accept-Language` says.
//! - It keeps 512 MiB of what is uploaded to disks, and an answer has 256 MiB of that at most; a saved state is without.

#![deny(missing_docs)]

mod accounts;
mod api;
mod builder;
mod certificates;
mod clock;
mod encoding;
mod exchange;
mod front;
mod generated {
    #[rustfmt::skip]
    pub(crate) mod routes;
}
mod gzip;
mod journal;
mod pages;
mod pattern;
mod resources;
mod routes;
mod search;
mod seed;
mod server;
mod sessions;
mod state;
mod trouble;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use builder::FakeEngineBuilder;
pub use clock::Clock;
pub use journal::Request;
use ovirt_sdk::Credentials;
use ovirt_sdk::Error;
use ovirt_sdk::{Connection, ConnectionBuilder};
use pattern::API;
use server::{Server, Shared};
pub use trouble::Trouble;

/// An engine that runs in this process, until it is dropped.
///
/// See [the crate](crate) for what it is good for.
#[must_use = "the engine stops when it is dropped"]
pub struct FakeEngine {
    /// The beginning of its addresses.
    origin: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    clock: Clock,
    username: String,
    password: String,
    _server: Server,
}

impl FakeEngine {
    /// Begins an engine with options.
    pub fn builder() -> FakeEngineBuilder {
        FakeEngineBuilder::new()
    }

    /// Starts an engine as most tests want it: at a free port of this machine, with a small inventory and in real time.
    ///
    /// # Errors
    ///
    /// When the system has no port or thread to give.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// As [`start`](Self::start), for those who have no runtime.
    ///
    /// # Errors
    ///
    /// See [`start`](Self::start).
    pub fn start_blocking() -> Result<Self, Error> {
        Self::builder().start_blocking()
    }

    /// The URL of the API: `https://127.0.0.1:39123/ovirt-engine/api`.
    pub fn url(&self) -> String {
        format!("{}{API}", self.origin)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the authority that vouches for it (PEM).
    pub fn ca_pem(&self) -> &str {
        &self.shared.front.authority_pem
    }

    /// The name of the administrator.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password of the administrator.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The administrator's credentials.
    pub fn credentials(&self) -> Credentials {
        Credentials::password(&self.username, &self.password)
    }

    /// Begins a connection to it, with URL, authority and credentials.
    pub fn connect(&self) -> ConnectionBuilder {
        Connection::builder(self.url()).ca_pem(self.ca_pem()).credentials(self.credentials()).no_proxy()
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Moves its clock on.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Ends all logins, as a restart of an engine does: who used one gets 401, and may log in again.
    pub fn expire_logins(&self) {
        self.shared.front.sessions.revoke_all();
    }

    /// Lets something go wrong from now on.
    pub fn inject(&self, trouble: Trouble) {
        self.shared.troubles.add(trouble);
    }

    /// Nothing goes wrong any more.
    pub fn clear_troubles(&self) {
        self.shared.troubles.clear();
    }

    /// What was asked so far, in the order in which it came; logins too. The latest 10,000 requests are kept.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.journal.all()
    }

    /// Forgets what was asked so far.
    pub fn clear_requests(&self) {
        self.shared.journal.clear();
    }

    /// The requests with a method whose path is meant by a pattern such as `vms/*/start`, relative to the API: `*`
    /// stands for anything within a segment, `**` for any number of segments. A pattern that begins with `/` is of the
    /// whole path.
    pub fn calls(&self, method: &str, path: &str) -> Vec<Request> {
        self.shared.journal.calls(method, path)
    }

    /// The latest of the requests that [`calls`](Self::calls) gives.
    ///
    /// # Panics
    ///
    /// When there is none; the message says what was asked instead.
    #[track_caller]
    #[allow(clippy::panic, reason = "this is an assertion of a test")]
    pub fn assert_called(&self, method: &str, path: &str) -> Request {
        match self.calls(method, path).pop() {
            Some(request) => request,
            None => panic!("nobody asked for {method} {path}; {}", self.asked()),
        }
    }

    /// Checks that [`calls`](Self::calls) gives nothing.
    ///
    /// # Panics
    ///
    /// When there is such a request.
    #[track_caller]
    #[allow(clippy::panic, reason = "this is an assertion of a test")]
    pub fn assert_not_called(&self, method: &str, path: &str) {
        if !self.calls(method, path).is_empty() {
            panic!("somebody asked for {method} {path}; {}", self.asked());
        }
    }

    /// What was asked, as people read it.
    fn asked(&self) -> String {
        /// More than that nobody reads.
        const SHOWN: usize = 50;
        let requests = self.requests();
        let first = requests.len().saturating_sub(SHOWN);
        let lines: Vec<String> = requests.iter().skip(first).map(|request| format!("\n  {request}")).collect();
        match requests.len() {
            0 => "there was no request at all".to_owned(),
            count if first > 0 => format!("the last {SHOWN} of {count} requests were:{}", lines.concat()),
            _ => format!("the requests were:{}", lines.concat()),
        }
    }

    /// Writes its state to a file, from which another one can [begin](FakeEngineBuilder::load). Logins, requests and
    /// troubles are not part of it.
    ///
    /// # Errors
    ///
    /// When the file can't be written; what was there before stays then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        std::fs::write(&unfinished, self.shared.front.api.save()?)
            .and_then(|()| std::fs::rename(&unfinished, path))
            .map_err(|error| Error::custom(format!("the state can't be saved to `{}`: {error}", path.display())))
    }
}

impl fmt::Debug for FakeEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeEngine").field("url", &self.url()).field("clock", &self.clock).finish_non_exhaustive()
    }
}
