//! Names that must differ from each other.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};

use crate::diagnostics::{Diagnostic, Diagnostics, Position};

/// How to avoid a collision.
const OTHER_NAME: &str = "another Rust name with `rust_name: …`, and a reason with `because: …`";

/// Names that must differ from each other.
pub(super) struct Namespace<'p> {
    what: &'static str,
    /// Position, model name and whether it is declared here, by Rust name. `None` if the SDK has taken the name.
    taken: BTreeMap<String, Option<(Position, String, bool)>>,
    problems: &'p Diagnostics,
}

impl<'p> Namespace<'p> {
    pub(super) fn new(what: &'static str, problems: &'p Diagnostics) -> Self {
        Self { what, taken: BTreeMap::new(), problems }
    }

    pub(super) fn reserve(&mut self, names: &[&str]) {
        self.taken.extend(names.iter().map(|name| ((*name).to_owned(), None)));
    }

    pub(super) fn add(&mut self, text: String, position: Position, name: impl ToString) -> Ident {
        self.add_inherited(text, position, name, true)
    }

    /// Like [`add`](Self::add). Collisions between inherited items are reported where they are declared.
    pub(super) fn add_inherited(
        &mut self,
        text: String,
        position: Position,
        name: impl ToString,
        is_own: bool,
    ) -> Ident {
        let name = name.to_string();
        match self.taken.get(&text) {
            Some(Some((_, _, first_is_own))) if !(is_own || *first_is_own) => {}
            Some(Some((first, other, _))) => {
                let items =
                    if *other == name { format!("two items `{name}`") } else { format!("`{name}` and `{other}`") };
                let message = format!("{items} have the same Rust {} name `{text}`", self.what);
                let problem = Diagnostic::at(position, message, "second use").context(*first, "first use");
                self.problems.push_derived(problem.help(format!("give one of them {OTHER_NAME}")));
            }
            Some(None) => {
                let message = format!("`{name}` has the Rust {} name `{text}`, which the SDK uses itself", self.what);
                let problem = Diagnostic::at(position, message, "name in use");
                self.problems.push_derived(problem.help(format!("give it {OTHER_NAME}")));
            }
            None => {
                self.taken.insert(text.clone(), Some((position, name, is_own)));
            }
        }
        Ident::new(&text, Span::call_site())
    }
}
