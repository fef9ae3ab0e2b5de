//! The API: from a request to what the state says, or does, and back to a document.
//!
//! [`resolve`] finds what a path means, [`read`] gives objects, [`write`](mod@write) changes them, [`call`] is what
//! behaviours see of a request, [`render`] and [`follow`] make of stored objects what is shown, [`document`] reads and
//! writes XML.

pub(crate) mod call;
mod document;
pub(crate) mod fault;
mod follow;
pub(crate) mod merge;
mod read;
pub(crate) mod registry;
mod render;
pub(crate) mod resolve;
mod source;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use super::clock::Clock;
use super::exchange::{Answer, Api, Asked, Options};
use super::resources::{self, images, permissions};
use super::seed;
use super::state::{Actor, State};
use fault::Fault;
pub(crate) use merge::{About, merge};
use ovirt_sdk::Error;
use ovirt_sdk::request::Verb;
use resolve::Target;

/// The API of one engine.
struct Engine {
    state: Mutex<State>,
}

/// Opens the API of an engine, with a seed or a state that was saved.
pub(crate) fn open(options: Options, clock: Clock) -> Result<Arc<dyn Api>, Error> {
    let registry = Arc::new(resources::registry());
    let mut state = match &options.state {
        Some(text) => State::load(text, registry, clock)?,
        None => {
            let mut state = State::new(registry, clock, options.seed);
            seed::fill(&mut state, &options);
            state
        }
    };
    state.origin.clone_from(&options.origin);
    Ok(Arc::new(Engine { state: Mutex::new(state) }))
}

impl Api for Engine {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.catch_up();
        let correlation_id = asked.correlation_id.clone().unwrap_or_default();
        state.actor = Actor { user: asked.user.clone(), correlation_id, job: None };
        let answer = answer(&mut state, asked).unwrap_or_else(|fault| fault.answer());
        state.settle_job();
        answer
    }

    fn image(&self, asked: &Asked) -> Answer {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.catch_up();
        images::answer(&mut state, asked)
    }

    fn save(&self) -> Result<String, Error> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).save()
    }
}

fn answer(state: &mut State, asked: &Asked) -> Result<Answer, Fault> {
    let target = Target::find(state, asked)?;
    let verb = match (asked.method.as_str(), target.action) {
        ("POST", Some(_)) => Verb::Action,
        ("OPTIONS", _) => return Ok(Answer::empty(200).header("Allow", target.allowed())),
        (_, Some(_)) => return Err(Fault::method(&target)),
        ("GET" | "HEAD", None) if target.service.method(Verb::List).is_some() => Verb::List,
        ("GET" | "HEAD", None) => Verb::Get,
        ("POST", None) => Verb::Add,
        ("PUT", None) => Verb::Update,
        ("DELETE", None) => Verb::Remove,
        _ => return Err(Fault::method(&target)),
    };
    let method = target.action.or_else(|| target.service.method(verb)).ok_or_else(|| Fault::method(&target))?;
    permissions::check(state, asked, verb)?;
    match verb {
        Verb::Get => read::get(state, asked, target, method),
        Verb::List => read::list(state, asked, target, method),
        _ => write::write(state, asked, target, method),
    }
}
