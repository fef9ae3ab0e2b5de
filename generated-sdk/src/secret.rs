//! Masking of secrets in texts.

mod text;

pub(crate) use text::SecretText;

/// The text that replaces secrets.
pub const MASK: &str = "***";

/// The minimum length of a secret, in bytes. Shorter words could be ordinary text.
const MIN_LENGTH: usize = 8;

/// Words to mask in logs, errors and recordings.
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Collects the words of header values.
    pub(crate) fn in_values<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let words = values.flat_map(|value| value.split(['=', ' ', ';']));
        Self(words.filter(|word| word.len() >= MIN_LENGTH).map(str::to_owned).collect())
    }

    /// Masks the secrets in a text.
    pub(crate) fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| match text.contains(secret.as_str()) {
            true => text.replace(secret.as_str(), MASK),
            false => text,
        })
    }
}
