//! The engine's checks of single values, which it reports with the name of an attribute.

use crate::api::Fault;
use crate::resources::common::names::is_international;

/// Values that violate constraints.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    messages: Vec<String>,
    /// The attribute of the last violation: the engine names only this one, with each message.
    attribute: String,
}

impl Violations {
    pub(crate) fn add(&mut self, attribute: impl Into<String>, message: impl Into<String>) {
        self.messages.push(message.into());
        self.attribute = attribute.into();
    }

    /// Adds a violation if the length of a text isn't in a range.
    pub(crate) fn check_length(&mut self, attribute: &'static str, text: Option<&str>, least: usize, most: usize) {
        if text.is_some_and(|text| !(least..=most).contains(&text.chars().count())) {
            self.add(attribute, format!("size must be between {least} and {most}"));
        }
    }

    /// Adds violations if a name is empty or has more than the `most` characters, with the message `length`, and if it
    /// has other characters than letters, digits of ASCII, `-`, `_` and `.`, with the message `characters`.
    pub(crate) fn check_name(
        &mut self,
        attribute: &'static str,
        name: Option<&str>,
        most: usize,
        length: &str,
        characters: &str,
    ) {
        let Some(name) = name else { return };
        if !(1..=most).contains(&name.chars().count()) {
            self.add(attribute, length);
        }
        if !is_international(name) {
            self.add(attribute, characters);
        }
    }

    /// Adds a violation if a number is too small.
    pub(crate) fn check_least(&mut self, attribute: &'static str, number: Option<i64>, least: i64) {
        if number.is_some_and(|number| number < least) {
            self.add(attribute, format!("must be greater than or equal to {least}"));
        }
    }

    /// Fails with the engine's fault if values violate constraints.
    pub(crate) fn into_result(self) -> Result<(), Fault> {
        if self.messages.is_empty() {
            return Ok(());
        }
        let attribute = self.attribute;
        let messages: Vec<String> =
            self.messages.iter().map(|message| format!("{message}, Attribute: {attribute}")).collect();
        Err(Fault::bad(&messages.join(", ")))
    }
}
