//! Drives every waiter of the model to success, to every failure, and to its deadline, in virtual time.

use std::collections::VecDeque;
use std::time::Duration;

use ovirt_sdk::jobs::{Wait, WaitFailureKind, WaitOutput};
use ovirt_sdk::object::Struct;
use ovirt_sdk::{Connection, Error};
use tokio::time::Instant;

use crate::script::{Script, Step, next};

mod generated {
    use super::{Case, Driver, ID};

    include!(concat!(env!("OUT_DIR"), "/waiters.rs"));
}

const ID: &str = "00000000-0000-0000-0000-000000000001";

/// A waiter as the model describes it.
pub(crate) struct Case {
    service: &'static str,
    waiter: &'static str,
    tag: &'static str,
    plural: &'static str,
    /// Whether the object can be read by itself.
    gets: bool,
    field: &'static str,
    /// The XML of what the object needs in addition to a state of success.
    needs: &'static str,
    /// The states with their roles.
    states: &'static [(&'static str, &'static str)],
    typical: u32,
    grace: u32,
    settle: u32,
}

/// What the scripted engine says about the object: a state, or that there is no object.
type Seen = Option<&'static str>;

impl Case {
    fn with_role(&self, role: &str) -> Vec<&'static str> {
        self.states.iter().filter(|(_, of)| *of == role).map(|(state, _)| *state).collect()
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.typical * 10).max(120))
    }

    /// An engine that shows a sequence of states; the last one stays.
    fn script(&self, sequence: impl IntoIterator<Item = Seen>) -> Script {
        let mut sequence: VecDeque<Seen> = sequence.into_iter().collect();
        let (tag, plural, field, needs, gets) = (self.tag, self.plural, self.field, self.needs, self.gets);
        // An absence is confirmed by another request.
        let mut absent = false;
        Script::new(move |path, query| {
            if query.contains("correlation_id") || path == "events" && query.contains("max=") {
                return Step::xml(if path == "jobs" { "<jobs/>" } else { "<events/>" });
            }
            let seen = if absent { None } else { next(&mut sequence) };
            absent = seen.is_none();
            let object = seen.map(|state| match field {
                "" => format!("<{tag} id=\"{ID}\"/>"),
                _ => format!("<{tag} id=\"{ID}\"><{field}>{state}</{field}>{needs}</{tag}>"),
            });
            let is_object = gets && path.ends_with(ID);
            match (object, is_object) {
                (Some(object), true) => Step::xml(object),
                (None, true) => Step::Answer(404, String::new()),
                (object, false) => Step::xml(format!("<{plural}>{}</{plural}>", object.unwrap_or_default())),
            }
        })
    }
}

/// Drives waiters and counts them.
#[derive(Default)]
pub(crate) struct Driver {
    waiters: usize,
    removals: usize,
}

impl Driver {
    async fn waiter<T: Struct + 'static, O: WaitOutput<T> + 'static>(
        &mut self,
        case: Case,
        create: impl Fn(&Connection) -> Wait<T, O>,
    ) {
        self.waiters += 1;
        let name = format!("{}.{}", case.service, case.waiter);
        let run = async |states: &[Seen]| {
            let connection = case.script(states.iter().copied()).connect();
            let began = Instant::now();
            let outcome = create(&connection).await.map(|_| ());
            (outcome, began.elapsed())
        };
        let kind = |outcome: &Result<(), Error>| {
            outcome
                .as_ref()
                .err()
                .and_then(Error::wait_failure)
                .map(|failure| (failure.kind(), failure.last_state().map(str::to_owned)))
        };
        let moving = case.with_role("transitional");
        let on_the_way = moving.first().copied();

        for state in case.with_role("success") {
            let (outcome, took) = run(&[on_the_way, Some(state)]).await;
            if on_the_way.is_some() {
                assert!(
                    outcome.is_ok() && took < Duration::from_secs(10),
                    "{name} until {state}: {outcome:?} after {took:?}"
                );
            }
            // A state that settles counts later.
            let (outcome, took) = run(&[Some(state)]).await;
            let settled = Duration::from_secs(case.settle.into());
            assert!(
                outcome.is_ok() && took >= settled && took < settled + Duration::from_secs(2),
                "{name}: {state}: {took:?}"
            );
        }
        if !case.needs.is_empty() {
            let bare = Case { needs: "", ..case };
            for state in case.with_role("success") {
                let error = create(&bare.script([Some(state)]).connect()).await.map(drop).unwrap_err();
                assert!(error.is_timeout() && error.to_string().contains(state), "{name} in {state}: {error}");
            }
        }
        for state in case.with_role("failure") {
            let (outcome, took) = run(&[on_the_way, Some(state)]).await;
            assert_eq!(kind(&outcome), Some((WaitFailureKind::State, Some(state.to_owned()))), "{name} in {state}");
            assert!(took < Duration::from_secs(10), "{name} in {state}: {took:?}");
        }
        for state in case.with_role("initial") {
            let (outcome, _) = run(&[Some(state), on_the_way, Some(state)]).await;
            assert_eq!(kind(&outcome), Some((WaitFailureKind::Back, Some(state.to_owned()))), "{name} back in {state}");
            let (outcome, took) = run(&[Some(state)]).await;
            let (expected, after) = match case.grace {
                0 => (WaitFailureKind::Timeout, case.timeout()),
                grace => (WaitFailureKind::NotBegun, Duration::from_secs(grace.into())),
            };
            assert_eq!(kind(&outcome), Some((expected, Some(state.to_owned()))), "{name} still in {state}");
            assert!(took >= after && took < after + Duration::from_secs(2), "{name} still in {state}: {took:?}");
        }
        for state in [case.with_role("waiting"), moving].concat() {
            let (outcome, took) = run(&[Some(state)]).await;
            let error = outcome.unwrap_err();
            assert!(error.is_timeout() && error.to_string().contains(state), "{name} in {state}: {error}");
            assert!(took >= case.timeout() && took < case.timeout() + Duration::from_secs(1), "{name}: {took:?}");
        }
        let (outcome, _) = run(&[on_the_way, None]).await;
        assert!(outcome.as_ref().is_err_and(Error::is_not_found), "{name} when the object is gone: {outcome:?}");
    }

    async fn removal<T: Struct + 'static, O: WaitOutput<T> + 'static>(
        &mut self,
        case: Case,
        create: impl Fn(&Connection) -> Wait<T, O>,
    ) {
        self.removals += 1;
        let name = format!("{}.{}", case.service, case.waiter);
        for states in [&[None][..], &[Some(""), Some(""), None]] {
            let script = case.script(states.iter().copied());
            let outcome = create(&script.connect()).await.map(|_| ());
            assert!(outcome.is_ok(), "{name} after {states:?}: {outcome:?}");
            // One answer is not enough.
            let asked = script.requests().len();
            let expected = states.len() + usize::from(case.gets);
            assert_eq!(asked, expected, "{name} after {states:?}: {:?}", script.requests());
        }
        let began = Instant::now();
        let outcome = create(&case.script([Some("")]).connect()).await.map(|_| ());
        assert!(outcome.is_err_and(|error| error.is_timeout()), "{name} when nothing happens");
        assert!(began.elapsed() >= case.timeout(), "{name}: {:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn every_waiter_succeeds_fails_and_times_out() {
    let mut driver = Driver::default();
    generated::all(&mut driver).await;
    assert!(driver.waiters >= 24, "only {} waiters", driver.waiters);
    assert!(driver.removals > 90, "only {} waiters for removals", driver.removals);
}
