//! A running fake engine.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ovirt_sdk::xml::Root;
use ovirt_sdk::{Connection, ConnectionBuilder, Credentials, Error};

use crate::clock::Clock;
use crate::incident::Incident;
use crate::pattern::API;
use crate::server::{InjectedFailure, LoggedRequest, Server, Shared};

/// An engine that runs in this process until it is dropped.
///
/// See the [crate](crate) for an introduction.
#[must_use = "the engine stops when it is dropped"]
pub struct FakeEngine {
    /// The base of its addresses: `https://127.0.0.1:39123`.
    pub(super) origin: String,
    pub(super) address: SocketAddr,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Clock,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) _server: Server,
}

impl FakeEngine {
    /// The URL of the API: `https://127.0.0.1:39123/ovirt-engine/api`.
    pub fn url(&self) -> String {
        format!("{}{API}", self.origin)
    }

    /// The address at which the engine listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the engine's certificate authority (PEM).
    pub fn ca_pem(&self) -> &str {
        &self.shared.router.authority_pem
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

    /// Creates a connection builder with URL, certificate authority and the administrator's credentials.
    pub fn connect(&self) -> ConnectionBuilder {
        Connection::builder(self.url()).ca_pem(self.ca_pem()).credentials(self.credentials()).no_proxy()
    }

    /// The clock of the engine.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Advances the clock.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.shared.settle();
    }

    /// Lets something go wrong, now or when it is due: see [`Incident`].
    pub fn cause(&self, incident: Incident) {
        self.shared.cause(incident);
        self.shared.settle();
    }

    /// Cancels the incidents that have not begun, or that wait for work. What has happened stays.
    pub fn clear_incidents(&self) {
        self.shared.clear_incidents();
    }

    /// Expires all logins, as a restart of an engine does. Requests with an old token get 401; clients can log in again.
    pub fn expire_logins(&self) {
        self.shared.router.engine.sessions.revoke_all();
    }

    /// Injects a failure from now on.
    pub fn inject(&self, failure: InjectedFailure) {
        self.shared.failures.add(failure);
    }

    /// Removes all injected failures.
    pub fn clear_failures(&self) {
        self.shared.failures.clear();
    }

    /// The requests so far, in the order in which they were received, including logins. The latest 10,000 are kept
    /// unless [`keep_requests`](crate::FakeEngineBuilder::keep_requests) says otherwise.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.request_log.all()
    }

    /// Clears the log of requests.
    pub fn clear_requests(&self) {
        self.shared.request_log.clear();
    }

    /// The requests with an HTTP method whose path matches a pattern such as `vms/*/start`, relative to the API. `*`
    /// matches anything within a segment, `**` any number of segments. A pattern that begins with `/` matches the whole
    /// path.
    pub fn calls(&self, method: &str, path: &str) -> Vec<LoggedRequest> {
        self.shared.request_log.calls(method, path)
    }

    /// Returns the latest of the requests that [`calls`](Self::calls) returns.
    ///
    /// # Panics
    ///
    /// Panics if there is none. The message lists the requests that were received instead.
    #[track_caller]
    #[allow(clippy::panic, reason = "this is an assertion of a test")]
    pub fn assert_called(&self, method: &str, path: &str) -> LoggedRequest {
        match self.calls(method, path).pop() {
            Some(request) => request,
            None => panic!("no request matches {method} {path}; {}", self.describe_requests()),
        }
    }

    /// Returns the latest of the requests that [`calls`](Self::calls) returns and whose body has a document that a function
    /// accepts.
    ///
    /// ```no_run
    /// # use ovirt_fake_engine::FakeEngine;
    /// # use ovirt_sdk::types::Vm;
    /// # fn example(engine: &FakeEngine) {
    /// engine.assert_sent("POST", "vms", |vm: &Vm| vm.name.as_deref() == Some("web1") && vm.memory == Some(4 << 30));
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if there is none. The message has the bodies of the requests.
    #[track_caller]
    #[allow(clippy::panic, reason = "this is an assertion of a test")]
    pub fn assert_sent<T: Root>(&self, method: &str, path: &str, accept: impl Fn(&T) -> bool) -> LoggedRequest {
        let calls = self.calls(method, path);
        let is_accepted = |request: &&LoggedRequest| request.document::<T>().is_ok_and(|sent| accept(&sent));
        if let Some(request) = calls.iter().rev().find(is_accepted) {
            return request.clone();
        }
        let bodies: Vec<String> = calls.iter().map(|request| format!("\n  {request}\n{}", request.text())).collect();
        match calls.is_empty() {
            true => panic!("no request matches {method} {path}; {}", self.describe_requests()),
            false => panic!("no body of a request that matches {method} {path} is accepted:{}", bodies.concat()),
        }
    }

    /// Asserts that [`calls`](Self::calls) returns nothing.
    ///
    /// # Panics
    ///
    /// Panics if there is such a request.
    #[track_caller]
    #[allow(clippy::panic, reason = "this is an assertion of a test")]
    pub fn assert_not_called(&self, method: &str, path: &str) {
        if !self.calls(method, path).is_empty() {
            panic!("a request matches {method} {path}; {}", self.describe_requests());
        }
    }

    /// The requests as text, for messages.
    fn describe_requests(&self) -> String {
        /// The most requests that are listed.
        const SHOWN: usize = 50;
        let requests = self.requests();
        let first = requests.len().saturating_sub(SHOWN);
        let lines: Vec<String> = requests.iter().skip(first).map(|request| format!("\n  {request}")).collect();
        match requests.len() {
            0 => "there were no requests".to_owned(),
            count if first > 0 => format!("the last {SHOWN} of {count} requests were:{}", lines.concat()),
            _ => format!("the requests were:{}", lines.concat()),
        }
    }

    /// Sets the IP addresses that the guest agent of a virtual machine reports for its first NIC, from now on. Without
    /// addresses, no agent runs in the guest. By default, a running virtual machine with a disk has an agent, which reports
    /// an address of `10.0.0.0/8` and a link-local one for each NIC.
    ///
    /// # Errors
    ///
    /// Fails if no virtual machine has this name or ID.
    pub fn set_guest_addresses(&self, vm: &str, addresses: &[IpAddr]) -> Result<(), Error> {
        match self.shared.router.engine.set_guest_addresses(vm, addresses) {
            true => Ok(()),
            false => Err(Error::custom(format!("there is no VM `{vm}`"))),
        }
    }

    /// Writes the state to a file with which another engine can [start](crate::FakeEngineBuilder::load). Logins, requests,
    /// injected failures and the contents of disks are not part of it.
    ///
    /// # Errors
    ///
    /// Fails if the file can't be written, or if another engine uses it; an existing file stays unchanged then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.shared.router.engine.save(path.as_ref())
    }

    /// What was wrong with the [state file](crate::FakeEngineBuilder::state_file) and is repaired: the process that wrote it was
    /// killed within a change.
    pub fn state_file_problem(&self) -> Option<&str> {
        self.shared.router.engine.file_problem.as_deref()
    }
}

impl fmt::Debug for FakeEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeEngine").field("url", &self.url()).field("clock", &self.clock).finish_non_exhaustive()
    }
}
