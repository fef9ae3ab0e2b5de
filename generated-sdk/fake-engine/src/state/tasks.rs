//! Pending effects, by the time at which they are due.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::actor::Actor;
use crate::effect::{Effect, EffectKind};

/// The time at which a task is due, and its number: tasks of the same time run in the order in which they were added.
pub(super) type Key = (i64, u64);

#[derive(Debug, Default)]
pub(super) struct Tasks {
    due: BTreeMap<Key, Task>,
    next: u64,
    /// Indexes by job and by subject, since requests ask for them.
    by_job: Index,
    by_subject: Index,
    /// The changes since [`begin_changes`](Tasks::begin_changes), if they are recorded.
    changes: Option<TaskChanges>,
}

#[derive(Debug, Default)]
struct TaskChanges {
    added: BTreeSet<Key>,
    removed: BTreeSet<Key>,
}

/// An effect that is going to happen.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) at: i64,
    pub(super) effect: Effect,
    /// Who caused it.
    pub(super) actor: Actor,
}

/// Tasks by a text; texts without tasks are removed.
#[derive(Debug, Default)]
struct Index(HashMap<String, BTreeSet<Key>>);

impl Index {
    fn add(&mut self, text: &str, key: Key) {
        self.0.entry(text.to_owned()).or_default().insert(key);
    }

    fn remove(&mut self, text: &str, key: Key) {
        if let Some(keys) = self.0.get_mut(text) {
            keys.remove(&key);
            if keys.is_empty() {
                self.0.remove(text);
            }
        }
    }
}

impl Tasks {
    pub(super) fn push(&mut self, task: Task) {
        self.restore(self.next, task);
    }

    /// Adds a task with the number that it had before.
    pub(super) fn restore(&mut self, number: u64, task: Task) {
        let key = (task.at, number);
        self.next = self.next.max(number.saturating_add(1));
        if let Some(changes) = &mut self.changes {
            changes.added.insert(key);
        }
        if let Some(job) = &task.actor.job {
            self.by_job.add(job, key);
        }
        self.by_subject.add(task.effect.subject(), key);
        self.due.insert(key, task);
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (Key, &Task)> {
        self.due.iter().map(|(key, task)| (*key, task))
    }

    /// Records the changes from now on.
    pub(super) fn begin_changes(&mut self) {
        self.changes = Some(TaskChanges::default());
    }

    pub(super) fn has_changes(&self) -> bool {
        self.changes.as_ref().is_some_and(|changes| !changes.added.is_empty() || !changes.removed.is_empty())
    }

    /// The tasks that were added, unless they were removed again.
    pub(super) fn added(&self) -> impl Iterator<Item = (Key, &Task)> {
        let added = self.changes.iter().flat_map(|changes| &changes.added);
        added.filter_map(|key| Some((*key, self.due.get(key)?)))
    }

    /// The tasks that were removed, unless they were added since.
    pub(super) fn removed(&self) -> impl Iterator<Item = Key> {
        self.changes.iter().flat_map(|changes| &changes.removed).copied()
    }

    /// Removes a task.
    pub(super) fn forget(&mut self, key: Key) {
        self.take(key);
    }

    /// Takes the next task that is due at a time.
    pub(super) fn next_due(&mut self, until: i64) -> Option<Task> {
        let key = *self.due.first_key_value()?.0;
        if key.0 <= until { self.take(key) } else { None }
    }

    /// Takes the next task of a job, due or not.
    pub(super) fn next_of_job(&mut self, job: &str) -> Option<Task> {
        let key = *self.by_job.0.get(job)?.first()?;
        self.take(key)
    }

    pub(super) fn has_job(&self, job: &str) -> bool {
        self.by_job.0.contains_key(job)
    }

    /// Removes the tasks of a kind that are about an object, and returns them.
    pub(super) fn cancel(&mut self, kind: EffectKind, subject: &str) -> Vec<Task> {
        let mut keys = self.by_subject.0.get(subject).cloned().unwrap_or_default();
        keys.retain(|key| self.due.get(key).is_some_and(|task| task.effect.kind() == kind));
        keys.into_iter().filter_map(|key| self.take(key)).collect()
    }

    fn take(&mut self, key: Key) -> Option<Task> {
        let task = self.due.remove(&key)?;
        if let Some(changes) = &mut self.changes
            && !changes.added.remove(&key)
        {
            changes.removed.insert(key);
        }
        if let Some(job) = &task.actor.job {
            self.by_job.remove(job, key);
        }
        self.by_subject.remove(task.effect.subject(), key);
        Some(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(at: i64, effect: Effect, job: &str) -> Task {
        Task { at, effect, actor: Actor { job: Some(job.to_owned()), ..Actor::default() } }
    }

    fn booted(vm: &str) -> Effect {
        Effect::VmBooted { vm: vm.to_owned() }
    }

    fn launched(vm: &str) -> Effect {
        Effect::VmLaunched { vm: vm.to_owned() }
    }

    fn tasks(all: Vec<Task>) -> Tasks {
        let mut tasks = Tasks::default();
        all.into_iter().for_each(|task| tasks.push(task));
        tasks
    }

    fn time(task: Option<Task>) -> Option<i64> {
        task.map(|task| task.at)
    }

    #[test]
    fn tasks_come_by_time_and_by_job() {
        let mut tasks = tasks(vec![
            task(3, booted("c"), "one"),
            task(1, booted("a"), "two"),
            task(1, booted("b"), "one"),
            task(9, booted("d"), "two"),
        ]);
        assert_eq!(tasks.next_of_job("one").map(|task| task.effect), Some(booted("b")));
        assert_eq!(tasks.next_due(3).map(|task| task.effect), Some(booted("a")));
        assert_eq!(tasks.next_due(3).map(|task| task.effect), Some(booted("c")));
        assert_eq!(time(tasks.next_due(3)), None);
        assert!(!tasks.has_job("one") && tasks.has_job("two"));
        assert_eq!(tasks.next_of_job("two").map(|task| task.effect), Some(booted("d")));
        assert!(!tasks.has_job("two") && tasks.by_subject.0.is_empty());
    }

    #[test]
    fn only_tasks_of_the_kind_and_the_subject_are_canceled() {
        let mut tasks =
            tasks(vec![task(1, booted("x"), "one"), task(2, booted("y"), "one"), task(3, launched("x"), "one")]);
        tasks.cancel(EffectKind::VmBooted, "x");
        tasks.cancel(EffectKind::VmBooted, "nothing");
        assert_eq!(tasks.all().map(|(key, _)| key.0).collect::<Vec<_>>(), [2, 3]);
        assert!(tasks.has_job("one"));
    }
}
