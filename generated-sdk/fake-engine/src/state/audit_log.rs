//! The audit log: jobs with their steps, and events.

use ovirt_sdk::object::{member, member_mut};
use ovirt_sdk::types::{Event, Job, JobStatus, LogSeverity as Severity, Step, StepEnum, StepStatus, User};

use super::store::State;
use crate::effect::Effect;
use crate::fields::{id_of, set_text, text};
use crate::note::Note;
use crate::path::last;

const JOBS: &str = "jobs";
const EVENTS: &str = "events";
const USERS: &str = "users";
/// The fields of objects that refer to what they belong to, and the collections of these objects.
const SURROUNDINGS: [(&str, &str); 4] =
    [("cluster", "clusters"), ("data_center", "datacenters"), ("host", "hosts"), ("template", "templates")];
/// The correlation ID of a job, by which jobs can be searched.
const CORRELATION_ID: Note<String> = Note::new("correlation_id");

/// The beginnings of the descriptions of jobs that have a last step "Finalizing", because their commands clean up.
const FINALIZED_JOBS: [&str; 10] = [
    "Adding Disk",
    "Adding network ",
    "Copying ",
    "Creating ",
    "Moving Disk",
    "Removing Disk",
    "Removing Snapshot",
    "Removing VM ",
    "Removing network ",
    "Updating network ",
];

/// The time for which a job is kept after its end, in milliseconds.
const SUCCEEDED_JOB_KEPT: i64 = 10 * 60_000;
const FAILED_JOB_KEPT: i64 = 60 * 60_000;

impl State {
    /// Starts a job. The effects that are scheduled from now on belong to it; the job ends after the last of them.
    pub(crate) fn begin_job(&mut self, description: &str) {
        let path = self.add_job(description);
        self.add_step(&path, 0, StepEnum::Validating, "Validating", StepStatus::Finished);
        self.add_step(&path, 1, StepEnum::Executing, "Executing", StepStatus::Started);
        self.actor.job = Some(path);
    }

    /// Adds the failed job of a command whose validation failed.
    pub(crate) fn refuse_job(&mut self, description: &str) {
        let path = self.add_job(description);
        self.add_step(&path, 0, StepEnum::Validating, "Validating", StepStatus::Failed);
        self.close_job(&path, JobStatus::Failed, StepStatus::Failed);
    }

    fn add_job(&mut self, description: &str) -> String {
        let now = self.now();
        let owner = self.actor_user();
        let mut job = Job::new().description(description).status(JobStatus::Started).start_time(now).last_updated(now);
        job = job.auto_cleared(true).external(false);
        job.owner = owner.map(|owner| Box::new(User::with_id(owner)));
        let path = self.insert(JOBS, job);
        let id = self.actor.correlation_id.clone();
        self.set_note(&path, CORRELATION_ID, id);
        path
    }

    /// Adds a step to a job and returns its path.
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
        step = step.external(false).job(Job::with_id(last(job)));
        if status != StepStatus::Started {
            step = step.end_time(now);
        }
        self.insert(&format!("{job}/steps"), step)
    }

    /// Ends a job successfully, unless it has failed or belongs to a client.
    fn end_job(&mut self, path: &str) {
        let is_running = |job: &&Job| job.status == Some(JobStatus::Started) && job.external != Some(true);
        let Some(job) = self.get::<Job>(path).filter(is_running) else { return };
        let description = job.description.as_deref().unwrap_or_default();
        let is_finalized = FINALIZED_JOBS.iter().any(|start| description.starts_with(start));
        self.close_job(path, JobStatus::Finished, StepStatus::Finished);
        if is_finalized {
            let number = self.paths(&format!("{path}/steps")).len();
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.add_step(path, number, StepEnum::Finalizing, "Finalizing", StepStatus::Finished);
        }
    }

    /// Ends the current job as failed.
    pub(crate) fn fail_job(&mut self) {
        if let Some(job) = self.actor.job.clone() {
            self.close_job(&job, JobStatus::Failed, StepStatus::Failed);
        }
    }

    /// Ends a job as failed, unless it has ended before.
    pub(super) fn fail_running_job(&mut self, path: &str) {
        if self.get::<Job>(path).is_some_and(|job| job.status == Some(JobStatus::Started)) {
            self.close_job(path, JobStatus::Failed, StepStatus::Failed);
        }
    }

    fn close_job(&mut self, path: &str, status: JobStatus, of_steps: StepStatus) {
        let now = self.now();
        if let Some(job) = self.get_mut::<Job>(path) {
            job.status = Some(status);
            job.end_time = Some(now);
            job.last_updated = Some(now);
        }
        self.delete_job_later(path);
        for step in self.paths(&format!("{path}/steps")) {
            if let Some(step) = self.get_mut::<Step>(&step)
                && step.status == Some(StepStatus::Started)
            {
                step.status = Some(of_steps.clone());
                step.end_time = Some(now);
            }
        }
    }

    /// Leaves the current job; a job without pending effects ends.
    pub(crate) fn settle_job(&mut self) {
        if let Some(job) = self.actor.job.take()
            && !self.is_pending(&job)
        {
            self.end_job(&job);
        }
    }

    /// Adds an event and returns its path. `about` are the paths of the objects that it concerns.
    pub(crate) fn event(&mut self, code: i64, severity: Severity, text: &str, about: &[&str]) -> String {
        let mut event = self.event_about(code, severity, text, about);
        event.correlation_id = Some(self.actor.correlation_id.clone()).filter(|id| !id.is_empty());
        event.user = self.actor_user().map(|id| Box::new(User::with_id(id).name(self.actor.user.clone())));
        self.insert(EVENTS, event)
    }

    /// Adds an event of the engine's monitoring: about what it has seen on a host, not about a command.
    pub(crate) fn observed(&mut self, code: i64, severity: Severity, text: &str, about: &[&str]) {
        let mut event = self.event_about(code, severity, text, about);
        event.data_center = None;
        self.insert(EVENTS, event);
    }

    fn event_about(&mut self, code: i64, severity: Severity, text: &str, about: &[&str]) -> Event {
        let number = self.count(EVENTS);
        let mut event =
            Event::new().id(number.to_string()).index(number).code(code).severity(severity).time(self.now());
        event = event.description(text).origin("oVirt").custom_id(-1).flood_rate(0);
        for path in about {
            self.concern(&mut event, path);
        }
        for path in about {
            self.concern_surroundings(&mut event, path);
        }
        event
    }

    /// Sets the fields of an event that refer to what an object belongs to, such as the cluster of a virtual machine.
    fn concern_surroundings(&self, event: &mut Event, path: &str) {
        let Some(object) = self.object(path) else { return };
        for (field, collection) in SURROUNDINGS {
            let reference = member(object, field).and_then(|slot| slot.as_object()).and_then(id_of);
            let is_free = member(event, field).is_some_and(|slot| !slot.is_set());
            if let Some(id) = reference.filter(|_| is_free) {
                let path = format!("{collection}/{id}");
                self.concern(event, &path);
                self.concern_surroundings(event, &path);
            }
        }
    }

    /// Sets the field of an event that refers to an object, if events have one for its type.
    fn concern(&self, event: &mut Event, path: &str) {
        let Some(object) = self.object(path) else { return };
        if let Some(reference) = member_mut(event, object.info().name).and_then(|slot| slot.make_object()) {
            set_text(reference, "id", last(path));
            if let Some(name) = text(object, "name") {
                set_text(reference, "name", name);
            }
        }
    }

    /// The identifier of the user who causes what happens now.
    fn actor_user(&self) -> Option<String> {
        self.user_id(&self.actor.user)
    }

    /// The identifier of a user by its login name: `admin@internal`.
    pub(crate) fn user_id(&self, name: &str) -> Option<String> {
        let authorized = format!("{name}-authz");
        let is_meant = |user: &User| user.user_name.as_deref().is_some_and(|it| it == name || it == authorized);
        self.each::<User>(USERS).find(|user| is_meant(user))?.id.clone()
    }

    /// Schedules the removal of a job that has ended.
    pub(crate) fn delete_job_later(&mut self, path: &str) {
        let Some((status, Some(end))) = self.get::<Job>(path).map(|job| (job.status.clone(), job.end_time)) else {
            return;
        };
        let kept = if status == Some(JobStatus::Finished) { SUCCEEDED_JOB_KEPT } else { FAILED_JOB_KEPT };
        let at = end.unix_seconds().saturating_mul(1000).saturating_add(kept);
        self.schedule_at(at.saturating_add(1), Effect::JobDeleted { job: path.to_owned() });
    }
}
