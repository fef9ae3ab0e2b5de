//! The engine: everything behind the server.

mod accounts;
mod authenticate;
mod http_request;
mod negotiate;
mod parse;
mod sessions;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ovirt_sdk::Error;
use ovirt_sdk::request::Verb;

pub(crate) use accounts::{Accounts, basic_credentials};
pub(crate) use http_request::HttpRequest;
pub(crate) use sessions::{API_SCOPE, EXPIRED, Limits, Sessions};

use crate::api::{self, ApiRequest, ApiResponse, Browsed, Context, Fault, Registry, document, pages};
use crate::clock::Clock;
use crate::image_daemon::ImageDaemon;
use crate::incident::Incident;
use crate::pattern::API;
use crate::resources;
use crate::seed::{self, DirectoryOptions};
use crate::state::{Actor, Kept, Severity, State};

/// An engine without its server.
pub(crate) struct Engine {
    state: Mutex<State>,
    registry: Registry,
    pub(crate) accounts: Accounts,
    pub(crate) sessions: Sessions,
    /// What was wrong with the state file and is repaired.
    pub(crate) file_problem: Option<String>,
}

/// Where the state of an engine comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum StateSource {
    /// The objects that every new engine has.
    #[default]
    Seed,
    /// A file that is only read.
    Loaded(PathBuf),
    /// A file that is read if it exists, and that is kept up to date.
    Kept(PathBuf),
}

/// How to start an engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct EngineOptions {
    /// The address of the server: `https://localhost:4711`.
    pub(crate) origin: String,
    /// The certificate of the authority of the server.
    pub(crate) authority_pem: String,
    /// The seed of identifiers and of the initial objects.
    pub(crate) random_seed: u64,
    /// The number of virtual machines to begin with.
    pub(crate) vms: usize,
    /// What has gone wrong in a new engine.
    pub(crate) incidents: Vec<Incident>,
    /// Where the state comes from.
    pub(crate) source: StateSource,
    /// When logins expire.
    pub(crate) limits: Limits,
    /// The content of the directories besides the accounts.
    pub(crate) directory: DirectoryOptions,
    /// Serves the data of disks.
    pub(crate) image_daemon: Option<Arc<dyn ImageDaemon>>,
}

impl Engine {
    /// Opens an engine with a saved state, or with the objects that every new engine has.
    pub(crate) fn open(options: EngineOptions, accounts: Accounts, clock: Clock) -> Result<Self, Error> {
        let registry = resources::registry();
        let hooks = registry.hooks().clone();
        let create = |hooks, clock| {
            let mut state = State::new(hooks, clock, options.random_seed);
            state.origin.clone_from(&options.origin);
            seed::fill(&mut state, options.vms);
            options.incidents.into_iter().for_each(|incident| state.cause(incident));
            state
        };
        let kept = match &options.source {
            StateSource::Seed => Kept { state: create(hooks, clock.clone()), problem: None },
            StateSource::Loaded(path) => Kept { state: State::load(path, hooks, clock.clone())?, problem: None },
            StateSource::Kept(path) => State::keep(path, hooks, clock.clone(), create)?,
        };
        let Kept { mut state, problem } = kept;
        seed::fill_directory(&mut state, &accounts.names(), &options.directory)?;
        state.origin = options.origin;
        state.authority_pem = options.authority_pem;
        state.image_daemon = options.image_daemon;
        state.commit()?;
        let sessions = Sessions::new(clock, options.limits);
        Ok(Self { state: Mutex::new(state), registry, accounts, sessions, file_problem: problem })
    }

    /// Handles a request to the API.
    pub(crate) fn handle(&self, http: &HttpRequest) -> ApiResponse {
        let response = self.respond(http);
        self.acknowledge(response)
    }

    /// Passes a response on when everything that it depends on is in the state file.
    fn acknowledge(&self, response: ApiResponse) -> ApiResponse {
        let committed = self.state.lock().unwrap_or_else(PoisonError::into_inner).commit();
        committed.map_or_else(|error| pages::error(500, &error.to_string()), |()| response)
    }

    /// This is the way of every request, step by step.
    fn respond(&self, http: &HttpRequest) -> ApiResponse {
        // Parse.
        let Ok(mut request) = parse::parse(http) else { return ApiResponse::empty(400) };

        // Authenticate.
        let caller = match authenticate::authenticate(&self.accounts, &self.sessions, http) {
            Ok(caller) => caller,
            Err(response) => return response,
        };

        // Log in: only users with the permission to do so get further.
        let mut state = self.state();
        request.user = match resources::log_in(&mut state, &caller.user) {
            Ok(user) => user,
            Err(response) => return caller.finish(&self.sessions, response),
        };
        let (user, correlation_id) = (request.user.clone(), request.correlation_id.clone());
        state.actor = Actor { user, correlation_id, job: None };
        if caller.logs_in(&self.sessions) {
            let text = format!("User {} connecting from '127.0.0.1' using session 'N/A' logged in.", request.user);
            state.event(30, Severity::Normal, &text, &[]);
        }

        let mut respond = || -> Result<ApiResponse, Fault> {
            negotiate::check_version(&request)?;

            // Route.
            let context = Context { state: &state, registry: &self.registry, request: &request };
            let target = context.route()?;
            if request.method == "OPTIONS" {
                let allowed = target.allowed_methods();
                return Ok(ApiResponse::plain(200, allowed.clone()).header("Allow", allowed));
            }
            if let Some(status) = api::action_status(&context, &target) {
                return status;
            }
            let method = target.method(&request.method)?;
            negotiate::check_media_types(&request)?;

            // Authorize what is read.
            api::authorize_reading(&context, &target, method)?;

            // The responses to changes have everything.
            if matches!(method.verb, Verb::Add | Verb::Update) {
                request.query.insert(0, ("all_content".to_owned(), "true".to_owned()));
            }

            // Validate.
            let mut call = api::validate(&mut state, &self.registry, &request, target, method)?;

            // Authorize what is changed, and apply.
            match api::authorize_change(&call).and_then(|()| api::apply(&mut call)) {
                // Render.
                Ok(reply) => api::render(&mut call, reply),
                Err(fault) => api::render_failure(&mut call, fault),
            }
        };
        let response = respond().unwrap_or_else(document::write_fault);
        let response = document::in_accepted_format(response, &request, &self.registry);
        state.settle_job();
        caller.finish(&self.sessions, response.header(parse::CORRELATION_ID, request.correlation_id))
    }

    /// Locks the state and runs the effects that are due.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.catch_up();
        state
    }

    /// Handles a request for the bytes of a disk. Its path is that below `/images`; a ticket in the path takes the
    /// place of credentials.
    pub(crate) fn handle_image(&self, request: &ApiRequest) -> ApiResponse {
        let response = resources::handle_image(&mut self.state(), request);
        self.acknowledge(response)
    }

    /// What exists at a path, for people. Needs no account.
    pub(crate) fn browse(&self, path: &str, page: usize) -> Result<Browsed, Fault> {
        let request = ApiRequest {
            method: "GET".to_owned(),
            segments: path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect(),
            base: API.to_owned(),
            ..ApiRequest::default()
        };
        api::browse(&mut self.state(), &self.registry, &request, page)
    }

    /// The address of the server.
    pub(crate) fn origin(&self) -> String {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).origin.clone()
    }

    /// Lets an incident happen in the state.
    pub(crate) fn cause(&self, incident: Incident) {
        let mut state = self.state();
        state.cause(incident);
        state.catch_up();
        commit(&mut state);
    }

    /// Cancels the incidents that have not happened yet.
    pub(crate) fn clear_incidents(&self) {
        let mut state = self.state();
        state.clear_incidents();
        commit(&mut state);
    }

    /// The incidents that have not begun, or that wait for work.
    pub(crate) fn incidents(&self) -> Vec<Incident> {
        self.state().pending_incidents()
    }

    /// Forgets what an engine doesn't store, as in a restart.
    pub(crate) fn restarted(&self) {
        self.sessions.revoke_all();
        let mut state = self.state();
        state.actor = Actor::default();
        state.event(2, Severity::Normal, "Stopping oVirt Engine.", &[]);
        state.event(1, Severity::Normal, "Starting oVirt Engine.", &[]);
        commit(&mut state);
    }

    /// Sets the addresses of the guest of a virtual machine, by its name or ID. Returns whether there is such a one.
    pub(crate) fn set_guest_addresses(&self, vm: &str, addresses: &[IpAddr]) -> bool {
        let mut state = self.state();
        let found = resources::set_guest_addresses(&mut state, vm, addresses);
        commit(&mut state);
        found
    }

    /// Writes the state to a file.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).save(path)
    }
}

/// Writes changes that no response waits for. If that fails, the next response says so.
fn commit(state: &mut State) {
    let _ = state.commit();
}
