//! What is going to happen: names of effects with their arguments, by the time at which they are due. Data, so that it
//! can be written to a file with everything else.

use std::collections::BTreeMap;

use super::Actor;

#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// By time; those of one time in the order in which they were added.
    due: BTreeMap<(i64, u64), Task>,
    next: u64,
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

impl Tasks {
    pub(super) fn add(&mut self, at: i64, effect: &str, arguments: &[&str], actor: &Actor) {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self.push(Task { at, effect: effect.to_owned(), arguments, actor: actor.clone() });
    }

    pub(super) fn push(&mut self, task: Task) {
        self.due.insert((task.at, self.next), task);
        self.next += 1;
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Task> {
        self.due.values()
    }

    /// Takes the next one that is due at a time.
    pub(super) fn due(&mut self, until: i64) -> Option<Task> {
        let first = self.due.first_entry()?;
        (first.key().0 <= until).then(|| first.remove())
    }

    /// Takes the next one of a job, due or not.
    pub(super) fn next_of_job(&mut self, job: &str) -> Option<Task> {
        let key = self.due.iter().find(|(_, task)| task.actor.job.as_deref() == Some(job)).map(|(key, _)| *key)?;
        self.due.remove(&key)
    }

    pub(super) fn of_job(&self, job: &str) -> bool {
        self.due.values().any(|task| task.actor.job.as_deref() == Some(job))
    }

    pub(super) fn cancel(&mut self, effect: &str, argument: &str) {
        self.due
            .retain(|_, task| task.effect != effect || task.arguments.first().is_none_or(|first| first != argument));
    }
}
