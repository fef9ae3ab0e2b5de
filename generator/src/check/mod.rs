//! Checks of a resolved model. All problems are reported, not only the first.

mod example;
mod paths;
mod roles;
mod searches;
mod services;
mod states;
mod types;
mod unique;
mod waiters;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::Model;

/// Checks a model.
pub fn check(model: &Model, problems: &Diagnostics) {
    check_root(model, problems);
    types::check(model, problems);
    services::check(model, problems);
    waiters::check(model, problems);
    roles::check(model, problems);
    searches::check(model, problems);
}

fn check_root(model: &Model, problems: &Diagnostics) {
    if model.root.is_none() && problems.is_empty() && !model.services.is_empty() {
        problems.push_derived(Diagnostic::general("model.yaml does not name a root service"));
    }
}
