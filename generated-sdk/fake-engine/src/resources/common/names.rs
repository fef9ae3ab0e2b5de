//! Names: whether they are taken, and which characters they can have.

use crate::state::State;
use ovirt_sdk::object::Struct;

/// Whether another object of a collection has a name. `own` is the path of the object that gets it.
pub(crate) fn is_taken<T: Struct>(
    state: &State,
    collection: &str,
    own: Option<&str>,
    has_name: impl Fn(&T) -> bool,
) -> bool {
    state.list::<T>(collection).any(|(path, other)| Some(path.as_str()) != own && has_name(other))
}

/// The engine's message about the name of a virtual machine or a template with other characters.
pub(crate) fn has_special_characters(action: &str) -> String {
    format!(
        "Can not {action}. The given name contains special characters. Only lower-case and upper-case letters, numbers, \
         '_', '-', '.' are allowed."
    )
}

/// Whether a text has only letters and digits of ASCII, `-` and `_`.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}

/// Whether a text has only letters of any alphabet, digits of ASCII, `-`, `_` and `.`.
pub(crate) fn is_international(text: &str) -> bool {
    text.chars().all(|character| character.is_alphabetic() || character.is_ascii_digit() || "-_.".contains(character))
}

/// Whether a text has only letters and digits of ASCII, `-`, `_` and `.`.
pub(crate) fn is_plain_with_periods(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
}
