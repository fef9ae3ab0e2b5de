//! What the engine tells of what it does: jobs with their steps, and events.

use super::{Actor, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Event, Job, JobStatus, LogSeverity, Step, StepEnum, StepStatus, User};

/// Where jobs live.
const JOBS: &str = "jobs";
/// Where events live.
const EVENTS: &str = "events";
/// The note about a job under which it can be searched.
pub(crate) const CORRELATION_ID: &str = "correlation_id";

/// What happens when a job has been kept long enough.
pub(crate) const FORGET: &str = "history.forget";

/// How long a job is kept after its end, in milliseconds: when it succeeded, and when it failed.
const KEPT: (i64, i64) = (10 * 60_000, 60 * 60_000);

/// How serious an event is.
pub(crate) type Severity = LogSeverity;

/// The number that tells the kind of an event.
pub(crate) type EventCode = i64;

impl State {
    /// Begins a job of what is asked for now; what is scheduled from here on belongs to it, and it ends when none of
    /// that is left. Gives its path.
    pub(crate) fn begin_job(&mut self, description: &str) -> String {
        let now = self.now();
        let owner = self.actor_user();
        let mut job = Job::new().description(description).status(JobStatus::Started).start_time(now).last_updated(now);
        job = job.auto_cleared(true).external(false);
        job.owner = owner.map(|owner| Box::new(User::with_id(owner)));
        let path = self.insert(JOBS, job);
        let id = self.actor.correlation_id.clone();
        self.set_note(&path, CORRELATION_ID, id);
        self.add_step(&path, 0, StepEnum::Validating, "Validating", StepStatus::Finished);
        self.add_step(&path, 1, StepEnum::Executing, "Executing", StepStatus::Started);
        self.actor.job = Some(path.clone());
        path
    }

    /// Adds a step to a job; gives its path.
    pub(crate) fn add_step(
        &mut self,
        job: &str,
        number: i64,
        kind: StepEnum,
        text: &str,
        status: StepStatus,
    ) -> String {
        let now = self.now();
        let mut step = Step::new().description(text).type_(kind).number(number).status(status.clone()).start_time(now);
        step = step.external(false).job(Job::with_id(super::last(job)));
        if status != StepStatus::Started {
            step = step.end_time(now);
        }
        self.insert(&format!("{job}/steps"), step)
    }

    /// Ends a job: it succeeded, unless it failed before.
    pub(super) fn end_job(&mut self, job: &str) {
        if self.get::<Job>(job).is_some_and(|job| job.status == Some(JobStatus::Started) && job.external != Some(true))
        {
            self.close_job(job, JobStatus::Finished, StepStatus::Finished);
            let number = self.paths(&format!("{job}/steps")).len();
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.add_step(job, number, StepEnum::Finalizing, "Finalizing", StepStatus::Finished);
        }
    }

    /// Ends the job under way as one that failed.
    pub(crate) fn fail_job(&mut self) {
        if let Some(job) = self.actor.job.clone() {
            self.close_job(&job, JobStatus::Failed, StepStatus::Failed);
        }
    }

    fn close_job(&mut self, path: &str, status: JobStatus, of_steps: StepStatus) {
        let now = self.now();
        if let Some(job) = self.get_mut::<Job>(path) {
            job.status = Some(status);
            job.end_time = Some(now);
            job.last_updated = Some(now);
        }
        self.forget_later(path);
        for step in self.paths(&format!("{path}/steps")) {
            if let Some(step) = self.get_mut::<Step>(&step)
                && step.status == Some(StepStatus::Started)
            {
                step.status = Some(of_steps.clone());
                step.end_time = Some(now);
            }
        }
    }

    /// Ends a job of which nothing was scheduled; the job under way is none after that.
    pub(crate) fn settle_job(&mut self) {
        if let Some(job) = self.actor.job.take()
            && !self.is_pending(&job)
        {
            self.end_job(&job);
        }
    }

    /// Adds an event of what happens now; `about` are paths of the objects that it concerns.
    pub(crate) fn event(&mut self, code: EventCode, severity: Severity, text: &str, about: &[&str]) -> String {
        let number = self.count(EVENTS);
        let mut event =
            Event::new().id(number.to_string()).index(number).code(code).severity(severity).time(self.now());
        event = event.description(text).origin("oVirt").custom_id(-1).flood_rate(30);
        if !self.actor.correlation_id.is_empty() {
            event = event.correlation_id(self.actor.correlation_id.clone());
        }
        event.user = self.actor_user().map(|id| Box::new(User::with_id(id)));
        for path in about {
            self.concern(&mut event, path);
        }
        self.insert(EVENTS, event)
    }

    /// Notes in an event an object that it concerns, in the member for objects of that type, if there is one.
    fn concern(&self, event: &mut Event, path: &str) {
        let Some(object) = self.object(path) else { return };
        let (name, id) = (object.info().name, super::last(path).to_owned());
        if let Some(reference) = ovirt_sdk::object::member_mut(event, name).and_then(|slot| slot.make_object()) {
            super::set_text(reference, "id", &id);
            let name = ovirt_sdk::object::member(object, "name").and_then(|slot| slot.text());
            if let Some(name) = name {
                super::set_text(reference, "name", &name);
            }
        }
    }

    /// The identifier of the user who asked for what happens now.
    fn actor_user(&self) -> Option<String> {
        self.user_id(&self.actor.user)
    }

    /// The identifier of a user by the name with which it logs in: `admin@internal`.
    pub(crate) fn user_id(&self, name: &str) -> Option<String> {
        let authorized = format!("{name}-authz");
        let is = |user: &User| user.user_name.as_deref().is_some_and(|it| it == name || it == authorized);
        self.list::<User>("users").find(|(_, user)| is(user)).map(|(path, _)| super::last(&path).to_owned())
    }

    /// Lets a job that has ended be forgotten in a while. That belongs to no job: it would not end otherwise.
    pub(crate) fn forget_later(&mut self, path: &str) {
        let Some((status, Some(end))) = self.get::<Job>(path).map(|job| (job.status.clone(), job.end_time)) else {
            return;
        };
        let kept = if status == Some(JobStatus::Finished) { KEPT.0 } else { KEPT.1 };
        let at = end.unix_seconds().saturating_mul(1000).saturating_add(kept);
        self.tasks.add(at.saturating_add(1), FORGET, &[path], &Actor::default());
    }

    /// Forgets a job that ended a while ago, unless somebody wants to clear it away himself.
    pub(crate) fn forget(&mut self, path: &str) {
        if self.get::<Job>(path).is_some_and(|job| job.auto_cleared != Some(false)) {
            self.remove(path);
        }
    }

    /// The name of an object, for texts.
    pub(crate) fn name_of(&self, path: &str) -> String {
        let name = self.object(path).and_then(|object: &dyn Object| ovirt_sdk::object::member(object, "name")?.text());
        name.unwrap_or_else(|| super::last(path).to_owned())
    }

    /// The names of objects, for texts.
    pub(crate) fn names_of(&self, paths: &[String]) -> String {
        paths.iter().map(|path| self.name_of(path)).collect::<Vec<_>>().join(", ")
    }
}
