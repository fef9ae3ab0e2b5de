//! Failed waits.

use std::fmt;
use std::time::Duration;

use super::repr::{Error, Inner, WaitFailure, WaitFailureKind};
use crate::generated::roles::{EVENT, Event, JOB, Job, STEP, Step};

/// Maximum number of events and steps in the text of an error.
const SHOWN: usize = 3;

/// Maximum number of states in the text of an error.
const STATES: usize = 8;

impl WaitFailure {
    /// The kind of the failure.
    pub fn kind(&self) -> WaitFailureKind {
        self.kind
    }

    /// The last state of the object; `None` if it was never read or has no state.
    pub fn last_state(&self) -> Option<&str> {
        self.states.last().map(String::as_str)
    }

    /// The states of the object since the beginning of the wait, oldest first.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(String::as_str)
    }

    /// How long the wait lasted.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The engine's warnings and errors about the object since the beginning of the wait, oldest first.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The failed jobs of the operation.
    pub fn failed_jobs(&self) -> &[Job] {
        &self.failed_jobs
    }

    /// The failed steps of these jobs.
    pub fn failed_steps(&self) -> &[Step] {
        &self.failed_steps
    }

    fn reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elapsed = ShownDuration(self.elapsed);
        if let (WaitFailureKind::Timeout, Some(state), Some((lasted, what))) =
            (self.kind, self.last_state(), &self.missing)
        {
            return write!(f, " within {elapsed}: {state} for {}, but {what}", ShownDuration(*lasted));
        }
        match (self.kind, self.last_state()) {
            (WaitFailureKind::State, Some(state)) => write!(f, ": {state} after {elapsed}"),
            (WaitFailureKind::Back, Some(state)) => write!(f, ": {state} again after {elapsed}"),
            (WaitFailureKind::NotBegun, Some(state)) => write!(f, ": still {state} after {elapsed}"),
            (WaitFailureKind::Absent, Some(state)) => {
                write!(f, ": it no longer exists after {elapsed}; its last state was {state}")
            }
            (WaitFailureKind::Absent, None) => f.write_str(": it does not exist"),
            (WaitFailureKind::Timeout, Some(state)) => write!(f, " within {elapsed}: still {state}"),
            (WaitFailureKind::Timeout, None) => write!(f, " within {elapsed}"),
            (WaitFailureKind::State, None) => Ok(()),
            (WaitFailureKind::Unknown, _) => {
                f.write_str(" as far as known: the engine no longer has its job, and no event tells its outcome")
            }
            (_, Some(state)) => write!(f, ": unknown after {elapsed}; its last state was {state}"),
            (_, None) => write!(f, ": unknown after {elapsed}"),
        }
    }
}

impl fmt::Display for WaitFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.unmet)?;
        self.reason(f)?;
        if self.states.len() > 2 {
            let skipped = self.states.len().saturating_sub(STATES);
            let shown: Vec<&str> = self.states().skip(skipped).collect();
            let dots = if skipped > 0 { "… → " } else { "" };
            write!(f, " ({dots}{})", shown.join(" → "))?;
        }
        if let Some(cause) = &self.cause {
            write!(f, "; {cause}")?;
        }
        let said = self.events.iter().filter_map(|event| EVENT.description(event));
        let steps = self.failed_steps.iter().filter_map(|step| STEP.description(step));
        let jobs =
            self.failed_jobs.iter().filter(|_| self.failed_steps.is_empty()).filter_map(|it| JOB.description(it));
        let reasons = [("the engine says", last(said)), ("failed steps", last(steps)), ("failed jobs", last(jobs))];
        for (text, lines) in reasons {
            if !lines.is_empty() {
                write!(f, "; {text}: {}", lines.join(" "))?;
            }
        }
        Ok(())
    }
}

/// The last texts, without those that only repeat the one before.
fn last<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut texts: Vec<&str> = texts.map(str::trim).filter(|text| !text.is_empty()).collect();
    texts.dedup();
    texts.split_off(texts.len().saturating_sub(SHOWN))
}

struct ShownDuration(Duration);

impl fmt::Display for ShownDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64().round();
        match () {
            () if seconds < 120.0 => write!(f, "{seconds} s"),
            () if seconds < 7200.0 => write!(f, "{} min", (seconds / 60.0).round()),
            () => write!(f, "{} h", (seconds / 3600.0).round()),
        }
    }
}

impl Error {
    /// Why a wait failed, if this is the error of a wait.
    pub fn wait_failure(&self) -> Option<&WaitFailure> {
        match &*self.0 {
            Inner::Wait(failure) => Some(failure),
            _ => None,
        }
    }

    pub(crate) fn wait(failure: WaitFailure) -> Self {
        Self(Box::new(Inner::Wait(Box::new(failure))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::List;

    fn failure(kind: WaitFailureKind, states: &[&str]) -> WaitFailure {
        WaitFailure {
            subject: "web1".to_owned(),
            unmet: "did not start",
            kind,
            elapsed: Duration::from_secs(4),
            states: states.iter().map(|state| (*state).to_owned()).collect(),
            events: List::new(),
            failed_jobs: List::new(),
            failed_steps: List::new(),
            missing: None,
            cause: None,
        }
    }

    #[test]
    fn texts_explain_the_failure() {
        let mut back = failure(WaitFailureKind::Back, &["down", "wait_for_launch", "down"]);
        let says = "VM web1 is down with error. Exit message: out of memory.";
        back.events = [Event::new().description(says)].into();
        assert_eq!(
            back.to_string(),
            format!(
                "web1 did not start: down again after 4 s (down → wait_for_launch → down); the engine says: {says}"
            )
        );
        let texts = [
            (WaitFailureKind::State, &["paused"][..], "web1 did not start: paused after 4 s"),
            (WaitFailureKind::NotBegun, &["down"], "web1 did not start: still down after 4 s"),
            (WaitFailureKind::Timeout, &["up"], "web1 did not start within 4 s: still up"),
            (WaitFailureKind::Timeout, &[], "web1 did not start within 4 s"),
            (WaitFailureKind::Absent, &[], "web1 did not start: it does not exist"),
        ];
        for (kind, states, text) in texts {
            assert_eq!(failure(kind, states).to_string(), text);
        }
        let long = failure(WaitFailureKind::Timeout, &["a", "b", "a", "b", "a", "b", "a", "b", "c"]).to_string();
        assert!(long.ends_with("(… → b → a → b → a → b → a → b → c)"), "{long}");
    }
}
