//! Restarts of the engine, with their downtime.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::incident::Incident;

/// The downtime of a restart, unless the incident sets another one.
const DOWNTIME: Duration = Duration::from_secs(60);
/// The longest real time for which [`Restarts::settle`] waits.
const SETTLING: Duration = Duration::from_secs(5);

/// What the server does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Up,
    /// It answers, but it can't check credentials any longer.
    Stopping,
    /// It refuses connections.
    Down,
    /// It accepts connections, and answers when it is up.
    Starting,
}

/// The pending restarts of an engine, by its clock.
pub(crate) struct Restarts {
    clock: Clock,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    pending: Vec<Restart>,
    is_listening: bool,
}

/// The times of a restart in milliseconds since 1970.
struct Restart {
    stops: i64,
    refuses: i64,
    accepts: i64,
    answers: i64,
    /// Whether the engine has forgotten what it doesn't store.
    is_applied: bool,
}

impl Restarts {
    pub(crate) fn new(clock: Clock) -> Self {
        let state = State { pending: Vec::new(), is_listening: true };
        Self { clock, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Adds a restart. A real engine rejects credentials for a tenth of its downtime, and starts in the last three tenths.
    pub(crate) fn add(&self, after: Duration, lasting: Option<Duration>) {
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 16);
        let (lasting, stops) = (millis(lasting.unwrap_or(DOWNTIME)), self.clock.now().saturating_add(millis(after)));
        let at = |tenths: i64| stops.saturating_add(lasting.saturating_mul(tenths) / 10);
        let restart = Restart { stops, refuses: at(1), accepts: at(7), answers: at(10), is_applied: false };
        self.lock().pending.push(restart);
        self.clock.wake();
    }

    /// The restarts that have not begun, with the time that is left.
    pub(crate) fn pending(&self) -> Vec<Incident> {
        let now = self.clock.now();
        let time = |from: i64, to: i64| Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0));
        let state = self.lock();
        let pending = state.pending.iter().filter(|restart| restart.stops > now);
        let incident =
            |it: &Restart| Incident::restart().after(time(now, it.stops)).lasting(time(it.stops, it.answers));
        pending.map(incident).collect()
    }

    /// Removes the restarts that have not begun.
    pub(crate) fn clear(&self) {
        let now = self.clock.now();
        self.lock().pending.retain(|restart| restart.stops <= now);
    }

    /// The current phase, and the time of the next change. Calls a function for each restart that has reached its downtime.
    fn observe(&self, mut apply: impl FnMut()) -> (Phase, Option<i64>) {
        let now = self.clock.now();
        let mut state = self.lock();
        let (mut phase, mut next) = (Phase::Up, None);
        for restart in &mut state.pending {
            if now >= restart.refuses && !std::mem::replace(&mut restart.is_applied, true) {
                apply();
            }
            let changes = [
                (restart.stops, Phase::Stopping),
                (restart.refuses, Phase::Down),
                (restart.accepts, Phase::Starting),
                (restart.answers, Phase::Up),
            ];
            if let Some((_, current)) = changes.iter().rev().find(|(at, _)| *at <= now)
                && phase == Phase::Up
            {
                phase = *current;
            }
            let upcoming = changes.iter().map(|(at, _)| *at).find(|at| *at > now);
            next = next.into_iter().chain(upcoming).min();
        }
        state.pending.retain(|restart| now < restart.answers);
        (phase, next)
    }

    /// The current phase; see [`wait`](Self::wait) for the function.
    pub(crate) fn phase(&self, apply: impl FnMut()) -> Phase {
        self.observe(apply).0
    }

    /// Waits for a phase. Calls a function for each restart that reaches its downtime.
    pub(crate) async fn wait(&self, wanted: impl Fn(Phase) -> bool, mut apply: impl FnMut()) {
        let ready = || match self.observe(&mut apply) {
            (phase, _) if wanted(phase) => Ok(()),
            (_, next) => Err(next),
        };
        self.clock.wait(ready).await;
    }

    /// Notes whether the server listens.
    pub(crate) fn set_listening(&self, is_listening: bool) {
        self.lock().is_listening = is_listening;
        self.changed.notify_all();
    }

    /// Waits until the server listens, or doesn't, as the time requires.
    pub(crate) fn settle(&self, mut apply: impl FnMut()) {
        let is_unsettled = |state: &mut State, is_down: bool| state.is_listening == is_down;
        let is_down = self.phase(&mut apply) == Phase::Down;
        let waiting = self.changed.wait_timeout_while(self.lock(), SETTLING, |state| is_unsettled(state, is_down));
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_has_phases() {
        let clock = Clock::standing(None);
        let restarts = Restarts::new(clock.clone());
        restarts.add(Duration::from_secs(5), Some(Duration::from_secs(10)));
        let mut applied = 0;
        let mut phases = Vec::new();
        for _ in 0..17 {
            phases.push(restarts.phase(|| applied += 1));
            clock.advance(Duration::from_secs(1));
        }
        let expected = [(Phase::Up, 5), (Phase::Stopping, 1), (Phase::Down, 6), (Phase::Starting, 3), (Phase::Up, 2)];
        let expected: Vec<Phase> = expected.iter().flat_map(|(phase, count)| vec![*phase; *count]).collect();
        assert_eq!((phases, applied), (expected, 1));
        restarts.add(Duration::from_secs(5), None);
        clock.advance(Duration::from_secs(3600));
        assert_eq!((restarts.phase(|| applied += 1), applied), (Phase::Up, 2));
        restarts.add(Duration::from_secs(5), None);
        clock.advance(Duration::from_secs(2));
        let pending: Vec<String> = restarts.pending().iter().map(Incident::to_string).collect();
        assert_eq!(pending, ["restart after=3s lasting=60s"]);
        restarts.clear();
        clock.advance(Duration::from_secs(6));
        assert_eq!(restarts.phase(|| ()), Phase::Up);
    }
}
