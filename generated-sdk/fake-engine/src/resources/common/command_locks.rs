//! The locks that commands hold on virtual machines, templates and pools while they run.
//!
//! An exclusive lock excludes all other commands that lock the object, a shared one only those that lock it
//! exclusively. A command that finds a lock fails, and its fault says what the holder does.

use std::time::Duration;

use crate::api::{Fault, Registry, on_effect};
use crate::effect::Effect;
use crate::note::Note;
use crate::state::State;

/// The locks on an object.
const LOCKS: Note<Vec<String>> = Note::new("locks");
/// The objects on which an object holds locks.
const LOCKED: Note<Vec<String>> = Note::new("locked objects");
const SEPARATOR: char = '\t';
/// How long a command without tasks keeps its locks.
const WITHOUT_TASKS: Duration = Duration::from_secs(3);

pub(in crate::resources) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, CommandEnded { holder }| release(state, holder));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockMode {
    Shared,
    Exclusive,
}

impl LockMode {
    const fn text(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Exclusive => "exclusive",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Shared, Self::Exclusive].into_iter().find(|mode| mode.text() == text)
    }
}

/// A lock as a command takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommandLock<'a> {
    pub(crate) mode: LockMode,
    /// The path of the object that the command works on. The lock ends when this object is removed.
    pub(crate) holder: &'a str,
    /// The end of the faults of other commands, as in "Cannot run VM. VM is hibernating." `{}` stands for a name.
    pub(crate) reason: &'a str,
    pub(crate) name: &'a str,
}

/// A lock as it is stored.
struct StoredLock {
    mode: LockMode,
    holder: String,
    reason: String,
    name: String,
}

impl StoredLock {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(SEPARATOR);
        let mode = LockMode::parse(fields.next()?)?;
        let mut fields = fields.map(str::to_owned);
        Some(Self { mode, holder: fields.next()?, reason: fields.next()?, name: fields.next()? })
    }
}

/// Locks an object.
pub(crate) fn acquire(state: &mut State, object: &str, lock: CommandLock<'_>) {
    let fields = [lock.mode.text(), lock.holder, lock.reason, lock.name];
    let line = fields.map(|field| field.replace([SEPARATOR, '\n'], " ")).join(&SEPARATOR.to_string());
    add(state, object, LOCKS, line);
    add(state, lock.holder, LOCKED, object.to_owned());
}

/// Releases all locks that an object holds.
pub(crate) fn release(state: &mut State, holder: &str) {
    for object in state.note(holder, LOCKED).unwrap_or_default() {
        let mut lines = state.note(&object, LOCKS).unwrap_or_default();
        lines.retain(|line| StoredLock::parse(line).is_some_and(|lock| lock.holder != holder));
        match lines.is_empty() {
            true => state.clear_note(&object, LOCKS),
            false => state.set_note(&object, LOCKS, lines),
        }
    }
    state.clear_note(holder, LOCKED);
}

/// Releases all locks that an object holds when the engine notices that its command has ended.
pub(crate) fn release_later(state: &mut State, holder: &str) {
    state.after(WITHOUT_TASKS, Effect::CommandEnded { holder: holder.to_owned() });
}

/// Whether an object is locked exclusively.
pub(crate) fn is_locked(state: &State, object: &str) -> bool {
    locks(state, object).iter().any(|lock| lock.mode == LockMode::Exclusive)
}

/// Whether an object holds locks on others, as while it is being created.
pub(crate) fn has_locked_others(state: &State, holder: &str) -> bool {
    state.note(holder, LOCKED).unwrap_or_default().iter().any(|object| object != holder)
}

/// Fails if an object is locked. `action` is an action such as "run VM".
pub(crate) fn check_exclusive(state: &State, object: &str, action: &str) -> Result<(), Fault> {
    check(&locks(state, object), action)
}

/// Fails if an object is locked exclusively.
pub(crate) fn check_shared(state: &State, object: &str, action: &str) -> Result<(), Fault> {
    let mut locks = locks(state, object);
    locks.retain(|lock| lock.mode == LockMode::Exclusive);
    check(&locks, action)
}

fn check(locks: &[StoredLock], action: &str) -> Result<(), Fault> {
    if locks.is_empty() {
        return Ok(());
    }
    let message = |lock: &StoredLock| {
        // The engine fills in all messages of a kind with the values of the last one.
        let last = locks.iter().rfind(|other| other.reason == lock.reason).unwrap_or(lock);
        format!("Cannot {action}. {}", lock.reason.replace("{}", &last.name))
    };
    let messages: Vec<String> = locks.iter().map(message).collect();
    Err(Fault::conflict(&messages.join(", ")))
}

fn locks(state: &State, object: &str) -> Vec<StoredLock> {
    let lines = state.note(object, LOCKS).unwrap_or_default();
    let locks = lines.iter().filter_map(|line| StoredLock::parse(line));
    locks.filter(|lock| state.contains(&lock.holder)).collect()
}

fn add(state: &mut State, path: &str, note: Note<Vec<String>>, line: String) {
    let mut lines = state.note(path, note).unwrap_or_default();
    lines.push(line);
    state.set_note(path, note, lines);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::hooks::Hooks;
    use ovirt_sdk::types::{Template, Vm};

    fn detail(result: Result<(), Fault>) -> String {
        result.err().and_then(|fault| fault.text().map(|(_, detail)| detail.to_owned())).unwrap_or_default()
    }

    #[test]
    fn locks_last_until_they_are_released_or_their_holder_is_removed() {
        let mut state = State::new(Hooks::default(), Clock::standing(None), 0);
        let template = state.insert("templates", Template::with_id("t"));
        let one = state.insert("vms", Vm::with_id("1"));
        let two = state.insert("vms", Vm::with_id("2"));
        let lock = |holder, name| CommandLock { mode: LockMode::Shared, holder, reason: "Used by {}.", name };
        acquire(&mut state, &template, lock(&one, "one"));
        acquire(&mut state, &template, lock(&two, "two"));
        assert_eq!(detail(check_shared(&state, &template, "add VM")), "");
        let twice = "[Cannot remove Template. Used by two., Cannot remove Template. Used by two.]";
        assert_eq!(detail(check_exclusive(&state, &template, "remove Template")), twice);
        release(&mut state, &two);
        assert_eq!(detail(check_exclusive(&state, &template, "x")), "[Cannot x. Used by one.]");
        state.remove(&one);
        assert_eq!(detail(check_exclusive(&state, &template, "x")), "");
        let own = CommandLock { mode: LockMode::Exclusive, holder: &template, reason: "It changes.", name: "" };
        acquire(&mut state, &template, own);
        assert_eq!(detail(check_shared(&state, &template, "x")), "[Cannot x. It changes.]");
        release(&mut state, &template);
        assert_eq!(detail(check_exclusive(&state, &template, "x")), "");
    }
}
