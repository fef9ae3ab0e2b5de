//! The policy that authenticates requests. Concurrent requests share one login; a rejected token triggers one
//! re-login.

mod slots;

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::Instrument;

use crate::credentials::{Authorization, CredentialProvider, LoginClient};
use crate::error::{Error, LoginFailure, RequestContext, for_rejection, is_final_rejection, is_stopping, reason};
use crate::http::{BoxFuture, Request, Response};
use crate::pipeline::{Next, Policy};
pub(crate) use slots::LoginSlots;

/// The delay of the next login after a rejection. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long a login keeps its slot if no request uses its result.
const UNUSED_SLOT: Duration = Duration::from_secs(1);

/// The result of a login.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) authorization: Arc<Authorization>,
    /// The number of the login.
    generation: u64,
}

type Outcome = Result<Issued, Arc<LoginFailure>>;

#[derive(Default)]
struct State {
    current: Option<Issued>,
    /// Whether the engine has accepted the current result.
    accepted: bool,
    /// The number of consecutive rejected results.
    never_accepted: u32,
    /// The reason for the last rejection.
    reason: Option<String>,
    generation: u64,
    /// The login in progress.
    login: Option<watch::Receiver<Option<Outcome>>>,
    refusal: Option<Refusal>,
    closed: bool,
}

/// A rejected login.
struct Refusal {
    at: Instant,
    pause: Duration,
    /// Whether the server requested the pause, without rejecting the credentials.
    requested: bool,
    failure: Arc<LoginFailure>,
}

/// Keeps the result of the login, and allows only one login at a time.
pub(crate) struct Authenticator {
    provider: Arc<dyn CredentialProvider>,
    client: LoginClient,
    slots: LoginSlots,
    /// Notified when the engine has responded to a request with the current result.
    used: Notify,
    /// The number of requests that are being sent.
    in_flight: AtomicUsize,
    state: Mutex<State>,
}

impl Authenticator {
    pub(crate) fn new(provider: Arc<dyn CredentialProvider>, client: LoginClient, slots: LoginSlots) -> Arc<Self> {
        Arc::new(Self {
            provider,
            client,
            slots,
            used: Notify::new(),
            in_flight: AtomicUsize::new(0),
            state: Mutex::default(),
        })
    }

    /// The name of the credentials.
    pub(crate) fn kind(&self) -> &'static str {
        self.provider.name()
    }

    /// Adds the headers of the current login, or else a sample of them.
    pub(crate) fn apply_sample(&self, request: &mut Request) {
        let current = self.state().current.as_ref().map(|issued| Arc::clone(&issued.authorization));
        match current {
            Some(authorization) => authorization.apply(request),
            None => self.provider.sample().apply(request),
        }
    }

    /// Each change of the state is one assignment, so a panic leaves it consistent.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the current result, unless it is the rejected one. Logs in, or waits for the login in progress.
    pub(crate) async fn current(self: &Arc<Self>, rejected: Option<u64>) -> Result<Issued, Error> {
        // A login without an outcome ended with its runtime, which may be that of another request.
        for _ in 0..3 {
            let mut login = match self.at_once(rejected)? {
                Ok(issued) => return Ok(issued),
                Err(login) => login,
            };
            if let Ok(outcome) = login.wait_for(Option::is_some).await {
                match outcome.as_ref() {
                    Some(Ok(issued)) => return Ok(issued.clone()),
                    Some(Err(failure)) => return Err(Error::login(failure.again())),
                    None => {}
                }
            }
        }
        Err(Error::login(LoginFailure::failed(Error::custom("interrupted"))))
    }

    /// Returns the current result, or the login to wait for.
    fn at_once(
        self: &Arc<Self>,
        rejected: Option<u64>,
    ) -> Result<Result<Issued, watch::Receiver<Option<Outcome>>>, Error> {
        let mut state = self.state();
        if state.closed {
            return Err(Error::closed());
        }
        match &state.current {
            Some(issued) if Some(issued.generation) != rejected => return Ok(Ok(issued.clone())),
            Some(_) => state.reject(),
            None => {}
        }
        if let Some(refusal) = &state.refusal {
            let (ago, pause) = (refusal.at.elapsed(), refusal.pause);
            if ago < pause {
                return Err(Error::login(refusal.failure.again().hold_back(ago, pause - ago)));
            }
        }
        // A dropped sender leaves no outcome to wait for.
        let pending = state.login.clone().filter(|login| login.has_changed().is_ok() || login.borrow().is_some());
        Ok(Err(pending.unwrap_or_else(|| self.log_in(&mut state))))
    }

    /// Starts a login in a separate task, which completes even if all waiting requests are cancelled.
    fn log_in(self: &Arc<Self>, state: &mut State) -> watch::Receiver<Option<Outcome>> {
        let (sender, receiver) = watch::channel(None);
        state.login = Some(receiver.clone());
        let this = Arc::clone(self);
        let log_in = async move {
            // A provider that does not renew its result does not log in.
            let slot = if this.provider.renews() { Some(this.slots.acquire().await) } else { None };
            tracing::debug!(target: "ovirt_sdk", credentials = this.provider.name(), "logging in");
            let outcome = this.provider.log_in(&this.client).await;
            let used = this.used.notified();
            let outcome = this.note(outcome);
            let is_new = outcome.is_ok();
            sender.send_replace(Some(outcome));
            // The engine calls its own login service for the first request with a new token. Many of these calls at once
            // block an engine for good.
            if is_new && slot.is_some() {
                let mut used = pin!(used);
                let mut may_be_used = true;
                while may_be_used && tokio::time::timeout(UNUSED_SLOT, used.as_mut()).await.is_err() {
                    may_be_used = this.in_flight.load(Ordering::Relaxed) > 0;
                }
            }
            drop(slot);
        };
        tokio::spawn(log_in.in_current_span());
        receiver
    }

    fn note(&self, outcome: Result<Authorization, Error>) -> Outcome {
        let mut state = self.state();
        state.login = None;
        match outcome {
            Ok(authorization) => {
                state.generation += 1;
                let issued = Issued { authorization: Arc::new(authorization), generation: state.generation };
                state.current = Some(issued.clone());
                state.accepted = false;
                Ok(issued)
            }
            Err(error) => {
                let failure = Arc::new(error.into_login());
                if failure.is_refused() {
                    state.refuse(Arc::clone(&failure));
                } else if let Some(pause) = failure.requested_delay() {
                    let pause = pause.min(LONGEST_PAUSE);
                    let failure = Arc::clone(&failure);
                    state.refusal = Some(Refusal { at: Instant::now(), pause, requested: true, failure });
                }
                Err(failure)
            }
        }
    }

    /// Records that the engine accepted a result.
    fn accepted(&self, issued: &Issued) {
        let mut state = self.state();
        if !state.accepted && state.current.as_ref().is_some_and(|current| current.generation == issued.generation) {
            state.accepted = true;
            state.never_accepted = 0;
            state.refusal = None;
        }
    }

    /// Records why the engine rejected a result.
    fn note_reason(&self, issued: &Issued, reason: Option<String>) {
        let mut state = self.state();
        if state.current.as_ref().is_some_and(|current| current.generation == issued.generation) {
            state.reason = reason;
        }
    }

    /// Whether another login may help after a rejection.
    fn needs_login(&self, reason: Option<&str>) -> bool {
        let is_final = reason.is_some_and(|reason| is_stopping(reason) || is_final_rejection(reason));
        self.provider.renews() && !is_final
    }

    /// Revokes the result of the login; no request uses it any more.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<(), Error> {
        let login = {
            let mut state = self.state();
            state.closed = true;
            state.login.clone()
        };
        let this = Arc::clone(self);
        // In a separate task: an interrupted logout or login would leave a session behind.
        let log_out = async move {
            if let Some(mut login) = login {
                let _ = login.wait_for(Option::is_some).await;
            }
            let issued = this.state().current.take();
            match issued {
                Some(issued) => this.provider.log_out(&issued.authorization, &this.client).await,
                None => Ok(()),
            }
        };
        match tokio::spawn(log_out.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::custom("the logout was interrupted")),
        }
    }

    async fn authenticated(self: &Arc<Self>, request: &Request, next: Next<'_>) -> Result<Response, Error> {
        let issued = self.in_time(None, request).await?;
        let response = self.send(&issued, request.clone(), next).await?;
        if response.status() != 401 {
            self.accepted(&issued);
            return Ok(response);
        }
        let reason = rejection(&response);
        if !self.needs_login(reason.as_deref()) {
            return Ok(response);
        }
        self.note_reason(&issued, reason);
        let renewed = self.in_time(Some(issued.generation), request).await?;
        let response = self.send(&renewed, request.clone(), next).await?;
        if response.status() != 401 {
            self.accepted(&renewed);
        }
        Ok(response)
    }

    /// Like [`current`](Self::current), with a timeout error that names the login.
    async fn in_time(self: &Arc<Self>, rejected: Option<u64>, request: &Request) -> Result<Issued, Error> {
        match tokio::time::timeout_at(request.deadline, self.current(rejected)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::login(LoginFailure::failed(Error::timeout(request.timeout)))),
        }
    }

    fn send<'a>(
        &'a self,
        issued: &Issued,
        mut request: Request,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Response, Error>> {
        issued.authorization.apply(&mut request);
        let sent = next.run(request);
        Box::pin(async move {
            let _counted = InFlight::new(&self.in_flight);
            let outcome = sent.await;
            self.used.notify_waiters();
            outcome
        })
    }
}

/// A request that is being sent.
struct InFlight<'c>(&'c AtomicUsize);

impl<'c> InFlight<'c> {
    fn new(count: &'c AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The reason that a response states for rejecting the credentials.
fn rejection(response: &Response) -> Option<String> {
    reason(response.headers(), response.body().bytes()?)
}

impl State {
    /// Drops a result that the engine rejects.
    fn reject(&mut self) {
        self.current = None;
        if self.accepted {
            return;
        }
        self.never_accepted += 1;
        // A token can expire before its first use. After two in a row, further logins would not help.
        if self.never_accepted > 1 {
            let (problem, hint) = match self.reason.take() {
                Some(reason) => {
                    let hint = for_rejection(&reason);
                    (format!("the engine rejects the result of the login (401): {reason}"), hint)
                }
                None => ("the engine rejects the result of the login (401)".to_owned(), None),
            };
            self.refuse(Arc::new(LoginFailure::refused_by_server(401, problem, hint)));
        }
    }

    fn refuse(&mut self, failure: Arc<LoginFailure>) {
        let before = self.refusal.as_ref().filter(|refusal| !refusal.requested);
        let pause = before.map_or(FIRST_PAUSE, |refusal| (refusal.pause * 2).min(LONGEST_PAUSE));
        self.current = None;
        self.refusal = Some(Refusal { at: Instant::now(), pause, requested: false, failure });
    }
}

/// Adds the authenticating headers.
pub(crate) struct Authentication(pub(crate) Arc<Authenticator>);

impl Policy for Authentication {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(async move {
            let outcome = self.0.authenticated(&request, next).await;
            outcome.map_err(|error| error.within(|| RequestContext::new(&request)))
        })
    }
}
