//! What goes wrong on purpose.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::exchange::Answer;
use super::pages;
use super::pattern::Pattern;

/// Something that goes wrong with requests to a fake engine.
///
/// Made by one of the constructors, told which requests it befalls, and given to
/// [`FakeEngine::inject`](super::FakeEngine::inject). Unless it is told otherwise, it befalls every request to the API,
/// from the first one on, and for good; logging in is not a request to the API.
///
/// ```
/// use std::time::Duration;
/// use ovirt_fake_engine::Trouble;
///
/// let restart = Trouble::unavailable().everywhere().times(3);
/// let expired = Trouble::unauthorized().after(10).times(1);
/// let lost = Trouble::reset().on("vms/*/start").method("POST").once_done();
/// let locked = Trouble::fault(409, "Operation Failed", "[Cannot run VM. VM is locked.]").on("vms/*/start");
/// let slow = Trouble::latency(Duration::from_millis(200)).on("vms/**");
/// ```
#[derive(Clone)]
#[must_use = "it does nothing until it is injected"]
pub struct Trouble {
    what: What,
    delay: Duration,
    pattern: Pattern,
    method: Option<String>,
    after: usize,
    times: Option<usize>,
    once_done: bool,
}

/// What becomes of the answer.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// It comes.
    Answered,
    /// Another one comes.
    Replaced(Answer),
    /// A part of it comes, and then nothing.
    Truncated,
    /// The TCP connection is reset.
    Reset,
    /// Nothing comes.
    Silence,
}

impl Trouble {
    fn new(what: What) -> Self {
        Self {
            what,
            delay: Duration::ZERO,
            pattern: Pattern::new("**"),
            method: None,
            after: 0,
            times: None,
            once_done: false,
        }
    }

    /// The answer takes so much longer. It is real time, whatever the engine's clock does.
    pub fn latency(delay: Duration) -> Self {
        Self::new(What::Answered).delay(delay)
    }

    /// The TCP connection is reset in place of an answer.
    pub fn reset() -> Self {
        Self::new(What::Reset)
    }

    /// The request is never answered.
    pub fn silence() -> Self {
        Self::new(What::Silence)
    }

    /// The engine does what it is asked, but half of the answer's body is missing: fewer bytes come than it announced.
    pub fn truncated() -> Self {
        Self::new(What::Truncated)
    }

    /// The login is not accepted, as when it has expired: 401 with a page of HTML.
    pub fn unauthorized() -> Self {
        Self::new(What::Replaced(pages::unauthorized(None)))
    }

    /// The web server can't reach the engine behind it: 503 with a page of HTML.
    pub fn unavailable() -> Self {
        Self::new(What::Replaced(pages::unavailable()))
    }

    /// The engine refuses, in the way it does: a status with a fault.
    pub fn fault(status: u16, reason: impl AsRef<str>, detail: impl AsRef<str>) -> Self {
        Self::new(What::Replaced(Answer::fault(status, reason.as_ref(), detail.as_ref())))
    }

    /// Any other answer.
    pub fn answer(status: u16, content_type: impl AsRef<str>, body: impl Into<Vec<u8>>) -> Self {
        Self::new(What::Replaced(Answer::of(content_type.as_ref(), status, body.into())))
    }

    /// Befalls requests whose path is meant by a pattern, relative to the API: `vms/*/start`, where `*` stands for
    /// anything within a segment and `**` for any number of segments. A pattern that begins with `/` is of the whole
    /// path: `/ovirt-engine/sso/**`.
    pub fn on(mut self, pattern: impl AsRef<str>) -> Self {
        self.pattern = Pattern::new(pattern.as_ref());
        self
    }

    /// Befalls every request to the server, logins included.
    pub fn everywhere(self) -> Self {
        self.on("/**")
    }

    /// Befalls requests with this method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Spares the first `count` requests that it would befall.
    pub fn after(mut self, count: usize) -> Self {
        self.after = count;
        self
    }

    /// Ends after it has befallen `count` requests.
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    /// Lets what goes wrong take so long first.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Lets the engine do what it is asked; only the answer goes wrong. So one learns what a client makes of requests
    /// that were carried out without its knowledge.
    pub fn once_done(mut self) -> Self {
        self.once_done = true;
        self
    }

    fn befalls(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && self.pattern.matches(path)
    }
}

impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.what {
            What::Answered => "latency".to_owned(),
            What::Replaced(answer) => answer.status.to_string(),
            What::Truncated => "truncated".to_owned(),
            What::Reset => "reset".to_owned(),
            What::Silence => "silence".to_owned(),
        };
        f.debug_struct("Trouble")
            .field("what", &what)
            .field("on", &self.pattern.to_string())
            .field("method", &self.method)
            .field("after", &self.after)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

/// What befalls one request.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    pub(crate) delay: Duration,
    /// In place of doing what was asked.
    pub(crate) instead: Option<What>,
    /// After it was done.
    pub(crate) afterwards: What,
}

/// The troubles of an engine.
#[derive(Default)]
pub(crate) struct Troubles(Mutex<Vec<Trouble>>);

impl Troubles {
    fn lock(&self) -> MutexGuard<'_, Vec<Trouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, trouble: Trouble) {
        self.lock().push(trouble);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// What befalls a request. Of several troubles all delays count, and else the one that was injected first.
    pub(crate) fn fate(&self, method: &str, path: &str) -> Fate {
        let mut fate = Fate { delay: Duration::ZERO, instead: None, afterwards: What::Answered };
        let mut troubles = self.lock();
        for trouble in troubles.iter_mut().filter(|trouble| trouble.befalls(method, path)) {
            if trouble.after > 0 {
                trouble.after -= 1;
                continue;
            }
            let decided = fate.instead.is_some() || !matches!(fate.afterwards, What::Answered);
            match &trouble.what {
                What::Answered => {}
                _ if decided => continue,
                What::Truncated => fate.afterwards = What::Truncated,
                what if trouble.once_done => fate.afterwards = what.clone(),
                what => fate.instead = Some(what.clone()),
            }
            fate.delay += trouble.delay;
            if let Some(times) = &mut trouble.times {
                *times = times.saturating_sub(1);
            }
        }
        troubles.retain(|trouble| trouble.times != Some(0));
        fate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of so many requests, in short.
    fn outcomes(troubles: &Troubles, count: usize) -> Vec<String> {
        let outcome = |_| {
            let fate = troubles.fate("GET", "/ovirt-engine/api/vms");
            match (fate.instead, fate.afterwards) {
                (Some(What::Replaced(answer)), _) => answer.status.to_string(),
                (Some(what), _) => format!("{what:?}"),
                (None, what) => format!("then {what:?}"),
            }
        };
        (0..count).map(outcome).collect()
    }

    #[test]
    fn troubles_begin_and_end() {
        let troubles = Troubles::default();
        troubles.add(Trouble::unavailable().after(1).times(2));
        assert_eq!(outcomes(&troubles, 4), ["then Answered", "503", "503", "then Answered"]);
        assert!(troubles.lock().is_empty());
    }

    #[test]
    fn the_first_trouble_counts_and_the_next_one_waits() {
        let troubles = Troubles::default();
        troubles.add(Trouble::unauthorized().times(1));
        troubles.add(Trouble::reset().once_done().times(1));
        troubles.add(Trouble::truncated().times(1));
        troubles.add(Trouble::silence().method("POST"));
        troubles.add(Trouble::silence().on("disks"));
        assert_eq!(outcomes(&troubles, 4), ["401", "then Reset", "then Truncated", "then Answered"]);
        troubles.clear();
        assert!(troubles.lock().is_empty());
    }

    #[test]
    fn delays_add_up() {
        let troubles = Troubles::default();
        troubles.add(Trouble::latency(Duration::from_millis(3)).times(1));
        troubles.add(Trouble::unavailable().delay(Duration::from_millis(4)).everywhere());
        assert_eq!(troubles.fate("GET", "/ovirt-engine/api").delay, Duration::from_millis(7));
        assert_eq!(troubles.fate("POST", "/ovirt-engine/sso/oauth/token").delay, Duration::from_millis(4));
    }
}
