//! Texts that must be different.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Position};
use crate::name::Name;

/// Reports the second use of a text. Conflicts between two inherited items are reported where they are declared.
pub(super) struct Unique<'p> {
    what: &'static str,
    seen: BTreeMap<String, Use>,
    problems: &'p Diagnostics,
}

#[derive(Clone)]
struct Use {
    position: Position,
    name: Name,
    is_own: bool,
}

impl<'p> Unique<'p> {
    pub(super) fn new(what: &'static str, problems: &'p Diagnostics) -> Self {
        Self { what, seen: BTreeMap::new(), problems }
    }

    pub(super) fn add(&mut self, text: &str, position: Position, name: &Name, is_own: bool) {
        match self.seen.get(text) {
            Some(first) if !(first.is_own || is_own) => {}
            Some(first) => {
                let message = format!("`{name}` and `{}` have the same {} `{text}`", first.name, self.what);
                let problem = Diagnostic::at(position, message, "second use").context(first.position, "first use");
                self.problems.push_derived(problem);
            }
            None => {
                self.seen.insert(text.to_owned(), Use { position, name: name.clone(), is_own });
            }
        }
    }
}
