//! The states of an object during a wait, and what they mean.

use std::time::Duration;

use super::waiter::WaiterInfo;
use crate::error::WaitFailureKind;

/// What an observation means for the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Keep waiting. If nothing changes, the next decision is due at this time.
    Continue(Option<Duration>),
    Success,
    Failure(WaitFailureKind),
}

/// Follows the states of an object. Times count from the beginning of the wait.
#[derive(Debug)]
pub(super) struct Tracker {
    info: &'static WaiterInfo,
    states: Vec<String>,
    /// When the current state was first seen.
    since: Duration,
    /// When the object entered its initial state.
    initial_since: Option<Duration>,
    /// Whether the operation was seen in progress.
    moved: bool,
}

impl Tracker {
    pub(super) fn new(info: &'static WaiterInfo) -> Self {
        Self { info, states: Vec::new(), since: Duration::ZERO, initial_since: None, moved: false }
    }

    /// The states so far, without repetitions of the same state.
    pub(super) fn into_states(self) -> Vec<String> {
        self.states
    }

    /// Whether a state was seen, now or earlier.
    pub(super) fn has_state(&self) -> bool {
        !self.states.is_empty()
    }

    /// Whether the last state is one of success.
    pub(super) fn is_in_success(&self) -> bool {
        self.states.last().is_some_and(|last| self.info.success.contains(&last.as_str()))
    }

    /// How long the last state has lasted.
    pub(super) fn lasted(&self, now: Duration) -> Duration {
        now.saturating_sub(self.since)
    }

    /// Judges the state of an object that exists. An engine reports no state for some objects. `is_complete` tells
    /// whether the object has what the wait needs in addition to a state of success.
    pub(super) fn observe(&mut self, state: Option<&str>, is_complete: bool, now: Duration) -> Verdict {
        if self.info.is_removal() {
            return Verdict::Continue(None);
        }
        let Some(state) = state else { return Verdict::Continue(None) };
        if self.states.last().is_none_or(|last| last != state) {
            self.states.push(state.to_owned());
            self.since = now;
        }
        let is_in = |states: &[&str]| states.contains(&state);
        if is_in(self.info.success) && is_complete {
            return self.succeed(now);
        }
        if is_in(self.info.failure) {
            return Verdict::Failure(WaitFailureKind::State);
        }
        if is_in(self.info.waiting) {
            self.initial_since = None;
        } else if is_in(self.info.initial) {
            return self.stay(now);
        } else {
            self.moved = true;
        }
        Verdict::Continue(None)
    }

    /// The object is in a state of success, possibly because the operation has not begun.
    fn succeed(&self, now: Duration) -> Verdict {
        let settled = self.since + self.info.settle();
        if self.states.len() > 1 || now >= settled { Verdict::Success } else { Verdict::Continue(Some(settled)) }
    }

    /// The object is in a state from before the operation.
    fn stay(&mut self, now: Duration) -> Verdict {
        if self.moved {
            return Verdict::Failure(WaitFailureKind::Back);
        }
        let since = *self.initial_since.get_or_insert(now);
        match self.info.grace().map(|grace| since + grace) {
            Some(end) if now >= end => Verdict::Failure(WaitFailureKind::NotBegun),
            end => Verdict::Continue(end),
        }
    }

    /// Judges the absence of the object.
    pub(super) fn absent(&self) -> Verdict {
        if self.info.is_removal() { Verdict::Success } else { Verdict::Failure(WaitFailureKind::Absent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: WaiterInfo = WaiterInfo {
        name: "up",
        unmet: "did not start",
        field: "status",
        success: &["up"],
        failure: &["paused"],
        initial: &["down", "suspended"],
        waiting: &["locked"],
        typical: 60,
        grace: 30,
        settle: 0,
        addresses: None,
    };

    /// The verdict after a sequence of states with the seconds at which they are seen.
    fn verdict(info: &'static WaiterInfo, states: &[(u64, &str)]) -> Verdict {
        let mut tracker = Tracker::new(info);
        let mut verdict = Verdict::Continue(None);
        for (second, state) in states {
            assert!(matches!(verdict, Verdict::Continue(_)), "decided before {second} s: {verdict:?}");
            verdict = tracker.observe((!state.is_empty()).then_some(state), true, Duration::from_secs(*second));
        }
        verdict
    }

    #[test]
    fn success_and_failure_end_the_wait() {
        assert_eq!(verdict(&UP, &[(0, "up")]), Verdict::Success);
        assert_eq!(verdict(&UP, &[(0, "down"), (1, "powering_up"), (2, "up")]), Verdict::Success);
        assert_eq!(verdict(&UP, &[(0, "powering_up"), (1, "paused")]), Verdict::Failure(WaitFailureKind::State));
    }

    #[test]
    fn coming_back_is_a_failure() {
        assert_eq!(verdict(&UP, &[(0, "powering_up"), (4, "down")]), Verdict::Failure(WaitFailureKind::Back));
        assert_eq!(verdict(&UP, &[(0, "new_state"), (4, "suspended")]), Verdict::Failure(WaitFailureKind::Back));
        // The end of another operation is not.
        let end = Duration::from_secs(34);
        assert_eq!(verdict(&UP, &[(0, "down"), (2, "locked"), (4, "down")]), Verdict::Continue(Some(end)));
        assert_eq!(verdict(&UP, &[(0, ""), (2, "locked"), (4, "down")]), Verdict::Continue(Some(end)));
    }

    #[test]
    fn an_operation_that_does_not_begin_is_a_failure() {
        let end = Some(Duration::from_secs(30));
        assert_eq!(verdict(&UP, &[(0, "down"), (29, "suspended")]), Verdict::Continue(end));
        assert_eq!(verdict(&UP, &[(0, "down"), (30, "suspended")]), Verdict::Failure(WaitFailureKind::NotBegun));
        assert_eq!(verdict(&UP, &[(0, "locked"), (500, "locked")]), Verdict::Continue(None));
    }

    #[test]
    fn a_state_of_success_can_need_more() {
        let mut tracker = Tracker::new(&UP);
        let mut observe =
            |state, is_complete, second| tracker.observe(Some(state), is_complete, Duration::from_secs(second));
        assert_eq!(observe("up", false, 0), Verdict::Continue(None));
        assert_eq!(observe("up", true, 5), Verdict::Success);
        assert_eq!(observe("down", false, 9), Verdict::Failure(WaitFailureKind::Back));
    }

    #[test]
    fn success_from_before_the_operation_does_not_count() {
        const SETTLING: WaiterInfo = WaiterInfo { settle: 60, initial: &[], ..UP };
        assert_eq!(verdict(&SETTLING, &[(5, "up")]), Verdict::Continue(Some(Duration::from_secs(65))));
        assert_eq!(verdict(&SETTLING, &[(5, "up"), (65, "up")]), Verdict::Success);
        assert_eq!(verdict(&SETTLING, &[(5, "up"), (9, "busy"), (12, "up")]), Verdict::Success);
    }
}
