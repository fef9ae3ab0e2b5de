//! Time, and the effects that happen later.

use std::time::Duration;

use ovirt_sdk::types::DateTime;

use super::actor::Actor;
use super::store::State;
use super::tasks::Task;
use crate::effect::{Effect, EffectKind};
use crate::incident::IncidentKind;

impl State {
    /// The time.
    pub(crate) fn now(&self) -> DateTime {
        date(self.now)
    }

    /// The time in milliseconds since 1970.
    pub(crate) fn now_millis(&self) -> i64 {
        self.now
    }

    /// Schedules an effect. It belongs to the current job, which ends after its last effect.
    pub(crate) fn after(&mut self, delay: Duration, effect: Effect) {
        let at = self.now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        self.tasks.push(Task { at, effect, actor: self.actor.clone() });
    }

    /// Schedules an effect that belongs to no job and no user.
    pub(super) fn schedule_at(&mut self, at: i64, effect: Effect) {
        self.tasks.push(Task { at, effect, actor: Actor::default() });
    }

    /// Whether effects of a job are pending.
    pub(crate) fn is_pending(&self, job: &str) -> bool {
        self.tasks.has_job(job)
    }

    /// Cancels the pending effects of a kind that are about the object at a path.
    pub(crate) fn cancel(&mut self, kind: EffectKind, subject: &str) {
        self.tasks.cancel(kind, subject);
    }

    /// Like [`cancel`](Self::cancel), for work that will not be done: its jobs fail, unless they have more to do.
    pub(crate) fn abandon(&mut self, kind: EffectKind, subject: &str) {
        for job in self.tasks.cancel(kind, subject).into_iter().filter_map(|task| task.actor.job) {
            if self.actor.job.as_ref() != Some(&job) && !self.is_pending(&job) {
                self.fail_running_job(&job);
            }
        }
    }

    /// Runs the effects that are due.
    pub(crate) fn catch_up(&mut self) {
        let until = self.clock.now();
        let actor = std::mem::take(&mut self.actor);
        while let Some(task) = self.tasks.next_due(until) {
            self.now = self.now.max(task.at);
            self.run(task);
        }
        self.now = self.now.max(until);
        self.actor = actor;
    }

    /// Runs the pending effects of a job at once, for a client that waits for its end.
    pub(crate) fn hurry(&mut self, job: &str) {
        let actor = self.actor.clone();
        while let Some(task) = self.tasks.next_of_job(job) {
            self.run(task);
        }
        self.actor = actor;
    }

    fn run(&mut self, task: Task) {
        let Task { effect, actor, .. } = task;
        self.actor = actor;
        if let Some(fail) = self.hooks.failure(effect.kind())
            && self.strikes(IncidentKind::JobFailure, effect.subject())
        {
            self.fail_work(fail, &effect);
        } else if let Some(hook) = self.hooks.effect(effect.kind()) {
            hook(self, &effect);
        }
        self.settle_job();
    }

    /// Lets the work behind an effect fail, together with its job and everything else that the job has to do.
    fn fail_work(&mut self, fail: fn(&mut Self, &Effect), effect: &Effect) {
        fail(self, effect);
        self.fail_job();
        // From here on, the functions can't add effects to the job.
        let Some(job) = self.actor.job.take() else { return };
        while let Some(Task { effect, .. }) = self.tasks.next_of_job(&job) {
            let kind = effect.kind();
            if let Some(hook) = self.hooks.failure(kind).or_else(|| self.hooks.effect(kind)) {
                hook(self, &effect);
            }
        }
    }
}

/// A time in milliseconds since 1970 as a date.
pub(crate) fn date(millis: i64) -> DateTime {
    DateTime::from_unix_millis(millis).unwrap_or(DateTime::EPOCH)
}
