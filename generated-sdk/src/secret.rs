//! Hiding secrets in texts.

/// Replaces a secret wherever a text is shown.
pub const MASK: &str = "***";

/// Shorter words can't be told from ordinary text.
const SHORTEST: usize = 8;

/// Words that must not appear in logs, errors and recordings.
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// The words of header values.
    pub(crate) fn in_values<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let words = values.flat_map(|value| value.split(['=', ' ', ';']));
        Self(words.filter(|word| word.len() >= SHORTEST).map(str::to_owned).collect())
    }

    /// Masks these words in a text.
    pub(crate) fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| match text.contains(secret.as_str()) {
            true => text.replace(secret.as_str(), MASK),
            false => text,
        })
    }
}
