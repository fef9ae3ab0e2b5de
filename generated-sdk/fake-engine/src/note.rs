//! Keys of notes: what the engine remembers about an object and never shows.

use std::marker::PhantomData;

use crate::stored::Stored;

/// The key of a note and the type of its value.
///
/// The resource that owns the note declares the key: `const CAPACITY: Note<i64> = Note::new("capacity");`. See
/// [`State::note`](crate::state::State::note).
pub(crate) struct Note<T> {
    key: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Note<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Note<T> {}

impl<T: Stored> Note<T> {
    pub(crate) const fn new(key: &'static str) -> Self {
        Self { key, value: PhantomData }
    }

    /// The name of the note in the state file.
    pub(crate) const fn key(self) -> &'static str {
        self.key
    }
}
