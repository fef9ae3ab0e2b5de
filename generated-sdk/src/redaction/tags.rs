//! The tags of secret values.

use crate::action::Action;
use crate::generated::wire::{SECRETS, SECRETS_WITHIN};
use crate::object::Struct as _;

/// The tag of the element with the parameters and results of an action.
const ACTION: &str = Action::INFO.tag;

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether an element is secret. A prefix of its name is ignored.
pub(super) fn is_secret(parent: Option<&str>, tag: &str) -> bool {
    let tag = local(tag);
    let is_within = |parent: &str| SECRETS_WITHIN.binary_search(&(local(parent), tag)).is_ok();
    SECRETS.binary_search(&tag).is_ok() || parent.is_some_and(is_within)
}

/// Whether the value of a key in JSON or a query is secret. Documents of JSON don't name their outermost object.
pub(super) fn is_secret_key(parent: Option<&str>, key: &str) -> bool {
    match parent {
        Some(_) => is_secret(parent, key),
        None => is_secret(None, key) || SECRETS_WITHIN.iter().any(|(_, tag)| *tag == local(key)),
    }
}

/// Whether a parameter or result of an action is secret.
pub(crate) fn is_secret_parameter(tag: &str) -> bool {
    is_secret(Some(ACTION), tag)
}
