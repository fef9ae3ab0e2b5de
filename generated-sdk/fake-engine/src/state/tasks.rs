//! What is going to happen: names of effects with their arguments, by the time at which they are due. Data, so that it
//! can be written to a file with everything else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Actor;

/// When a task is due, and its number: those of one time come in the order in which they were added.
type Key = (i64, u64);

#[derive(Debug, Default)]
pub(super) struct Tasks {
    due: BTreeMap<Key, Task>,
    next: u64,
    /// Those of a job, and those with a first argument: requests ask for them, however many others there are.
    of_jobs: Index,
    of_arguments: Index,
}

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) at: i64,
    pub(super) effect: String,
    pub(super) arguments: Vec<String>,
    /// Who caused it.
    pub(super) actor: Actor,
}

/// Tasks by a text; texts without tasks are not in it.
#[derive(Debug, Default)]
struct Index(HashMap<String, BTreeSet<Key>>);

impl Index {
    fn add(&mut self, text: Option<&String>, key: Key) {
        if let Some(text) = text {
            self.0.entry(text.clone()).or_default().insert(key);
        }
    }

    fn remove(&mut self, text: Option<&String>, key: Key) {
        let Some(text) = text else { return };
        if let Some(keys) = self.0.get_mut(text) {
            keys.remove(&key);
            if keys.is_empty() {
                self.0.remove(text);
            }
        }
    }
}

impl Tasks {
    pub(super) fn add(&mut self, at: i64, effect: &str, arguments: &[&str], actor: &Actor) {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self.push(Task { at, effect: effect.to_owned(), arguments, actor: actor.clone() });
    }

    pub(super) fn push(&mut self, task: Task) {
        let key = (task.at, self.next);
        self.next += 1;
        self.of_jobs.add(task.actor.job.as_ref(), key);
        self.of_arguments.add(task.arguments.first(), key);
        self.due.insert(key, task);
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Task> {
        self.due.values()
    }

    /// Takes the next one that is due at a time.
    pub(super) fn due(&mut self, until: i64) -> Option<Task> {
        let key = *self.due.first_key_value()?.0;
        if key.0 <= until { self.take(key) } else { None }
    }

    /// Takes the next one of a job, due or not.
    pub(super) fn next_of_job(&mut self, job: &str) -> Option<Task> {
        let key = *self.of_jobs.0.get(job)?.first()?;
        self.take(key)
    }

    pub(super) fn of_job(&self, job: &str) -> bool {
        self.of_jobs.0.contains_key(job)
    }

    pub(super) fn cancel(&mut self, effect: &str, argument: &str) {
        let keys = self.of_arguments.0.get(argument).cloned().unwrap_or_default();
        for key in keys {
            if self.due.get(&key).is_some_and(|task| task.effect == effect) {
                self.take(key);
            }
        }
    }

    fn take(&mut self, key: Key) -> Option<Task> {
        let task = self.due.remove(&key)?;
        self.of_jobs.remove(task.actor.job.as_ref(), key);
        self.of_arguments.remove(task.arguments.first(), key);
        Some(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(all: &[(i64, &str, &str, &str)]) -> Tasks {
        let mut tasks = Tasks::default();
        for (at, effect, argument, job) in all {
            let actor = Actor { job: Some((*job).to_owned()), ..Actor::default() };
            tasks.add(*at, effect, &[argument], &actor);
        }
        tasks
    }

    fn effect(task: Option<Task>) -> String {
        task.map_or_else(String::new, |task| task.effect)
    }

    #[test]
    fn tasks_come_by_time_and_by_job() {
        let mut tasks =
            tasks(&[(3, "c", "x", "one"), (1, "a", "x", "two"), (1, "b", "y", "one"), (9, "d", "y", "two")]);
        assert_eq!(effect(tasks.next_of_job("one")), "b");
        assert_eq!(effect(tasks.due(3)), "a");
        assert_eq!(effect(tasks.due(3)), "c");
        assert_eq!(effect(tasks.due(3)), "");
        assert!(!tasks.of_job("one") && tasks.of_job("two"));
        assert_eq!(effect(tasks.next_of_job("two")), "d");
        assert!(!tasks.of_job("two") && tasks.of_arguments.0.is_empty());
    }

    #[test]
    fn only_tasks_of_the_effect_and_the_argument_are_cancelled() {
        let mut tasks = tasks(&[(1, "a", "x", "one"), (2, "a", "y", "one"), (3, "b", "x", "one")]);
        tasks.cancel("a", "x");
        tasks.cancel("a", "nothing");
        assert_eq!(tasks.all().map(|task| task.at).collect::<Vec<_>>(), [2, 3]);
        assert!(tasks.of_job("one"));
    }
}
