//! Values of the engine's enums with their texts in the API.

use super::subject::Value;

/// The values of an enum in the order of the engine's numbers: the engine's name, and the text of the API, which is empty
/// if the API has none.
#[derive(Debug)]
pub(crate) struct Enumeration(pub(crate) &'static [(&'static str, &'static str)]);

impl Enumeration {
    /// The value of the engine's name in a search, in any case. Searches don't know the texts of the API.
    pub(super) fn find(&self, text: &str) -> Option<Choice> {
        let rank = self.0.iter().position(|(name, _)| name.eq_ignore_ascii_case(text))?;
        Some(Choice { rank, text: self.0.get(rank)?.1 })
    }

    /// The position of a value of an object in the order.
    pub(super) fn rank(&self, value: &Value) -> Option<usize> {
        let text = value.to_text();
        self.0.iter().position(|(_, api)| *api == text)
    }
}

/// One of the values of an enumeration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) rank: usize,
    /// The text of the API.
    pub(super) text: &'static str,
}

/// Whether two names are equal except for case and underscores.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let letters = |text: &'_ str| -> String { text.chars().filter(|letter| *letter != '_').collect() };
    one.eq_ignore_ascii_case(other) || letters(one).eq_ignore_ascii_case(&letters(other))
}
